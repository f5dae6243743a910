/// As a URL that may be shown: the password is masked, also where everything is printed.
extension RedisConfiguration: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String {
        let hosts: String
        let kind: String
        var path = ""
        switch servers {
        case .one(let address): (hosts, kind) = (address.description, "")
        case .sentinels(let addresses, let master):
            (hosts, kind) = (addresses.map(\.description).joined(separator: ","), "+sentinel")
            path = "/" + Self.encoded(master)
        }
        if database != 0 { path += "/\(database)" }
        let login = password == nil ? "" : "\(Self.encoded(user ?? "")):***@"
        return "redis\(tls == nil ? "" : "s")\(kind)://\(login)\(hosts)\(path)"
    }

    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: [("url", description)]) }

    private static func encoded(_ text: String) -> String {
        text.utf8.map { byte in
            let character = Character(Unicode.Scalar(byte))
            let isPlain = character.isASCII && (character.isLetter || character.isNumber || "-._~".contains(character))
            let digits = String(byte, radix: 16, uppercase: true)
            return isPlain ? String(character) : digits.count == 1 ? "%0" + digits : "%" + digits
        }.joined()
    }
}
