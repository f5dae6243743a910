internal import NIOCore

/// What is wrong with the address of a Redis. Says so without a word of it that could be the password.
public struct RedisURLFault: Error, Equatable, Sendable, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }
}

extension RedisConfiguration {
    /// From an operator's URL, which is not trusted to be one:
    ///
    ///     redis://[user:password@]host[:6379][/database]
    ///     redis+sentinel://[user:password@]host[:26379][,host...]/master[/database]
    ///
    /// `rediss` in place of `redis` means TLS. An IPv6 address stands in brackets; `redis://:password@host` names no
    /// user. What would mean something else in a URL is written as `%2F` and the like.
    public init(url: String) throws(RedisURLFault) {
        let parts = try RedisURLParts(url)
        if parts.isSentinel {
            guard let name = parts.path.first, let master = RedisURLParts.decoded(name), !master.isEmpty else {
                throw RedisURLFault("say which master the sentinels watch: .../master")
            }
            guard parts.path.count <= 2 else {
                throw RedisURLFault("only a master and a database follow the sentinels")
            }
            self.init(.sentinels(try parts.addresses(defaultPort: 26379), master: master))
            if parts.path.count == 2 { database = try RedisURLParts.database(parts.path[1]) }
        } else {
            guard parts.path.count <= 1 else { throw RedisURLFault("only a database follows the server") }
            let addresses = try parts.addresses(defaultPort: 6379)
            guard addresses.count == 1 else { throw RedisURLFault("several servers need redis+sentinel://") }
            self.init(.one(addresses[0]))
            if let text = parts.path.first { database = try RedisURLParts.database(text) }
        }
        if parts.isEncrypted { tls = TLS() }
        (user, password) = try parts.credentials()
        try parts.refuseParameters()
    }

    /// Each search asks them one after another, so that many would make it long.
    static let mostSentinels = 16
}

/// The pieces of a Redis URL, not looked at closely yet.
private struct RedisURLParts {
    let isEncrypted: Bool
    let isSentinel: Bool
    private let userInfo: Substring?
    private let hosts: Substring
    /// With its `?`.
    private let query: Substring
    /// Without a trailing slash.
    let path: [Substring]

    init(_ url: String) throws(RedisURLFault) {
        guard let colon = url.firstRange(of: "://") else {
            throw RedisURLFault("write redis://host:port, or rediss:// or redis+sentinel://")
        }
        switch url[..<colon.lowerBound].lowercased() {
        case "redis": (isEncrypted, isSentinel) = (false, false)
        case "rediss": (isEncrypted, isSentinel) = (true, false)
        case "redis+sentinel": (isEncrypted, isSentinel) = (false, true)
        case "rediss+sentinel": (isEncrypted, isSentinel) = (true, true)
        default: throw RedisURLFault("begin with redis://, rediss://, redis+sentinel:// or rediss+sentinel://")
        }
        let rest = url[colon.upperBound...]
        guard rest.unicodeScalars.allSatisfy({ 0x21...0x7e ~= $0.value }) else {
            throw RedisURLFault("write spaces and all that is not ASCII as %20 and the like")
        }
        let end = rest.firstIndex { "/?#".contains($0) } ?? rest.endIndex
        let (authority, tail) = (rest[..<end], rest[end...])
        // Before anything of the tail is named: it may be half of a password.
        guard !tail.contains("@") else {
            throw RedisURLFault("in a user or password write @ as %40, / as %2F, ? as %3F and # as %23")
        }
        guard !tail.contains("#") else { throw RedisURLFault("there is no place for a # in it") }
        let mark = tail.firstIndex(of: "?") ?? tail.endIndex
        query = tail[mark...]
        let slashed = tail[..<mark].hasSuffix("/") ? tail[..<mark].dropLast() : tail[..<mark]
        path = slashed.isEmpty ? [] : slashed.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        if let at = authority.lastIndex(of: "@") {
            (userInfo, hosts) = (authority[..<at], authority[authority.index(after: at)...])
        } else {
            (userInfo, hosts) = (nil, authority)
        }
    }

    /// No parameter means anything here, and one that is ignored would be missed. Asked last, when all before it is
    /// sound: then it is no part of a password.
    func refuseParameters() throws(RedisURLFault) {
        guard !query.isEmpty else { return }
        let name = query.dropFirst().prefix { $0 != "=" && $0 != "&" }
        let isName = 1...32 ~= name.count && name.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" }
        throw RedisURLFault(isName ? "there is no parameter '\(name)'" : "there are no parameters")
    }

    func credentials() throws(RedisURLFault) -> (user: String?, password: String?) {
        guard let userInfo else { return (nil, nil) }
        guard let colon = userInfo.firstIndex(of: ":"), userInfo.index(after: colon) < userInfo.endIndex else {
            throw RedisURLFault("there is no password before the @: write user:password@ or :password@")
        }
        guard let user = Self.decoded(userInfo[..<colon]),
            let password = Self.decoded(userInfo[userInfo.index(after: colon)...])
        else { throw RedisURLFault("the user or the password has a % that two hexadecimal digits must follow") }
        return (user.isEmpty ? nil : user, password)
    }

    func addresses(defaultPort: Int) throws(RedisURLFault) -> [RedisConfiguration.Address] {
        let texts = hosts.split(separator: ",", omittingEmptySubsequences: false)
        guard texts.count <= RedisConfiguration.mostSentinels else {
            throw RedisURLFault("there are more than \(RedisConfiguration.mostSentinels) sentinels")
        }
        var addresses: [RedisConfiguration.Address] = []
        for text in texts {
            let address = try Self.address(text, defaultPort: defaultPort)
            guard !addresses.contains(address) else { throw RedisURLFault("a sentinel is named twice") }
            addresses.append(address)
        }
        return addresses
    }

    private static func address(
        _ text: Substring, defaultPort: Int
    ) throws(RedisURLFault) -> RedisConfiguration.Address {
        let host: Substring
        let rest: Substring
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { throw RedisURLFault("a [ has no ]") }
            host = text[text.index(after: text.startIndex)..<end]
            rest = text[text.index(after: end)...]
            guard host.contains(":"), (try? SocketAddress(ipAddress: String(host), port: 0)) != nil else {
                throw RedisURLFault("what is in brackets is no IPv6 address")
            }
        } else {
            host = text.prefix { $0 != ":" }
            rest = text[host.endIndex...]
            guard !host.isEmpty else { throw RedisURLFault("there is no host") }
            guard isHostName(host) else { throw RedisURLFault("the host has characters that no name of a host has") }
        }
        guard !rest.isEmpty else { return .init(host: String(host), port: defaultPort) }
        guard rest.hasPrefix(":"), let port = number(rest.dropFirst(), in: 1...65_535) else {
            throw RedisURLFault("the port is no number from 1 to 65535")
        }
        return .init(host: String(host), port: port)
    }

    /// At most 253 bytes (RFC 1035).
    private static func isHostName(_ text: Substring) -> Bool {
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        return text.utf8.count <= 253
            && labels.allSatisfy { label in
                !label.isEmpty && label.allSatisfy { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" }
            }
    }

    /// Redis has 16, and its configuration may say another number.
    static func database(_ text: Substring) throws(RedisURLFault) -> Int {
        guard let number = number(text, in: 0...65_535) else {
            throw RedisURLFault("the database is no number from 0 to 65535")
        }
        return number
    }

    private static func number(_ text: Substring, in range: ClosedRange<Int>) -> Int? {
        guard 1...5 ~= text.count, text.allSatisfy(\.isNumber), let number = Int(text), range ~= number else {
            return nil
        }
        return number
    }

    /// nil: a `%` without two digits, or no UTF-8.
    static func decoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(digit), let low = rest.popFirst().flatMap(digit) else {
                return nil
            }
            bytes.append(high << 4 | low)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8) -> UInt8? { Character(Unicode.Scalar(byte)).hexDigitValue.map(UInt8.init) }
}
