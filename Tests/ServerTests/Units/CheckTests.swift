import Testing

@testable import ParlorServer

@Suite struct RedisFactsTests {
    /// `INFO` of a Redis as it should be.
    private static let good = [
        "redis_version": "7.0.15", "role": "master", "aof_enabled": "1", "maxmemory_policy": "noeviction",
        "cluster_enabled": "0",
    ]

    private func findings(
        _ changes: [String: String?] = [:], appendFsync: String? = "always", save: String? = ""
    ) -> [Finding] {
        var info = Self.good
        for (field, value) in changes { info[field] = value }
        let text = "# Server\r\n" + info.map { "\($0):\($1)\r\n" }.joined() + "\r\n# Clients\r\nnonsense\r\n"
        return RedisFacts(info: text, appendFsync: appendFsync, save: save).findings
    }

    @Test func `of a Redis as it should be nothing is wrong`() {
        #expect(findings().map(\.verdict) == [.ok, .ok, .ok, .ok])
    }

    @Test(
        arguments: [
            ("redis_version", "6.0.16", Finding.Verdict.fault, "redis"), ("redis_version", "5", .fault, "redis"),
            ("redis_version", "10.0.1", .ok, "redis"), ("redis_version", nil, .warning, "redis"),
            ("role", "slave", .fault, "role"), ("role", nil, .warning, "role"),
            ("aof_enabled", "0", .warning, "persistence"), ("maxmemory_policy", "allkeys-lru", .fault, "memory"),
            ("maxmemory_policy", "volatile-ttl", .fault, "memory"), ("maxmemory_policy", nil, .warning, "memory"),
            ("cluster_enabled", "1", .fault, "cluster"),
        ] as [(String, String?, Finding.Verdict, String)])
    func `what is amiss is named`(_ field: String, _ value: String?, _ verdict: Finding.Verdict, _ part: String) {
        let found = findings([field: value])
        #expect(found.first { $0.part == part }?.verdict == verdict)
        #expect(found.filter { $0.part != part }.allSatisfy { $0.verdict == .ok })
    }

    @Test(
        arguments: [("always", Finding.Verdict.ok), ("everysec", .warning), ("no", .warning), (nil, .ok)]
            as [(String?, Finding.Verdict)])
    func `how often the log reaches the disk is told`(_ often: String?, _ verdict: Finding.Verdict) {
        #expect(findings(appendFsync: often).first { $0.part == "persistence" }?.verdict == verdict)
    }

    @Test(arguments: [
        (0.2, Finding.Verdict.ok, "0.2 s apart"), (3.5, .warning, "Redis' is 3.5 s ahead"),
        (-3.5, .warning, "Redis' is 3.5 s behind"),
    ])
    func `clocks that are apart are told`(_ seconds: Double, _ verdict: Finding.Verdict, _ text: String) {
        let finding = RedisFacts.clock(apart: seconds)
        #expect(finding.verdict == verdict)
        #expect(finding.text == text)
    }
}

@Suite struct MachineCheckTests {
    @Test(arguments: [
        (19_352, 15_000, Finding.Verdict.ok), (19_351, 15_000, .fault), (1024, 0, .warning),
    ])
    func `open files must suffice for all connections`(_ limit: Int, _ connections: Int, _ verdict: Finding.Verdict) {
        #expect(MachineCheck.openFiles(limit: limit, connections: connections).verdict == verdict)
    }

    @Test(arguments: [(-1, Finding.Verdict.fault), (13, .warning), (14, .ok)] as [(Int64, Finding.Verdict)])
    func `a certificate is looked at before it expires`(_ days: Int64, _ verdict: Finding.Verdict) {
        #expect(MachineCheck.validity(until: 1_000_000 + days * 86_400, now: 1_000_000).verdict == verdict)
    }

    @Test func `a line has its verdict, its part and its text in columns`() {
        #expect(Finding.ok("redis", "version 7").line == "ok       redis        version 7")
        #expect(Finding.warning("persistence", "none").line == "warning  persistence  none")
    }
}
