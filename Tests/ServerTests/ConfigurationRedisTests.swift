import NIOCore
import RedisClient
import Testing

@testable import ParlorServer

@Suite struct ConfigurationRedisTests {
    private let setup: ConfigurationSetup

    init() throws { setup = try ConfigurationSetup() }

    @Test func `nothing said is no Redis`() throws {
        #expect(try setup.configuration().redis == nil)
    }

    @Test func `a URL is enough`() throws {
        let redis = try #require(try setup.configuration(flags: [.redisURL: "redis://redis.internal/3"]).redis)
        #expect(redis.connection.servers == .one(.init(host: "redis.internal", port: 6379)))
        #expect(redis.connection.database == 3)
        #expect(redis.connection.tls == nil)
        #expect(redis.connection.deadline == .milliseconds(500))
        #expect(redis.prefix == "parlor:")
    }

    @Test func `everything can be said`() throws {
        let authority = try setup.folder.file("ca.pem", "ca")
        let certificate = try setup.folder.file("cert.pem", "certificate")
        let key = try setup.folder.file("key.pem", "key")
        let configuration = try setup.configuration(environment: [
            "PARLOR_REDIS_URL": "rediss://rooms:mellon@redis.internal:7000", "PARLOR_REDIS_PREFIX": "games.",
            "PARLOR_REDIS_DEADLINE": "2s", "PARLOR_REDIS_CA": authority, "PARLOR_REDIS_CERT": certificate,
            "PARLOR_REDIS_KEY": key,
        ])
        let redis = try #require(configuration.redis)
        #expect(redis.connection.user == "rooms")
        #expect(redis.connection.password == "mellon")
        #expect(redis.connection.deadline == .seconds(2))
        #expect(
            redis.connection.tls == .init(certificateAuthority: authority, certificate: certificate, key: key))
        #expect(redis.prefix == "games.")
    }

    @Test func `the URL comes from a file of its own too`() throws {
        let file = try setup.folder.file("redis-url", "redis://:mellon@redis.internal\n")
        let redis = try setup.configuration(environment: ["PARLOR_REDIS_URL_FILE": file]).redis
        #expect(redis?.connection.password == "mellon")
    }

    @Test(arguments: [
        ("PARLOR_REDIS_PREFIX", "a b"), ("PARLOR_REDIS_PREFIX", "{room}:"), ("PARLOR_REDIS_PREFIX", "parlor*"),
        ("PARLOR_REDIS_DEADLINE", "0"), ("PARLOR_REDIS_DEADLINE", "9ms"), ("PARLOR_REDIS_DEADLINE", "61s"),
        ("PARLOR_REDIS_CA", "/nowhere"), ("PARLOR_REDIS_CERT", "/dev/null"), ("PARLOR_REDIS_KEY", "/dev/null"),
    ])
    func `each fault is named`(_ name: String, _ value: String) throws {
        let faults = setup.faults(environment: ["PARLOR_REDIS_URL": "rediss://redis.internal", name: value])
        #expect(faults.count == 1)
        #expect(faults.first?.contains(name) == true)
    }

    @Test(arguments: ["http://redis.internal", "redis://", "redis.internal:6379", "redis://:mellon@host/no-number"])
    func `a URL that is none is refused without showing a password`(_ url: String) throws {
        let faults = setup.faults(environment: ["PARLOR_REDIS_URL": url])
        #expect(faults.count == 1)
        #expect(faults.first?.contains("PARLOR_REDIS_URL") == true)
        #expect(faults.first?.contains("mellon") == false)
    }

    @Test(arguments: ["PARLOR_REDIS_PREFIX", "PARLOR_REDIS_DEADLINE"])
    func `what is said of a Redis that is not named is a fault`(_ name: String) throws {
        let faults = setup.faults(environment: [name: "5s"])
        #expect(faults.first?.contains("needs PARLOR_REDIS_URL too") == true)
    }

    @Test func `certificates are for rediss alone`() throws {
        let authority = try setup.folder.file("ca.pem", "ca")
        let faults = setup.faults(
            environment: ["PARLOR_REDIS_URL": "redis://redis.internal", "PARLOR_REDIS_CA": authority])
        #expect(faults.first?.contains("rediss://") == true)
    }
}
