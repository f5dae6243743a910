import GameKitProtocol
import Testing

@testable import ParlorServer

@Suite struct ShortMapTests {
    @Test func `it is told from a dictionary by nothing but the order of its entries`() {
        var random = SeededRandom(key: (1, 2))
        var map = ShortMap<Int, UInt64>()
        var dictionary: [Int: UInt64] = [:]
        for _ in 0..<500 {
            let key = Int(random.next() % 7)
            let value = random.next() % 3 == 0 ? nil : random.next()
            map[key] = value
            dictionary[key] = value
            #expect(map[key] == value)
            #expect(map.count == dictionary.count && map.isEmpty == dictionary.isEmpty)
            #expect(Dictionary(uniqueKeysWithValues: map.entries.map { ($0.key, $0.value) }) == dictionary)
        }
    }

    @Test func `its entries come oldest first, changed ones where they were`() {
        var map = ShortMap<String, Int>()
        for (number, key) in ["a", "b", "c"].enumerated() { map[key] = number }
        map["b"] = nil
        map["a"] = 7
        map["b"] = 8
        #expect(Array(map.keys) == ["a", "c", "b"])
        #expect(Array(map.values) == [7, 2, 8])
    }
}
