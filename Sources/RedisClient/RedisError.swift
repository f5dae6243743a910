/// Why Redis did not do what it was asked for.
public struct RedisError: Error, Equatable, Sendable, CustomStringConvertible {
    public enum Code: String, Sendable {
        /// There is no connection, and the command was not sent.
        case unreachable
        /// The connection ended while the command was under way: it was done, or not, or will be.
        case connectionLost
        /// No reply in time: it was done, or not, or will be. The connection is closed, since replies come in order.
        case deadline
        /// Too many commands are under way; this one was not sent.
        case overloaded
        /// The connection was closed for good; the command was not sent.
        case closed
        /// What came is no RESP2, or beyond its bounds. The connection is closed.
        case protocolViolation
        /// Not let in, or not allowed to do this (NOAUTH, WRONGPASS, NOPERM).
        case notAllowed
        /// It does not take writes now (READONLY, MISCONF, NOREPLICAS, MASTERDOWN, OOM). READONLY also closes the
        /// connection, so that the new master is looked for.
        case notWritable
        /// It is still reading its data (LOADING), or busy with a script (BUSY).
        case notReady
        /// The key is on another server of a Redis Cluster (MOVED, ASK, CLUSTERDOWN, CROSSSLOT).
        case moved
        /// It does not know the script (NOSCRIPT). Never seen by who runs scripts.
        case noScript
        /// Any other error reply: a mistake of ours.
        case refused
    }

    public let code: Code
    /// Safe to log: no keys, no values, no passwords; of a reply the first word alone.
    public let description: String

    public init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
