import RedisLab
import Testing

@Suite struct SentinelTrioTests {
    @Test func `a failover makes the other one the master`() async throws {
        try await SentinelTrio.with { trio in
            let (first, second) = (trio.servers[0], trio.servers[1])
            #expect(try trio.masterPort() == first.port)
            try await trio.failover()
            #expect(try trio.masterPort() == second.port)
            #expect(try second.info("role") == "master")
        }
    }

    @Test func `a killed master is replaced`() async throws {
        var options = SentinelTrio.Options()
        options.password = "secret"
        options.sentinelPassword = "watchful"
        try await SentinelTrio.with(options) { trio in
            #expect(try RESPSocket(port: trio.sentinelPorts[0]).command(["PING"]).isError("NOAUTH"))
            let old = try await trio.killMaster()
            let new = try await trio.newMaster(after: old)
            #expect(new === trio.servers[1])
        }
    }

    @Test(.enabled(if: RedisServer.speaksTLS)) func `with TLS the sentinels tell the ports with TLS`() async throws {
        try await Certificates.with { certificates in
            var options = SentinelTrio.Options()
            options.tls = certificates
            try await SentinelTrio.with(options) { trio in
                #expect(try trio.masterPort() == trio.servers[0].tlsPort)
                try await trio.failover()
                #expect(try trio.masterPort() == trio.servers[1].tlsPort)
            }
        }
    }
}
