internal import NIOCore
internal import RedisClient

/// The Redis in which rooms and sessions are kept.
struct RedisSettings: Sendable {
    let connection: RedisConfiguration
    /// What the names of all keys begin with.
    let prefix: String

    /// nil: there is none. What is said of a Redis without its URL is a fault: whoever said it expects one to be used.
    init?(_ reader: inout SettingReader) {
        let url = reader.value(.redisURL, RedisConfiguration.init(url:))
        let prefix = reader.value(.redisPrefix, "1 to 64 of A-Za-z0-9._:-", Self.prefix)
        let deadline = reader.time(.redisDeadline)
        if !SettingBounds.redisDeadline.contains(deadline) {
            reader.refuse(.redisDeadline, "must be from 10ms to 60s")
        }
        let authority = reader.file(.redisCA)
        let own = TLSFiles(&reader, certificate: .redisCert, key: .redisKey)
        if !reader.isSaid(.redisURL) {
            for setting in [Setting.redisPrefix, .redisDeadline, .redisCA, .redisCert, .redisKey]
            where reader.isSaid(setting) {
                reader.refuse(setting, "needs \(Setting.redisURL.rawValue) too")
            }
        }
        guard var connection = url, let prefix else { return nil }
        if authority != nil || own != nil {
            if connection.tls == nil { reader.refuse(.redisURL, "must begin with rediss:// to use certificates") }
            connection.tls = .init(certificateAuthority: authority, certificate: own?.certificate, key: own?.key)
        }
        connection.deadline = TimeAmount(deadline)
        self.connection = connection
        self.prefix = prefix
    }

    /// Without braces and the signs of patterns, which mean something in names of keys and in access lists.
    private static func prefix(_ text: String) -> String? {
        let isAllowed = text.utf8.allSatisfy { byte in
            HostName.isLabelByte(byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: ":")
        }
        return 1...64 ~= text.utf8.count && isAllowed ? text : nil
    }
}
