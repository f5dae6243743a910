/// What Redis answers (RESP2).
public enum RedisValue: Equatable, Sendable {
    case null
    case integer(Int64)
    case bytes([UInt8])
    /// A simple string, such as OK.
    case status(String)
    /// An error inside an array; one that is the whole reply is thrown.
    case error(RedisError)
    case array([RedisValue])
}
