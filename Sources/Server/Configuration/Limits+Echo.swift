/// What the echo for conformance suites takes: as much as they send, which no player may.
extension Limits {
    static let echoBytes = 16 * 1024 * 1024
    /// Four MiB in pieces of 64 bytes, and the one that ends them.
    static let echoFragments = 65_537
}
