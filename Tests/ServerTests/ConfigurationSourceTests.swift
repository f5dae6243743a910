import Testing

@testable import ParlorServer

@Suite struct ConfigurationSourceTests {
    private let setup: ConfigurationSetup

    init() throws { setup = try ConfigurationSetup() }

    @Test func `flags beat the environment, which beats the file, which beats the default`() throws {
        let file = try setup.folder.file(
            "parlor.conf", "PARLOR_HOST=10.0.0.3\nPARLOR_PORT=3\nPARLOR_THREADS=3\n")
        let configuration = try setup.configuration(
            flags: [.host: "10.0.0.1", .config: file],
            environment: ["PARLOR_HOST": "10.0.0.2", "PARLOR_PORT": "2"])
        #expect(configuration.host == "10.0.0.1")
        #expect(configuration.port == 2)
        #expect(configuration.threads == 3)
        #expect("\(configuration.logLevel)" == "info")
    }

    @Test func `an empty variable is one that was not set`() throws {
        let file = try setup.folder.file("parlor.conf", "PARLOR_PORT=3\nPARLOR_HOST=\nPARLOR_REDIS_URL=\n")
        let environment = ["PARLOR_PORT": "", "PARLOR_CONFIG": file, "PARLOR_ADMIN_TOKEN": "", "PARLOR_JWKS": ""]
        let configuration = try setup.configuration(environment: environment)
        #expect(configuration.port == 3)
        #expect(configuration.host == "127.0.0.1")
        #expect(configuration.adminToken == nil)
    }

    @Test func `a file has comments, empty lines and space around its names and values`() throws {
        let text = "# how we play\r\n\r\n  PARLOR_PORT = 81 \n\tPARLOR_NODE_ID=a_b\n#PARLOR_HOST=x\nPARLOR_DATA=/a=b"
        let file = try setup.folder.file("parlor.conf", text)
        let configuration = try setup.configuration(environment: ["PARLOR_CONFIG": file])
        #expect(configuration.port == 81)
        #expect(configuration.nodeID == "a_b")
        #expect(configuration.data == .folder("/a=b"))
    }

    @Test(arguments: [
        ("PARLOR_PORT", "@, line 1: is not NAME=value"),
        ("\n=80", "@, line 2: is not NAME=value"),
        ("PARLOR_PROT=80", "PARLOR_PROT (@): there is no such setting; did you mean PARLOR_PORT?"),
        ("port=80", "port (@): is no name of a setting: they begin with PARLOR_"),
        ("export PARLOR_PORT=80", "export PARLOR_PORT (@): is no name of a setting: they begin with PARLOR_"),
        ("PARLOR_PORT=80\nPARLOR_PORT=81", "PARLOR_PORT (@): is there twice"),
        (#"PARLOR_HOST="::1""#, "PARLOR_HOST (@): values are not quoted here"),
        ("PARLOR_HOST='::1'", "PARLOR_HOST (@): values are not quoted here"),
        ("PARLOR_PORT=x", #"PARLOR_PORT (@): "x" is not a whole number from 0 to 65535"#),
        ("PARLOR_CONFIG=other.conf", "PARLOR_CONFIG (@): a file cannot name another one"),
        ("PARLOR_CLUSTER=on", "PARLOR_CLUSTER (@): is not supported by this version"),
        ("PARLOR_LOG_LEVEL_FILE=/level", "PARLOR_LOG_LEVEL_FILE (@): only a secret is read from a file of its own"),
        ("PARLOR_ADMIN_TOKEN_FILE=/nowhere", "PARLOR_ADMIN_TOKEN_FILE (@): there is no file /nowhere"),
    ])
    func `a fault in the file is named with the file`(text: String, fault: String) throws {
        let file = try setup.folder.file("parlor.conf", text)
        #expect(setup.faults(flags: [.config: file]) == [fault.replacing("@", with: file)])
    }

    @Test func `a secret can come from a file`() throws {
        let secret = try setup.folder.file("token", "open-sesame\n")
        let fromEnvironment = try setup.configuration(environment: ["PARLOR_ADMIN_TOKEN_FILE": secret])
        #expect(fromEnvironment.adminToken?.text == "open-sesame")
        let file = try setup.folder.file("parlor.conf", "PARLOR_ADMIN_TOKEN_FILE=\(secret)")
        let fromFile = try setup.configuration(flags: [.config: file])
        #expect(fromFile.adminToken?.text == "open-sesame")
        let both = try setup.configuration(flags: [.config: file], environment: ["PARLOR_ADMIN_TOKEN": "mellon"])
        #expect(both.adminToken?.text == "mellon")
    }

    @Test func `a secret that is said twice, or is not in its file, is a fault`() throws {
        let empty = try setup.folder.file("empty", "\n")
        let secret = try setup.folder.file("token", "open-sesame")
        #expect(
            setup.faults(environment: ["PARLOR_ADMIN_TOKEN": "mellon", "PARLOR_ADMIN_TOKEN_FILE": secret])
                == ["PARLOR_ADMIN_TOKEN (environment): PARLOR_ADMIN_TOKEN_FILE is set too: give one of them"])
        #expect(
            setup.faults(environment: ["PARLOR_ADMIN_TOKEN_FILE": empty])
                == ["PARLOR_ADMIN_TOKEN_FILE (environment): \(empty) is empty"])
    }

    @Test func `a path to something large is noticed`() throws {
        let file = try setup.folder.file("large", String(repeating: "#", count: OperatorFile.mostBytes + 1))
        #expect(
            setup.faults(flags: [.config: file])
                == ["PARLOR_CONFIG (--config): \(file) is larger than 1048576 bytes"])
    }
}
