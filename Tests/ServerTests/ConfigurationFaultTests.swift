import Testing

@testable import ParlorServer

@Suite struct ConfigurationFaultTests {
    private let setup: ConfigurationSetup

    init() throws { setup = try ConfigurationSetup() }

    private static let faultyValues: [(Setting, String, String)] = [
        (.host, "", #""" is not an address or a host name"#),
        (.host, "a b", #""a b" is not an address or a host name"#),
        (.host, "[::1]", #""[::1]" is not an address or a host name"#),
        (.port, "http", #""http" is not a whole number from 0 to 65535"#),
        (.port, "65536", #""65536" is not a whole number from 0 to 65535"#),
        (.port, "-1", #""-1" is not a whole number from 0 to 65535"#),
        (.opsListen, "9090", #""9090" is not a host and a port like 127.0.0.1:9090 or [::1]:9090"#),
        (.opsListen, "::1:9090", #""::1:9090" is not a host and a port like 127.0.0.1:9090 or [::1]:9090"#),
        (.data, "", #""" is not a folder or :memory:"#),
        (.sqliteSync, "off", #""off" is not one of full, normal"#),
        (.games, "/nowhere/games.json", "there is no file /nowhere/games.json"),
        (.games, "/", "/ cannot be read"),
        (.config, "/nowhere/parlor.conf", "there is no file /nowhere/parlor.conf"),
        (.nodeID, "a/b", #""a/b" is not 1 to 64 of A-Za-z0-9._-"#),
        (.publicURL, "play.example", #""play.example" is not \#(Origin.expected)"#),
        (.publicURL, "https://play.example/x", #""https://play.example/x" is not \#(Origin.expected)"#),
        (.publicURL, "https://me@play.example", #""https://me@play.example" is not \#(Origin.expected)"#),
        (.allowedHosts, "a.example:80", #""a.example:80" is not a host name or an address, without a port"#),
        (.allowedHosts, "a.example,,b.example", #""" is not a host name or an address, without a port"#),
        (.allowedHosts, "*", #""*" is not a host name or an address, without a port"#),
        (.allowedOrigins, "null", #""null" is not \#(AllowedOrigins.Pattern.expected)"#),
        (.allowedOrigins, "https://*", #""https://*" is not \#(AllowedOrigins.Pattern.expected)"#),
        (.allowedOrigins, "https://a.*.example", #""https://a.*.example" is not \#(AllowedOrigins.Pattern.expected)"#),
        (.trustedProxies, "10.0.0.1/8", #""10.0.0.1/8" is not \#(AddressBlock.expected)"#),
        (.trustedProxies, "proxy.example", #""proxy.example" is not \#(AddressBlock.expected)"#),
        (.tlsCert, "/nowhere/chain.pem", #""/nowhere/chain.pem" is not a file that can be read"#),
        (.auth, "none", #""none" is not one of off, optional, required"#),
        (.auth, "required", "needs PARLOR_JWT_SECRET or PARLOR_JWKS"),
        (.jwks, "/nowhere/keys.json", #""/nowhere/keys.json" is not \#(KeyLocation.expected)"#),
        (.jwks, "/", #""/" is not \#(KeyLocation.expected)"#),
        (.jwks, "http://keys.example/jwks", #""http://keys.example/jwks" is not \#(KeyLocation.expected)"#),
        (.jwks, "https://me:pw@a.example/", #""https://me:pw@a.example/" is not \#(KeyLocation.expected)"#),
        (.jwks, "ftp://localhost/keys", #""ftp://localhost/keys" is not \#(KeyLocation.expected)"#),
        (.jwks, "https://", #""https://" is not \#(KeyLocation.expected)"#),
        (.jwtIssuer, "", #""" is not a text"#),
        (.jwtAudience, "", #""" is not a text"#),
        (.maxConnections, "1000001", #""1000001" is not a whole number from 0 to 1000000"#),
        (.maxConnectionsPerAddress, "-1", #""-1" is not a whole number from 0 to 1000000"#),
        (.maxConnectionsPerUser, "many", #""many" is not a whole number from 0 to 1000000"#),
        (.maxRooms, "1e3", #""1e3" is not a whole number from 0 to 1000000"#),
        (.maxRoomsPerClient, "4.0", #""4.0" is not a whole number from 0 to 1000000"#),
        (.maxRoomsPerAddress, "0x10", #""0x10" is not a whole number from 0 to 1000000"#),
        (.messagesPerSecond, "", #""" is not a whole number from 0 to 1000000"#),
        (.joinsPerMinutePerAddress, "1e9", #""1e9" is not a whole number from 0 to 1000000"#),
        (.outboxBytes, "256KB", #""256KB" is not a size like 262144, 256KiB or 1MiB, from 1KiB to 1GiB, or 0"#),
        (.outboxBytes, "1023", #""1023" is not a size like 262144, 256KiB or 1MiB, from 1KiB to 1GiB, or 0"#),
        (.outboxSeconds, "10m", #""10m" is not a time like 10, 10s or 500ms, at most 3600s"#),
        (.drainSeconds, "3601", #""3601" is not a time like 10, 10s or 500ms, at most 3600s"#),
        (.logLevel, "loud", #""loud" is not one of trace, debug, info, notice, warning, error, critical"#),
        (.logFormat, "xml", #""xml" is not one of text, json"#),
        (.threads, "0", #""0" is not a whole number from 1 to 1024"#),
        (.web, "/nowhere", #""/nowhere" is not a folder"#),
    ]

    @Test(arguments: faultyValues)
    func `a faulty value is named with its key and why`(setting: Setting, text: String, reason: String) throws {
        let flag = try #require(setting.flag)
        let expected = ["\(setting.rawValue) (--\(flag)): \(reason)"]
        #expect(setup.faults(flags: [setting: text]).filter { !$0.contains("needs PARLOR_TLS_KEY") } == expected)
    }

    @Test(arguments: [
        ("PARLOR_PROT", "there is no such setting; did you mean PARLOR_PORT?"),
        ("PARLOR_MAX_CONNECTION", "there is no such setting; did you mean PARLOR_MAX_CONNECTIONS?"),
        ("PARLOR_HOST_FILE", "only a secret is read from a file of its own"),
        ("PARLOR_SHOE_SIZE", "there is no such setting"),
        ("PARLOR_SERVICE_HOST", "Kubernetes sets this for a service named parlor: switch enableServiceLinks off"),
        ("PARLOR_PORT_8080_TCP", "Kubernetes sets this for a service named parlor: switch enableServiceLinks off"),
        ("PARLOR_CLUSTER", "is not supported by this version"),
    ])
    func `a name that cannot be set is refused, not ignored`(name: String, reason: String) {
        #expect(setup.faults(environment: [name: "x"]) == ["\(name) (environment): \(reason)"])
    }

    @Test func `other programs' variables are none of ours`() {
        #expect(setup.faults(environment: ["PATH": "/bin", "PARLORS": "2", "parlor_port": "x"]).isEmpty)
    }

    @Test func `one half of a key pair is not enough`() throws {
        let file = try setup.folder.file("half.pem", "half")
        #expect(setup.faults(flags: [.tlsCert: file]) == ["PARLOR_TLS_CERT (--tls-cert): needs PARLOR_TLS_KEY too"])
        #expect(setup.faults(flags: [.tlsKey: file]) == ["PARLOR_TLS_KEY (--tls-key): needs PARLOR_TLS_CERT too"])
    }

    @Test func `all faults are told at once`() throws {
        let games = try setup.folder.file("games.json", #"{"games": [{"type": "chess"}]}"#)
        let faults = setup.faults(
            flags: [.port: "x", .games: games], environment: ["PARLOR_TREADS": "1", "PARLOR_ALLOWED_HOSTS": "*,a b"])
        #expect(
            faults == [
                "PARLOR_TREADS (environment): there is no such setting; did you mean PARLOR_THREADS?",
                #"PARLOR_PORT (--port): "x" is not a whole number from 0 to 65535"#,
                #"PARLOR_ALLOWED_HOSTS (environment): "*" is not a host name or an address, without a port"#,
                #"PARLOR_ALLOWED_HOSTS (environment): "a b" is not a host name or an address, without a port"#,
                #"\#(games): games[0].type: there is no game "chess""#,
            ])
    }

    @Test func `what is told of a secret does not give it away`() {
        let faults = setup.faults(environment: ["PARLOR_ADMIN_TOKEN": "open sesame"])
        #expect(
            faults == ["PARLOR_ADMIN_TOKEN (environment): is not printable ASCII without spaces, which a header needs"])
    }

    @Test(arguments: [
        "0123456789abcdef0123456789abcde", "-----BEGIN PUBLIC KEY-----0123456789abcdef",
        #"{"kty":"RSA","n":"0123456789abcdef0123456789abcdef"}"#,
    ]) func `a secret that can be guessed or known is refused, and not told`(secret: String) {
        let faults = setup.faults(environment: ["PARLOR_JWT_SECRET": secret])
        #expect(
            faults == [
                "PARLOR_JWT_SECRET (environment): is not a text of at least 32 bytes, and no public key"
            ])
    }

    @Test func `the error is one line for each fault`() {
        let faults = ConfigurationFaults(faults: [.init(key: "A", reason: "b"), .init(key: "C", reason: "d")])
        #expect("\(faults)" == "A: b\nC: d")
    }
}
