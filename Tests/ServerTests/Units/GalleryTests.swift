import NIOCore
import SessionStore
import Testing

@testable import ParlorServer

@Suite struct GalleryTests {
    private var gallery = Gallery()

    private static func state(_ version: Int) -> Delivery {
        .state(
            RoomState(
                room: .numbered(1), epoch: 1, status: status(version: UInt64(version), seq: UInt64(version)),
                view: bytes("{\"at\":\(version)}"), clock: \.milliseconds))
    }

    private static func event(_ text: String) -> Delivery { .message(ByteBuffer(string: text)) }

    private static func names(_ news: Gallery.News) -> [String] {
        news.deliveries.map { delivery in
            switch delivery {
            case .message(let frame): text(frame)
            case .state(let state): "v\(state.version)"
            case .left: "left"
            default: "?"
            }
        }
    }

    private mutating func told(_ most: Int = .max) -> [Int: [String]] {
        Dictionary(uniqueKeysWithValues: gallery.take(most).map { ($0.watcher.slot, Self.names($0.news)) })
    }

    private mutating func enter(_ numbers: Int...) {
        for number in numbers { gallery.enter(.numbered(number), wantsPatches: false) }
    }

    @Test mutating func `each is told once what was said, in order`() {
        enter(1, 2)
        gallery.append(Self.event("a"))
        gallery.append(Self.event("b"))
        #expect(told() == [1: ["a", "b"], 2: ["a", "b"]])
        #expect(told().isEmpty)
        #expect(gallery.turns == 0)
    }

    @Test mutating func `a few at a time, and who was last is not forgotten for what comes meanwhile`() {
        enter(1, 2, 3)
        gallery.append(Self.event("a"))
        #expect(told(2) == [1: ["a"], 2: ["a"]])
        gallery.append(Self.event("b"))
        #expect(told(2) == [3: ["a", "b"], 1: ["b"]])
        #expect(told(2) == [2: ["b"]])
    }

    @Test mutating func `of the states only the newest is told, after the events before it`() {
        enter(1, 2)
        gallery.append(Self.state(1))
        #expect(told(1) == [1: ["v1"]])
        gallery.append(Self.event("a"))
        #expect(gallery.append(Self.state(2)) == 1)
        gallery.append(Self.event("b"))
        #expect(told() == [1: ["a", "v2", "b"], 2: ["a", "v2", "b"]])
    }

    @Test mutating func `all who were told the same last get one piece, which is all frames in a row`() {
        enter(1, 2)
        gallery.append(Self.event("ab"))
        gallery.append(Self.event("cd"))
        let pieces = gallery.take(.max).compactMap(\.news.piece)
        #expect(pieces.map(text) == ["abcd", "abcd"])
        let addresses = Set(pieces.map { $0.withUnsafeReadableBytes { UInt(bitPattern: $0.baseAddress) } })
        #expect(addresses.count == 1)
    }

    @Test mutating func `the end of a room is no piece`() {
        enter(1)
        gallery.append(Self.event("a"))
        gallery.append(.left(.numbered(1)))
        let turns = gallery.take(.max)
        #expect(turns.map { Self.names($0.news) } == [["a", "left"]])
        #expect(turns[0].news.piece == nil)
    }

    @Test mutating func `whoever comes is told what is said from then on`() {
        enter(1)
        gallery.append(Self.event("a"))
        enter(2)
        gallery.append(Self.event("b"))
        #expect(told() == [1: ["a", "b"], 2: ["b"]])
    }

    @Test mutating func `whoever is told something else first hears what was said, and not again`() {
        enter(1, 2)
        gallery.append(Self.event("a"))
        #expect(gallery.take(for: .numbered(2)).map { Self.names($0.news) } == ["a"])
        #expect(gallery.take(for: .numbered(2)) == nil)
        gallery.append(Self.event("b"))
        #expect(told() == [1: ["a", "b"], 2: ["b"]])
    }

    @Test mutating func `what everybody was told is not kept, nor what nobody hears`() {
        gallery.append(Self.event("a"))
        #expect(gallery.turns == 0)
        enter(1)
        gallery.append(.message(ByteBuffer(repeating: 0, count: Limits.galleryBytes)))
        #expect(!gallery.isOverdue)
        gallery.append(Self.event("b"))
        #expect(gallery.isOverdue)
        _ = told()
        #expect(!gallery.isOverdue)
    }

    /// Against a list of all that was said and where everybody stands in it.
    @Test(arguments: UInt64(0)..<200) func `whoever comes, goes and is told between times misses nothing`(seed: UInt64)
    {
        var random = seeded(seed)
        var gallery = Gallery()
        var said: [Int] = []
        var places: [Int: Int] = [:]
        var newest: Int?
        func check(_ turns: [Gallery.Turn]) {
            for turn in turns {
                let number = turn.watcher.slot
                let due = said.dropFirst(places[number] ?? .max)
                places[number] = said.count
                // Of states, which are even numbers here, the newest of all.
                let newest = said.last { $0 % 2 == 0 }
                let expected = due.filter { $0 % 2 != 0 || $0 == newest }.map { $0 % 2 == 0 ? "v\($0)" : "\($0)" }
                #expect(Self.names(turn.news) == expected)
            }
        }
        for step in 0..<300 {
            let number = Int.random(in: 0..<12, using: &random)
            switch Int.random(in: 0..<8, using: &random) {
            case 0 where places[number] == nil:
                gallery.enter(.numbered(number), wantsPatches: false)
                places[number] = said.count
            case 1 where places[number] != nil:
                gallery.leave(.numbered(number))
                places[number] = nil
            case 2: check(gallery.take(for: .numbered(number)).map { [$0] } ?? [])
            case 3, 4:
                let unaware = newest.map { newest in places.values.count { $0 <= newest } } ?? 0
                let missed = gallery.append(step % 2 == 0 ? Self.state(step) : Self.event("\(step)"))
                #expect(missed == (step % 2 == 0 ? unaware : 0))
                if step % 2 == 0 { newest = said.count }
                said.append(step)
            default: check(gallery.take(Int.random(in: 1...4, using: &random)))
            }
        }
        check(gallery.take(.max))
        #expect(places.values.allSatisfy { $0 == said.count })
        #expect(gallery.turns == 0)
        #expect(!gallery.isOverdue)
    }
}
