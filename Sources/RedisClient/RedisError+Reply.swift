/// What the error replies of Redis mean to us.
extension RedisError {
    /// Error replies begin with a word in capitals; the rest may quote keys and values, so it is not kept.
    init(reply text: some Collection<UInt8>) {
        let word = text.prefix { $0 != UInt8(ascii: " ") }
        let isWord = !word.isEmpty && word.count <= Self.longestWord && word.allSatisfy { Self.letters.contains($0) }
        let name = isWord ? String(decoding: word, as: UTF8.self) : "ERR"
        self.init(Self.codes[name] ?? .refused, name)
    }

    private static let longestWord = 32
    private static let letters = UInt8(ascii: "A")...UInt8(ascii: "Z")

    private static let codes: [String: Code] = [
        "NOAUTH": .notAllowed, "WRONGPASS": .notAllowed, "NOPERM": .notAllowed,
        "READONLY": .notWritable, "MISCONF": .notWritable, "NOREPLICAS": .notWritable, "MASTERDOWN": .notWritable,
        "OOM": .notWritable,
        "LOADING": .notReady, "BUSY": .notReady,
        "MOVED": .moved, "ASK": .moved, "CLUSTERDOWN": .moved, "CROSSSLOT": .moved,
        "NOSCRIPT": .noScript,
    ]

    /// Whether a server that answers so is no longer the master, or not yet one.
    var asksForAnotherServer: Bool {
        code == .notWritable && (description == "READONLY" || description == "MASTERDOWN")
    }
}
