import RedisClient
import Testing

@Suite struct RedisURLTests {
    private static func at(_ host: String, _ port: Int) -> RedisConfiguration.Address { .init(host: host, port: port) }

    @Test(arguments: [
        ("redis://localhost", at("localhost", 6379)),
        ("redis://localhost/", at("localhost", 6379)),
        ("redis://cache-1.internal:7000", at("cache-1.internal", 7000)),
        ("REDIS://10.0.0.7:1", at("10.0.0.7", 1)),
        ("redis://[::1]", at("::1", 6379)),
        ("redis://[2001:db8::7]:65535", at("2001:db8::7", 65_535)),
    ]) func `a server is named with or without its port`(
        _ url: String, _ address: RedisConfiguration.Address
    ) throws {
        let configuration = try RedisConfiguration(url: url)
        #expect(configuration.servers == .one(address))
        #expect(configuration.tls == nil && configuration.user == nil && configuration.password == nil)
        #expect(configuration.database == 0)
    }

    @Test(arguments: [
        ("redis://:secret@h", nil, "secret"),
        ("redis://parlor:secret@h", "parlor", "secret"),
        ("redis://a%3Ab:p%40ss%2F%3f%23%25@h", "a:b", "p@ss/?#%"),
        ("redis://:with:colons@h", nil, "with:colons"),
        ("redis://:with@at@h", nil, "with@at"),
        ("redis://:%C3%A9%e2%82%ac@h", nil, "é€"),
        ("redis+sentinel://parlor:secret@a,b/main", "parlor", "secret"),
    ]) func `the user and the password are decoded`(_ url: String, _ user: String?, _ password: String) throws {
        let configuration = try RedisConfiguration(url: url)
        #expect(configuration.user == user)
        #expect(configuration.password == password)
    }

    @Test(arguments: [
        ("redis://h/0", 0), ("redis://h/15", 15), ("redis://h:1/7/", 7), ("redis+sentinel://h/main", 0),
        ("redis+sentinel://h/main/3", 3), ("redis+sentinel://h/main/", 0),
    ]) func `a database follows`(_ url: String, _ database: Int) throws {
        #expect(try RedisConfiguration(url: url).database == database)
    }

    @Test(arguments: [
        ("redis+sentinel://a/main", [at("a", 26_379)], "main"),
        ("redis+sentinel://a:1,b,[::1]:2/my%20master", [at("a", 1), at("b", 26_379), at("::1", 2)], "my master"),
    ]) func `sentinels are listed`(
        _ url: String, _ addresses: [RedisConfiguration.Address], _ master: String
    ) throws {
        #expect(try RedisConfiguration(url: url).servers == .sentinels(addresses, master: master))
    }

    @Test(arguments: [("redis", false), ("rediss", true), ("redis+sentinel", false), ("rediss+sentinel", true)])
    func `two s mean TLS`(_ scheme: String, _ isEncrypted: Bool) throws {
        #expect(
            try (RedisConfiguration(url: "\(scheme)://h\(scheme.contains("+") ? "/m" : "")").tls != nil) == isEncrypted)
    }

    static let faults = [
        ("", "write redis://host:port, or rediss:// or redis+sentinel://"),
        ("localhost:6379", "write redis://host:port, or rediss:// or redis+sentinel://"),
        ("http://h", "begin with redis://, rediss://, redis+sentinel:// or rediss+sentinel://"),
        ("redis://", "there is no host"),
        ("redis://:6379", "there is no host"),
        ("redis://:secret@", "there is no host"),
        ("redis://:secret@:1", "there is no host"),
        ("redis://ho%20st", "the host has characters that no name of a host has"),
        ("redis://a..b", "the host has characters that no name of a host has"),
        ("redis://h:", "the port is no number from 1 to 65535"),
        ("redis://h:0", "the port is no number from 1 to 65535"),
        ("redis://h:65536", "the port is no number from 1 to 65535"),
        ("redis://h:+1", "the port is no number from 1 to 65535"),
        ("redis://h:6379x", "the port is no number from 1 to 65535"),
        ("redis://user:secret", "the port is no number from 1 to 65535"),
        ("redis://::1", "there is no host"),
        ("redis://[::1", "a [ has no ]"),
        ("redis://[secret]", "what is in brackets is no IPv6 address"),
        ("redis://[127.0.0.1]", "what is in brackets is no IPv6 address"),
        ("redis://[::1]1", "the port is no number from 1 to 65535"),
        ("redis://secret@h", "there is no password before the @: write user:password@ or :password@"),
        ("redis://user:@h", "there is no password before the @: write user:password@ or :password@"),
        ("redis://@h", "there is no password before the @: write user:password@ or :password@"),
        (
            "redis://:secret%@h",
            "the user or the password has a % that two hexadecimal digits must follow"
        ),
        ("redis://:secret%4x@h", "the user or the password has a % that two hexadecimal digits must follow"),
        ("redis://:secret%ff@h", "the user or the password has a % that two hexadecimal digits must follow"),
        ("redis://:sec/ret@h", "in a user or password write @ as %40, / as %2F, ? as %3F and # as %23"),
        ("redis://:sec?ret@h", "in a user or password write @ as %40, / as %2F, ? as %3F and # as %23"),
        ("redis://:sec#ret@h", "in a user or password write @ as %40, / as %2F, ? as %3F and # as %23"),
        ("redis://:secret?=1", "there is no host"),
        ("redis://:sec ret@h", "write spaces and all that is not ASCII as %20 and the like"),
        ("redis://:secrét@h", "write spaces and all that is not ASCII as %20 and the like"),
        ("redis://h\n", "write spaces and all that is not ASCII as %20 and the like"),
        ("redis://h#secret", "there is no place for a # in it"),
        ("redis://h/x", "the database is no number from 0 to 65535"),
        ("redis://h/-1", "the database is no number from 0 to 65535"),
        ("redis://h/65536", "the database is no number from 0 to 65535"),
        ("redis://h//", "the database is no number from 0 to 65535"),
        ("redis://h/1/2", "only a database follows the server"),
        ("redis://a,b", "several servers need redis+sentinel://"),
        ("redis://h?db=1", "there is no parameter 'db'"),
        ("redis://h/1?timeout=5&db=1", "there is no parameter 'timeout'"),
        ("redis://h?", "there are no parameters"),
        ("redis://h?a%20b=secret", "there are no parameters"),
        ("redis+sentinel://a,b", "say which master the sentinels watch: .../master"),
        ("redis+sentinel://a,b//1", "say which master the sentinels watch: .../master"),
        ("redis+sentinel://a,b/%ff", "say which master the sentinels watch: .../master"),
        ("redis+sentinel://a,b/m/1/2", "only a master and a database follow the sentinels"),
        ("redis+sentinel://a,/m", "there is no host"),
        ("redis+sentinel://a,b,a:26379/m", "a sentinel is named twice"),
        (
            "redis+sentinel://" + (0...16).map { "s\($0)" }.joined(separator: ",") + "/m",
            "there are more than 16 sentinels"
        ),
    ]

    @Test(arguments: faults) func `what is wrong is said without a password`(_ url: String, _ fault: String) {
        let error = #expect(throws: RedisURLFault.self) { try RedisConfiguration(url: url) }
        #expect(error?.description == fault)
        #expect(error?.description.contains("sec") != true)
    }

    @Test(arguments: [
        ("redis://localhost", "redis://localhost:6379"),
        ("rediss://parlor:secret@h:1/2", "rediss://parlor:***@h:1/2"),
        ("redis://:secret@[::1]", "redis://:***@[::1]:6379"),
        ("redis://a%3Ab:secret@h", "redis://a%3Ab:***@h:6379"),
        ("redis+sentinel://:secret@a,b:1/my%20master/4", "redis+sentinel://:***@a:26379,b:1/my%20master/4"),
    ]) func `a configuration is shown without its password`(_ url: String, _ shown: String) throws {
        let configuration = try RedisConfiguration(url: url)
        #expect(configuration.description == shown)
        #expect("\([configuration])" == "[\(shown)]")
        var dumped = ""
        dump(configuration, to: &dumped)
        #expect(dumped.contains("url") && !dumped.contains("secret"))
    }
}
