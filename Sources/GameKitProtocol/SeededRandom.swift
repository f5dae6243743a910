/// A source of chance that is part of a room's state: SipHash-2-4 of a counter under a 128-bit key.
///
/// Past rolls do not tell the next ones, as those of a shift register would. It draws the same on every toolchain, which
/// the standard library's `random(in:)` and `shuffle` do not promise: use the helpers here.
public struct SeededRandom: RandomNumberGenerator, Hashable, Sendable {
    private let key: SipHash
    private var counter: UInt64

    /// For tests and for whoever makes rooms.
    public init(key: (UInt64, UInt64)) {
        self.key = SipHash(key.0, key.1)
        counter = 0
    }

    /// A fresh key from the system's CSPRNG. For whoever makes rooms, never for a game.
    package static func unpredictable() -> Self {
        var system = SystemRandomNumberGenerator()
        return Self(key: (system.next(), system.next()))
    }

    /// The source of one round, under a key of its own: it does not follow from another round's numbers, and this
    /// source, whose key no game ever draws from, tells all of them apart.
    package func source(ofRound number: Int) -> Self {
        let first = UInt64(number) << 1
        return Self(key: (key.hash(first), key.hash(first | 1)))
    }

    public mutating func next() -> UInt64 {
        counter &+= 1
        return key.hash(counter)
    }

    /// A number in `0..<bound`, each equally likely (Lemire, "Fast random integer generation in an interval", 2019).
    public mutating func next(below bound: Int) -> Int {
        precondition(bound > 0, "nothing to choose from")
        let bound = UInt64(bound)
        let unfair = (0 &- bound) % bound
        while true {
            let (high, low) = next().multipliedFullWidth(by: bound)
            if low >= unfair { return Int(high) }
        }
    }

    /// A throw of one die: 1...`sides`.
    public mutating func die(_ sides: Int = 6) -> Int { next(below: sides) + 1 }

    public mutating func shuffle<Element>(_ list: inout [Element]) {
        for index in list.indices.dropFirst().reversed() { list.swapAt(index, next(below: index + 1)) }
    }
}

/// As text, three hexadecimal words: 64-bit numbers do not survive a JSON reader that has only doubles.
extension SeededRandom: Codable {
    public init(from decoder: any Decoder) throws {
        let box = try decoder.singleValueContainer()
        let parts = try box.decode(String.self).split(separator: "-", omittingEmptySubsequences: false)
        let words = parts.compactMap { UInt64($0, radix: 16) }
        guard parts.count == 3, words.count == 3 else {
            throw DecodingError.dataCorruptedError(in: box, debugDescription: "a source is three hexadecimal words")
        }
        key = SipHash(words[0], words[1])
        counter = words[2]
    }

    public func encode(to encoder: any Encoder) throws {
        var box = encoder.singleValueContainer()
        try box.encode([key.k0, key.k1, counter].map { String($0, radix: 16) }.joined(separator: "-"))
    }
}
