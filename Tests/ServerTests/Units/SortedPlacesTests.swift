import RoomEngine
import Testing

@testable import ParlorServer

@Suite struct SortedPlacesTests {
    /// Several rooms of the same millisecond, as a burst makes them.
    private static func place(_ number: Int) -> RoomCursor {
        RoomCursor(.open(number, createdAt: Int64(number / 3)))
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `the places are those of a sorted list`(seed: UInt64) {
        var random = seeded(seed)
        var places = SortedPlaces()
        var model: Set<RoomCursor> = []
        for step in 1...20_000 {
            let place = Self.place(Int.random(in: 0..<3000, using: &random))
            if model.contains(place) || random.chance(4) {
                places.remove(place)
                model.remove(place)
            } else {
                places.insert(place)
                model.insert(place)
            }
            guard step.isMultiple(of: 500) else { continue }
            let sorted = model.sorted()
            #expect(places.count == model.count)
            #expect(places.page(of: .max, after: nil) == sorted)
            // A cursor may be of a room that is gone.
            let cursor = Self.place(Int.random(in: 0..<3000, using: &random))
            #expect(places.page(of: 70, after: cursor) == Array(sorted.filter { cursor < $0 }.prefix(70)))
        }
        for place in model { places.remove(place) }
        #expect(places.count == 0)
        #expect(places.page(of: 1, after: nil).isEmpty)
    }

    @Test func `of twenty thousand rooms a page costs no more than of two hundred`() {
        let clock = ContinuousClock()
        func time(ofPagesAmong rooms: Int) -> Duration {
            var directory = RoomDirectory()
            for number in 0..<rooms {
                directory.add(.open(number, createdAt: Int64(number)), creator: nil, isKnown: true)
            }
            let middle = RoomCursor(.open(rooms / 2, createdAt: Int64(rooms / 2)))
            // The quickest of some, because other tests run beside this one.
            return (0..<20).map { _ in
                clock.measure {
                    #expect(directory.rows(most: 100, gameType: nil).count == 100)
                    #expect(
                        directory.rows(most: 100, gameType: "draughts", phase: .waiting, after: middle).count == 100)
                    #expect(directory.listed(gameType: "draughts") == rooms)
                }
            }.min() ?? .zero
        }
        let (few, many) = (time(ofPagesAmong: 202), time(ofPagesAmong: 20_000))
        #expect(many < few * 8, "\(few) among few, \(many) among many")
    }

    @Test func `a room that stays is listed exactly once, whatever happens between two pages`() {
        var random = seeded(4)
        var directory = RoomDirectory()
        for number in 0..<1000 {
            directory.add(.open(number, createdAt: Int64(number / 4)), creator: nil, isKnown: true)
        }
        let staying = Set((0..<1000).filter { $0.isMultiple(of: 2) })
        var (seen, cursor, next) = ([RoomRow](), RoomCursor?.none, 1000)
        while case let page = directory.rows(most: 30, gameType: nil, after: cursor), let last = page.last {
            seen += page
            cursor = RoomCursor(last)
            for _ in 0..<20 {
                directory.remove(.numbered(Int.random(in: 0..<500, using: &random) * 2 + 1))
                let changed = Int.random(in: 0..<500, using: &random) * 2
                _ = directory.update(.open(changed, players: 2, createdAt: Int64(changed / 4)) { $0.phase = .playing })
                directory.add(.open(next, createdAt: Int64(next / 4)), creator: nil, isKnown: true)
                next += 1
            }
        }
        #expect(seen.filter { row in staying.contains { .numbered($0) == row.id } }.count == staying.count)
        #expect(Set(seen.map(\.id)).count == seen.count)
    }
}
