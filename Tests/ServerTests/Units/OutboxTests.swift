import NIOCore
import RoomEngine
import SessionStore
import Testing

@testable import ParlorServer

@Suite struct OutboxTests {
    private var outbox = Outbox()

    private static func state(_ version: Int, room: Int = 1) -> RoomState {
        RoomState(
            room: .numbered(room), epoch: 1, status: status(version: UInt64(version), seq: UInt64(version)),
            view: bytes("{\"at\":\(version)}"), clock: \.milliseconds)
    }

    private static func frame(_ text: String) -> ByteBuffer { ByteBuffer(string: text) }

    private static func rest(of outbox: inout Outbox) -> [String] {
        var items: [String] = []
        while let item = outbox.next() { items.append(name(item)) }
        return items
    }

    private static func name(_ item: Outbox.Item) -> String {
        switch item {
        case .frame(let frame): text(frame)
        case .state(let state): "\(state.room) v\(state.version)"
        }
    }

    @Test mutating func `events and answers keep their order`() {
        for name in ["a", "b", "c"] { outbox.append(Self.frame(name)) }
        outbox.append(answer: Self.frame("d"), about: nil)
        #expect(Self.rest(of: &outbox) == ["a", "b", "c", "d"])
        #expect(outbox.isEmpty)
        #expect(outbox.next() == nil)
    }

    @Test mutating func `of the states that wait only the newest is sent, after the events before it`() {
        outbox.append(Self.state(1))
        outbox.append(Self.frame("event 2"))
        outbox.append(Self.state(2))
        outbox.append(Self.frame("event 3"))
        outbox.append(Self.state(3))
        #expect(outbox.replacedStates == 2)
        #expect(Self.rest(of: &outbox) == ["event 2", "event 3", "room0001 v3"])
    }

    @Test mutating func `each room's state is its own`() {
        outbox.append(Self.state(1))
        outbox.append(Self.state(5, room: 2))
        outbox.append(Self.state(2))
        #expect(Self.rest(of: &outbox) == ["room0002 v5", "room0001 v2"])
    }

    @Test mutating func `the state before an answer about its room stays`() {
        outbox.append(Self.state(1))
        outbox.append(answer: Self.frame("answer"), about: .numbered(1))
        outbox.append(Self.state(2))
        outbox.append(Self.state(3))
        #expect(Self.rest(of: &outbox) == ["room0001 v1", "answer", "room0001 v3"])
    }

    @Test mutating func `an answer about another room, or about none, holds no state`() {
        outbox.append(Self.state(1))
        outbox.append(answer: Self.frame("other"), about: .numbered(2))
        outbox.append(answer: Self.frame("none"), about: nil)
        outbox.append(Self.state(2))
        #expect(Self.rest(of: &outbox) == ["other", "none", "room0001 v2"])
    }

    @Test mutating func `a state that was taken out is replaced by nothing`() {
        outbox.append(Self.state(1))
        #expect(outbox.next().map(Self.name) == "room0001 v1")
        outbox.append(Self.state(2))
        #expect(outbox.replacedStates == 0)
        #expect(Self.rest(of: &outbox) == ["room0001 v2"])
    }

    @Test mutating func `of the pings that wait only the newest is answered, and first`() {
        outbox.append(Self.frame("event"))
        for number in 1...1000 { outbox.append(pong: Self.frame("pong \(number)")) }
        #expect(outbox.byteCount == "event".utf8.count + "pong 1000".utf8.count)
        #expect(Self.rest(of: &outbox) == ["pong 1000", "event"])
        outbox.append(pong: Self.frame("pong"))
        #expect(!outbox.isEmpty)
        #expect(Self.rest(of: &outbox) == ["pong"])
        #expect(outbox.byteCount == 0)
        #expect(outbox.isEmpty)
    }

    @Test mutating func `bytes are counted while they are owed`() {
        outbox.append(Self.frame("1234"))
        let (first, second) = (Self.state(9), Self.state(10))
        outbox.append(first)
        #expect(outbox.byteCount == 4 + first.frame.readableBytes)
        outbox.append(second)
        #expect(outbox.byteCount == 4 + second.frame.readableBytes)
        _ = outbox.next()
        #expect(outbox.byteCount == second.frame.readableBytes)
        _ = outbox.next()
        #expect(outbox.byteCount == 0)
    }

    /// Against a list that is searched through.
    @Test(arguments: [11, 12, 13] as [UInt64])
    func `the outbox does what a plain list would`(seed: UInt64) {
        struct Owed {
            let name: String
            let size: Int
            var replaceable: Int?
        }
        var random = seeded(seed)
        var outbox = Outbox()
        var model: [Owed] = []
        for step in 1...10_000 {
            let room = Int.random(in: 1...3, using: &random)
            switch Int.random(in: 0..<8, using: &random) {
            case 0, 1:
                outbox.append(Self.frame("event \(step)"))
                model.append(Owed(name: "event \(step)", size: "event \(step)".utf8.count))
            case 2:
                outbox.append(answer: Self.frame("answer \(step)"), about: .numbered(room))
                for index in model.indices where model[index].replaceable == room { model[index].replaceable = nil }
                model.append(Owed(name: "answer \(step)", size: "answer \(step)".utf8.count))
            case 3...5:
                let state = Self.state(step, room: room)
                outbox.append(state)
                model.removeAll { $0.replaceable == room }
                model.append(
                    Owed(name: Self.name(.state(state)), size: state.frame.readableBytes, replaceable: room))
            default:
                let item = outbox.next().map(Self.name)
                #expect(item == (model.isEmpty ? nil : model.removeFirst().name))
            }
            #expect(outbox.byteCount == model.reduce(0) { $0 + $1.size })
            #expect(outbox.isEmpty == model.isEmpty)
        }
        #expect(Self.rest(of: &outbox) == model.map(\.name))
    }
}
