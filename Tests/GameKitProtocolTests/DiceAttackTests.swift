import Foundation
import Testing

@testable import GameKitProtocol

/// From 10,000 rolls seen, the next are not told. The attacker knows all that is public (the rolls, how many there were, the
/// number of the game) and not the room's seed. All keys are fixed, so that each of these passes always or never.
@Suite struct DiceAttackTests {
    static let seen = 10_000
    /// The same chance for each number.
    static let fair = Double(seen) / 6
    /// Five standard deviations of a count of hits by chance: one of three million honest sources is farther off.
    static let most = fair + 5 * (fair * 5 / 6).squareRoot()

    /// Among them the keys that would show a bad generator: nothing but zeros, a single bit, nothing but ones.
    static let keys: [(UInt64, UInt64)] = [
        (0, 0), (1, 0), (0, 1 << 63), (.max, .max), (0x0123_4567_89ab_cdef, 0xfedc_ba98_7654_3210),
    ]

    static func rolls(_ source: SeededRandom, _ count: Int) -> [Int] {
        var source = source
        return (0..<count).map { _ in source.die() }
    }

    // MARK: Betting

    @Test(arguments: keys)
    func `nobody wins more than by chance, whatever way they bet`(key: (UInt64, UInt64)) {
        let rolls = Self.rolls(SeededRandom(key: key), Self.seen * 2)
        for gambler in Gambler.allCases { #expect(Double(gambler.wins(on: rolls)) < Self.most, "\(gambler)") }
    }

    /// The gamblers are no fools: each of them grows rich where a die is thrown in the way that they look for.
    @Test(arguments: zip([.favourite, .due, .afterOne, .afterFour, .echo, .sum] as [Gambler], badRolls))
    func `whoever throws badly is found out`(gambler: Gambler, rolls: [Int]) {
        #expect(Double(gambler.wins(on: rolls)) > Double(rolls.count / 2) / 6 * 1.3)
    }

    private static let badRolls: [[Int]] = {
        let good = rolls(SeededRandom(key: (3, 4)), 2000)
        // The generator in many a C library, whose lowest bits go round in a small circle.
        var last: UInt32 = 1
        let congruential = good.map { _ in
            last = last &* 1_103_515_245 &+ 12345
            return Int(last % 6) + 1
        }
        var sums = [1, 4]
        while sums.count < good.count { sums.append((2 * sums[sums.count - 1] + 3 * sums[sums.count - 2] + 1) % 6 + 1) }
        let loaded = good.enumerated().map { $0.offset % 9 == 0 ? 6 : $0.element }
        let inTurn = good.indices.map { $0 % 6 + 1 }
        let twice = good.flatMap { [$0, $0] }
        let again = good.indices.map { good[$0 % 101] }
        return [loaded, inTurn, twice, congruential, again, sums]
    }()

    /// Seeds that a lazy server would take: numbers, the time in milliseconds, what everybody is told of a room.
    @Test func `guessed seeds do not roll what was rolled`() {
        let seen = Self.rolls(SeededRandom.unpredictable().source(ofRound: 1), 40)
        let now = UInt64(Date().timeIntervalSince1970 * 1000)
        let numbers = Array(0..<20_000 as Range<UInt64>) + Array(now - 20_000...now)
        let names = ["k7m2q9xwabcd", "tictactoe", "dice", "parlor"].map { SipHash(0, 0).hash($0.utf8) }
        for number in numbers + names {
            for key in [(number, 0), (0, number), (number, number)] {
                for source in [SeededRandom(key: key), SeededRandom(key: key).source(ofRound: 1)] {
                    var guess = source
                    #expect(!seen.allSatisfy { guess.die() == $0 }, "\(key)")
                }
            }
        }
    }

    // MARK: Counting

    /// Chi-squared of single rolls, of pairs and of threes, with its 99.99 % bound for 5, 35 and 215 degrees of freedom.
    @Test(arguments: keys, [(1, 25.74), (2, 75.1), (3, 300.9)])
    func `every roll, pair and three of rolls is as likely as the others`(key: (UInt64, UInt64), test: (Int, Double)) {
        let (length, limit) = test
        let rolls = Self.rolls(SeededRandom(key: key), Self.seen * length)
        var counts = Array(repeating: 0, count: Int(pow(6, Double(length))))
        for start in stride(from: 0, to: rolls.count, by: length) {
            counts[rolls[start..<start + length].reduce(0) { $0 * 6 + $1 - 1 }] += 1
        }
        let expected = Double(Self.seen) / Double(counts.count)
        #expect(counts.reduce(0) { $0 + (Double($1) - expected) * (Double($1) - expected) / expected } < limit)
    }

    /// Of 100 distances in 10,000 rolls, by chance none is so far off in one of a thousand sources.
    @Test(arguments: keys)
    func `no roll depends on one before it`(key: (UInt64, UInt64)) {
        let rolls = Self.rolls(SeededRandom(key: key), Self.seen).map { Double($0) - 3.5 }
        let variance = 35.0 / 12
        for distance in 1...100 {
            let products = zip(rolls, rolls.dropFirst(distance)).reduce(0) { $0 + $1.0 * $1.1 }
            #expect(abs(products) < 4.5 * variance * Double(Self.seen - distance).squareRoot(), "\(distance) before")
        }
    }

    /// Wald and Wolfowitz: how often high follows low or low high.
    @Test(arguments: keys)
    func `luck turns as often as it should`(key: (UInt64, UInt64)) {
        let isHigh = Self.rolls(SeededRandom(key: key), Self.seen).map { $0 > 3 }
        let high = Double(isHigh.count { $0 })
        let low = Double(Self.seen) - high
        let runs = Double(1 + zip(isHigh, isHigh.dropFirst()).count { $0 != $1 })
        let expected = 2 * high * low / Double(Self.seen) + 1
        let variance = (expected - 1) * (expected - 2) / Double(Self.seen - 1)
        #expect(abs(runs - expected) < 4 * variance.squareRoot())
    }

    // MARK: From one game to the next

    @Test(arguments: keys)
    func `a rematch rolls its own`(key: (UInt64, UInt64)) {
        let seed = SeededRandom(key: key)
        let first = Self.rolls(seed.source(ofRound: 1), Self.seen)
        for number in [2, 3, 65] {
            let next = Self.rolls(seed.source(ofRound: number), Self.seen)
            // Also when it is shifted against the first: one that went on somewhere else would show.
            for shift in -20...20 {
                let equal = (max(0, -shift)..<min(Self.seen, Self.seen - shift)).count { first[$0] == next[$0 + shift] }
                #expect(Double(equal) < Self.most, "game \(number), shifted by \(shift)")
            }
        }
    }

    @Test(arguments: keys)
    func `the key of a rematch does not follow from the last game`(key: (UInt64, UInt64)) throws {
        let seed = SeededRandom(key: key)
        let keys = try (1...2000).map { try words(of: seed.source(ofRound: $0)) }
        // No number to add, and none to turn bits by, leads from one to the next twice.
        let steps = zip(keys, keys.dropFirst())
        #expect(Set(steps.map { [$1.0 &- $0.0, $1.1 &- $0.1] }).count == 1999)
        #expect(Set(steps.map { [$1.0 ^ $0.0, $1.1 ^ $0.1] }).count == 1999)
        #expect(Set(keys.flatMap { [$0.0, $0.1] }).count == 4000)
        // Each of the 128 bits turns in half of the steps, within five standard deviations.
        for bit in 0..<64 as Range<UInt64> {
            let first = steps.count { ($0.0 ^ $1.0) >> bit & 1 == 1 }
            let second = steps.count { ($0.1 ^ $1.1) >> bit & 1 == 1 }
            for turned in [first, second] {
                #expect(abs(Double(turned) - 999.5) < 5 * (1999.0 / 4).squareRoot(), "bit \(bit)")
            }
        }
    }

    /// The last game's key may have become known, with all that was drawn under it.
    @Test(arguments: keys)
    func `the last game's key does not make the next one's`(key: (UInt64, UInt64)) throws {
        let seed = SeededRandom(key: key)
        var last = seed.source(ofRound: 1)
        let next = try words(of: seed.source(ofRound: 2))
        for number in 0...100 { #expect(try words(of: last.source(ofRound: number)) != next) }
        let drawn = (0..<Self.seen).map { _ in last.next() }
        #expect(!drawn.contains(next.0) && !drawn.contains(next.1))
    }

    /// A source's key, which is the first two words of its text.
    private func words(of source: SeededRandom) throws -> (UInt64, UInt64) {
        let text = try JSONDecoder().decode(String.self, from: JSONEncoder().encode(source))
        let words = text.split(separator: "-").compactMap { UInt64($0, radix: 16) }
        return try (#require(words.first), #require(words.dropFirst().first))
    }
}
