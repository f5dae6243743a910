import ArgumentParser
import Testing

@testable import ParlorServer

@Suite struct ConfigurationFlagsTests {
    @Test(arguments: Setting.allCases.filter { $0.flag != nil })
    func `each setting of the table has the flag that the table says`(setting: Setting) throws {
        let flag = try #require(setting.flag)
        #expect(try ServeOptions.parse(["--\(flag)", "a value"]).values == [setting: "a value"])
        #expect(try ServeOptions.parse(["--\(flag)=-1"]).values == [setting: "-1"])
    }

    @Test func `nothing said by flags is nothing said`() throws {
        #expect(try ServeOptions.parse([]).values.isEmpty)
    }

    /// The longest names are the ones that a rule could get wrong.
    @Test(arguments: [
        (Setting.opsListen, "ops-listen"), (.nodeID, "node-id"), (.publicURL, "public-url"), (.tlsCert, "tls-cert"),
        (.joinsPerMinutePerAddress, "joins-per-minute-per-address"), (.web, "web"),
    ])
    func `a flag is the variable's name in small letters`(setting: Setting, flag: String) {
        #expect(setting.flag == flag)
    }

    @Test func `help has every flag, and no flag that the table does not have`() {
        let help = ServeOptions.helpMessage(columns: 400)
        let flags = help.matches(of: /--([a-z-]+) </).map { String($0.1) }
        #expect(flags.filter { $0 != "help" }.sorted() == Setting.allCases.compactMap(\.flag).sorted())
    }

    @Test(arguments: Setting.allCases)
    func `help names the variable and the default of each setting`(setting: Setting) throws {
        let text = ServeOptions.helpMessage(columns: 400) + ServeOptions.discussion
        let name = setting.rawValue
        let lines = text.split(separator: "\n").filter { $0.contains("(\(name))") || $0.hasPrefix("\(name),") }
        try #require(lines.count == 1)
        switch setting.row.preset {
        case .value(let value): #expect(lines[0].contains("Default: \(value)."))
        case .unset(let meaning): #expect(lines[0].contains("Default: \(meaning)."))
        }
    }

    @Test func `only secrets can come from files, and what is nothing else is no flag`() {
        #expect(Setting.allCases.filter(\.isSecret) == [.redisURL, .jwtSecret, .adminToken])
        #expect(Setting.allCases.filter { $0.flag == nil } == [.jwtSecret, .adminToken])
        #expect(
            Setting.allCases.compactMap(\.fileVariable) == [
                "PARLOR_REDIS_URL_FILE", "PARLOR_JWT_SECRET_FILE", "PARLOR_ADMIN_TOKEN_FILE",
            ])
    }

    @Test func `what comes later is not in the table yet`() {
        #expect(Setting.unsupported.isDisjoint(with: Setting.allCases.map(\.rawValue)))
        #expect(Setting.unsupported.allSatisfy { $0.hasPrefix(Setting.prefix) })
    }

    @Test func `the list of settings tells each value and where it comes from`() throws {
        let folder = try ScratchFolder()
        let file = try folder.file("parlor.conf", "PARLOR_THREADS=3")
        let environment = [
            "PARLOR_LOG_LEVEL": "debug", "PARLOR_ADMIN_TOKEN": "open-sesame",
            "PARLOR_REDIS_URL": "redis://:mellon@redis.internal",
        ]
        let listing = SettingValues(flags: [.port: "9000", .config: file], environment: environment).listing
        let rows = listing.split(separator: "\n").map { $0.split(separator: /\s{2,}/).map(String.init) }
        #expect(rows.map(\.first) == Setting.allCases.map(\.rawValue))
        #expect(rows.contains(["PARLOR_HOST", "127.0.0.1", "default"]))
        #expect(rows.contains(["PARLOR_PORT", "9000", "--port"]))
        #expect(rows.contains(["PARLOR_THREADS", "3", file]))
        #expect(rows.contains(["PARLOR_LOG_LEVEL", "debug", "environment"]))
        #expect(rows.contains(["PARLOR_ALLOWED_ORIGINS", "(same origin)", "default"]))
        #expect(rows.contains(["PARLOR_ADMIN_TOKEN", "********", "environment"]))
        #expect(rows.contains(["PARLOR_REDIS_URL", "********", "environment"]))
        #expect(!listing.contains("sesame") && !listing.contains("mellon"))
    }
}
