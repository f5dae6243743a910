import Foundation
import Testing

@testable import GameKitProtocol

@Suite struct SeededRandomTests {
    @Test func `is the hash of a counter`() {
        let key = SipHash(3, 4)
        var random = SeededRandom(key: (3, 4))
        #expect((0..<4).map { _ in random.next() } == [1, 2, 3, 4].map { key.hash($0 as UInt64) })
    }

    /// Written down, so that no later toolchain or edit changes the rolls of stored rooms.
    @Test func `draws for ever what it drew first`() {
        var random = SeededRandom(key: (1, 2))
        #expect((0..<12).map { _ in random.die() } == [6, 2, 2, 6, 5, 6, 2, 5, 6, 3, 5, 6])
        #expect((0..<6).map { _ in random.next(below: 1000) } == [3, 557, 845, 566, 506, 160])
        var list = Array(0..<10)
        random.shuffle(&list)
        #expect(list == [7, 2, 1, 5, 3, 9, 4, 0, 6, 8])
    }

    @Test func `a copy draws the same, another key does not`() {
        var random = SeededRandom(key: (1, 2))
        var copy = random
        #expect(random.next() == copy.next() && random == copy)
        var others = [SeededRandom(key: (2, 2)), SeededRandom(key: (1, 3))]
        let first = copy.next()
        for index in others.indices { #expect(others[index].next() != first) }
    }

    /// Chi-squared with its 99.9 % bound. The key is fixed, so this passes always or never.
    @Test(arguments: [(2, 10.83), (6, 20.52), (10, 27.88), (100, 148.23)])
    func `every number is as likely as the others`(bound: Int, limit: Double) {
        var random = SeededRandom(key: (5, 6))
        let draws = 60_000
        var counts = Array(repeating: 0, count: bound)
        for _ in 0..<draws { counts[random.next(below: bound)] += 1 }
        let expected = Double(draws) / Double(bound)
        #expect(counts.reduce(0) { $0 + (Double($1) - expected) * (Double($1) - expected) / expected } < limit)
    }

    /// 2^64 is eight thirds of this bound. A remainder would draw the lower numbers more often, and a product that throws
    /// nothing away one in three of them less often.
    @Test func `a large bound favours nobody`() {
        var random = SeededRandom(key: (5, 6))
        let bound = 3 << 61
        let draws = (0..<30_000).map { _ in random.next(below: bound) }
        #expect(abs(draws.count { $0 < bound / 2 } - 15_000) < 300)
        for rest in 0..<3 { #expect(abs(draws.count { $0 % 3 == rest } - 10_000) < 300) }
        #expect(random.next(below: 1) == 0)
        #expect(0..<Int.max ~= random.next(below: .max))
    }

    @Test func `dice have the sides that are asked for`() {
        var random = SeededRandom(key: (7, 8))
        #expect(Set((0..<200).map { _ in random.die() }) == Set(1...6))
        #expect(Set((0..<200).map { _ in random.die(4) }) == Set(1...4))
    }

    @Test func `shuffling keeps the elements and reaches every order`() {
        var random = SeededRandom(key: (9, 10))
        let orders = (0..<600).map { _ in
            var list = ["a", "b", "c", "d"]
            random.shuffle(&list)
            return list
        }
        #expect(orders.allSatisfy { $0.sorted() == ["a", "b", "c", "d"] })
        #expect(Set(orders).count == 24)
        var none: [Int] = []
        random.shuffle(&none)
        #expect(none.isEmpty)
    }

    @Test func `rounds have sources of their own`() {
        let seed = SeededRandom(key: (1, 2))
        let firsts = (0..<100).map { number in
            var source = seed.source(ofRound: number)
            return source.next()
        }
        #expect(Set(firsts).count == 100)
        #expect(seed.source(ofRound: 5) == seed.source(ofRound: 5))
        #expect(SeededRandom.unpredictable() != SeededRandom.unpredictable())
    }

    @Test func `is three hexadecimal words as text, and goes on where it was`() throws {
        var random = SeededRandom(key: (0xab, .max))
        _ = random.next()
        let text = try JSONEncoder().encode(random)
        #expect(String(decoding: text, as: UTF8.self) == #""ab-ffffffffffffffff-1""#)
        var copy = try JSONDecoder().decode(SeededRandom.self, from: text)
        #expect(copy == random && copy.next() == random.next())
    }

    @Test(arguments: [
        #""""#, #""1-2""#, #""1-2-3-4""#, #""1-x-2-3""#, #""1--2-3""#, #""1-2-10000000000000000""#, "3", "null",
    ])
    func `other text is none`(text: String) {
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(SeededRandom.self, from: Data(text.utf8)) }
    }
}
