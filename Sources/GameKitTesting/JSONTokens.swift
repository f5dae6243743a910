internal import GameKitProtocol

/// The numbers, strings and words in a text that `CanonicalJSON` wrote, keys left out.
struct JSONTokens: Sequence, IteratorProtocol {
    struct Token {
        let range: Range<Int>
        /// Whether it is the value of an object's member, and not in an array.
        let isMember: Bool
    }

    private let text: [UInt8]
    private var position = 0

    init(_ text: [UInt8]) { self.text = text }

    mutating func next() -> Token? {
        while position < text.count {
            let start = position
            switch text[start] {
            case UInt8(ascii: "\""): skipString()
            case UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: ","),
                UInt8(ascii: ":"):
                position += 1
                continue
            default: skipWord()
            }
            if position < text.count && text[position] == UInt8(ascii: ":") { continue }
            return Token(range: start..<position, isMember: start > 0 && text[start - 1] == UInt8(ascii: ":"))
        }
        return nil
    }

    private mutating func skipString() {
        position += 1
        while position < text.count && text[position] != UInt8(ascii: "\"") {
            position += text[position] == UInt8(ascii: "\\") ? 2 : 1
        }
        position = Swift.min(position + 1, text.count)
    }

    private mutating func skipWord() {
        position = text[position...].firstIndex { ",]}".utf8.contains($0) } ?? text.count
    }
}

/// Turns what a well-meaning client would send into what a hostile one might.
struct Mutation {
    private static let numbers = [
        "-1", "0", "1", "2", "3", "5", "9", "15", "63", "64", "1000", "-9223372036854775808", "9223372036854775807",
        "0.5",
        "1e300",
    ]
    private static let words = ["null", "true", "\"\"", "\"\\u0000\"", "[]", "{}"]

    /// Strings that were seen, for members that take one of a few.
    private var strings: [[UInt8]] = []

    /// Replaces one token, or, at times, all.
    mutating func mutate(_ json: [UInt8], random: inout SeededRandom) -> [UInt8] {
        let tokens = Array(JSONTokens(json))
        guard !tokens.isEmpty else { return json }
        learn(tokens.map { Array(json[$0.range]) })
        let chosen = random.next(below: 4) == 0 ? tokens : [tokens[random.next(below: tokens.count)]]
        var result = json
        for token in chosen.reversed() { result.replaceSubrange(token.range, with: replacement(&random)) }
        return result
    }

    private mutating func learn(_ tokens: [[UInt8]]) {
        for token in tokens where token.first == UInt8(ascii: "\"") && !strings.contains(token) && strings.count < 64 {
            strings.append(token)
        }
    }

    private func replacement(_ random: inout SeededRandom) -> [UInt8] {
        switch random.next(below: 8) {
        case 0: Array(Self.words[random.next(below: Self.words.count)].utf8)
        case 1...2 where !strings.isEmpty: strings[random.next(below: strings.count)]
        default: Array(Self.numbers[random.next(below: Self.numbers.count)].utf8)
        }
    }
}
