import Testing

@testable import ParlorServer

@Suite struct ConfigurationTests {
    private let setup: ConfigurationSetup

    init() throws { setup = try ConfigurationSetup() }

    @Test func `nothing said is a server for one's own machine`() throws {
        let configuration = try setup.configuration()
        #expect(configuration.host == "127.0.0.1")
        #expect(configuration.port == 8080)
        #expect(configuration.opsListen == nil)
        #expect(configuration.data == .folder("./data"))
        #expect(configuration.sqliteSync == .full)
        #expect(configuration.nodeID == nil)
        #expect(configuration.publicURL == nil)
        #expect(configuration.allowedHosts.isEmpty)
        #expect(configuration.allowedOrigins.patterns.isEmpty)
        #expect(configuration.trustedProxies.isEmpty)
        #expect(configuration.tls == nil)
        #expect(configuration.adminToken == nil)
        #expect(configuration.drainTime == .seconds(2))
        #expect("\(configuration.logLevel)" == "info")
        #expect(configuration.logFormat == .text)
        #expect(configuration.threads == nil)
        #expect(configuration.webFolder == nil)
        #expect(configuration.games.isEmpty)
    }

    /// What the protocol promises; the table takes its numbers from ``Limits``.
    @Test func `nothing said means these limits`() throws {
        let limits = try setup.configuration().limits
        #expect(limits == Limits())
        #expect(limits.maxConnections == 15_000)
        #expect(limits.maxConnectionsPerAddress == 1000)
        #expect(limits.maxConnectionsPerUser == 16)
        #expect(limits.maxRooms == 20_000)
        #expect(limits.maxRoomsPerClient == 4)
        #expect(limits.maxRoomsPerAddress == 200)
        #expect(limits.messagesPerSecond == 120)
        #expect(limits.joinsPerMinutePerAddress == 600)
        #expect(limits.outboxBytes == 262_144)
        #expect(limits.outboxTime == .seconds(10))
    }

    @Test func `everything can be said`() throws {
        let certificate = try setup.folder.file("chain.pem", "chain")
        let key = try setup.folder.file("key.pem", "key")
        let configuration = try setup.configuration(environment: [
            "PARLOR_HOST": "::", "PARLOR_PORT": "0", "PARLOR_OPS_LISTEN": "[::1]:9090", "PARLOR_DATA": ":memory:",
            "PARLOR_SQLITE_SYNC": "normal", "PARLOR_NODE_ID": "node-1.eu", "PARLOR_PUBLIC_URL": "https://Play.Example/",
            "PARLOR_ALLOWED_HOSTS": "parlor.internal, 192.0.2.7,[::2]", "PARLOR_ALLOWED_ORIGINS": "https://a.example",
            "PARLOR_TRUSTED_PROXIES": "10.0.0.0/8, fd00::/8", "PARLOR_TLS_CERT": certificate, "PARLOR_TLS_KEY": key,
            "PARLOR_AUTH": "off", "PARLOR_ADMIN_TOKEN": "open-sesame", "PARLOR_DRAIN_SECONDS": "500ms",
            "PARLOR_LOG_LEVEL": "debug", "PARLOR_LOG_FORMAT": "json", "PARLOR_THREADS": "3",
            "PARLOR_WEB": setup.folder.path,
        ])
        #expect(configuration.host == "::")
        #expect(configuration.port == 0)
        #expect(configuration.opsListen == ListenAddress("[::1]:9090"))
        #expect(configuration.data == .memory)
        #expect(configuration.sqliteSync == .normal)
        #expect(configuration.nodeID == "node-1.eu")
        #expect(configuration.publicURL?.description == "https://play.example")
        #expect(configuration.allowedHosts == ["parlor.internal", "192.0.2.7", "::2"])
        #expect(configuration.allowedOrigins.patterns == [Origin("https://a.example").map { .exactly($0) }])
        #expect(configuration.trustedProxies == [AddressBlock("10.0.0.0/8"), AddressBlock("fd00::/8")])
        #expect(configuration.tls?.certificate == certificate)
        #expect(configuration.tls?.key == key)
        #expect(configuration.adminToken?.text == "open-sesame")
        #expect(configuration.drainTime == .milliseconds(500))
        #expect("\(configuration.logLevel)" == "debug")
        #expect(configuration.logFormat == .json)
        #expect(configuration.threads == 3)
        #expect(configuration.webFolder == setup.folder.path)
    }

    private static let countedLimits: [(Setting, any KeyPath<Limits, Int> & Sendable)] = [
        (.maxConnections, \.maxConnections),
        (.maxConnectionsPerAddress, \.maxConnectionsPerAddress),
        (.maxConnectionsPerUser, \.maxConnectionsPerUser),
        (.maxRooms, \.maxRooms),
        (.maxRoomsPerClient, \.maxRoomsPerClient),
        (.maxRoomsPerAddress, \.maxRoomsPerAddress),
        (.messagesPerSecond, \.messagesPerSecond),
        (.joinsPerMinutePerAddress, \.joinsPerMinutePerAddress),
        (.outboxBytes, \.outboxBytes),
    ]

    @Test(arguments: countedLimits)
    func `each limit is its own, and 0 is none`(setting: Setting, limit: any KeyPath<Limits, Int> & Sendable) throws {
        let changed = try setup.configuration(flags: [setting: "54321"]).limits
        #expect(changed[keyPath: limit] == 54321)
        #expect(try setup.configuration(flags: [setting: "0"]).limits[keyPath: limit] == 0)
    }

    @Test(arguments: ["off", "optional"])
    func `without tokens everybody is anonymous either way`(policy: String) {
        #expect(setup.faults(flags: [.auth: policy]).isEmpty)
    }

    @Test(arguments: [
        ("0", 0), ("262144", 262_144), ("512B", 512), ("1KiB", 1024), ("256 KiB", 262_144), ("1MiB", 1_048_576),
        ("2GiB", 2_147_483_648),
    ])
    func `a size is a number with a unit or without`(text: String, bytes: Int) {
        #expect(ByteCountText.read(text) == bytes)
    }

    @Test(arguments: ["", "KiB", "1KB", "1kib", "1.5MiB", "-1", "+1", "1e3", "9223372036854775807KiB", "٣", "1 2"])
    func `anything else is no size`(text: String) {
        #expect(ByteCountText.read(text) == nil)
    }

    @Test(arguments: [
        ("0", Duration.zero), ("10", .seconds(10)), ("10s", .seconds(10)), ("500 ms", .milliseconds(500)),
    ])
    func `a time is a number of seconds unless it says milliseconds`(text: String, time: Duration) {
        #expect(DurationText.read(text) == time)
    }

    @Test(arguments: ["", "s", "1m", "1.5", "-1", "1h", "99999999999"])
    func `anything else is no time`(text: String) {
        #expect(DurationText.read(text) == nil)
    }

    @Test func `a secret shows itself to nobody who prints it`() throws {
        let secret = try #require(Secret("open-sesame"))
        var dumped = ""
        dump(secret, to: &dumped)
        for text in ["\(secret)", String(reflecting: secret), "\(Optional(secret) as Any)", dumped] {
            #expect(!text.contains("sesame"))
        }
    }
}
