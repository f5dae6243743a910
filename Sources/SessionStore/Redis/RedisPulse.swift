public import RedisClient

/// Looks whether Redis takes writes, whether it is the one it was, and who else uses its keys.
public struct RedisPulse: Sendable {
    /// How long a server is believed to be there that does not look any more (ms): some looks, and a long pause.
    private static let ownerLife: Int64 = 10_000

    private let connection: RedisConnection
    private let keys: RedisKeys
    private let owner: String

    /// - Parameter owner: who this server is; the same after a restart. No secret.
    public init(_ connection: RedisConnection, keys: RedisKeys, owner: String) {
        self.connection = connection
        self.keys = keys
        self.owner = owner
    }

    public func look() async throws(StoreError) -> Pulse {
        connection.lookAgain()
        let name = UInt64.random(in: .min ... .max).digits + UInt64.random(in: .min ... .max).digits
        let call = RedisScript.Call(
            RedisScripts.pulse, keys: [keys.run, keys.owner], [.text(name), .text(owner), .integer(Self.ownerLife)])
        let reply = try await connection.perform(call).array()
        guard let data = reply.first else { throw RedisValue.fault }
        var other: String?
        if reply.count > 1, case .bytes = reply[1] { other = try reply[1].text() }
        return Pulse(dataID: try data.text(), runID: connection.status.runID, otherOwner: other)
    }
}
