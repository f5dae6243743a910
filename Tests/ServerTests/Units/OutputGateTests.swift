import SessionStore
import Testing

@testable import ParlorServer

@Suite struct OutputGateTests {
    private var gate = OutputGate<String>()

    private static func commit(_ version: UInt64, room: Int = 1) -> RoomCommit {
        RoomCommit(
            room: .numbered(room), term: 1, epoch: 1, version: version, change: .snapshot([], inputs: []))
    }

    @Test mutating func `what rests on nothing new is safe at once`() {
        #expect(gate.isSafe(0))
        #expect(gate.isIdle)
        #expect(gate.nextBatch() == nil)
    }

    @Test mutating func `nothing leaves before its batch is safe`() {
        gate.commit(Self.commit(1))
        let batch = gate.current
        gate.say("one", about: .numbered(1), restingOn: batch)
        #expect(!gate.isSafe(batch))
        #expect(gate.nextBatch() == [Self.commit(1)])
        #expect(!gate.isSafe(batch))
        #expect(!gate.isIdle)
        #expect(gate.succeeded().safe == ["one"])
        #expect(gate.isSafe(batch))
        #expect(gate.isIdle)
    }

    @Test mutating func `rooms run ahead while a batch is with the store`() {
        gate.commit(Self.commit(1))
        gate.say("one", about: .numbered(1), restingOn: gate.current)
        _ = gate.nextBatch()
        gate.commit(Self.commit(2))
        let ahead = gate.current
        gate.say("two", about: .numbered(1), restingOn: ahead)
        #expect(gate.nextBatch() == nil, "the store gets one batch at a time")
        #expect(gate.succeeded().safe == ["one"])
        #expect(!gate.isSafe(ahead))
        #expect(gate.nextBatch() == [Self.commit(2)])
        #expect(gate.succeeded().safe == ["two"])
    }

    @Test mutating func `of a room that the store is behind with, all that was to be said waits for the whole room`() {
        gate.commit(Self.commit(1, room: 1))
        gate.commit(Self.commit(1, room: 2))
        gate.say("one", about: .numbered(1), restingOn: gate.current)
        gate.say("other", about: .numbered(2), restingOn: gate.current)
        _ = gate.nextBatch()
        gate.commit(Self.commit(2, room: 1))
        gate.say("two", about: .numbered(1), restingOn: gate.current)
        let (safe, lost) = gate.succeeded(behind: [.numbered(1)])
        #expect(safe == ["other"])
        #expect(lost.isEmpty)
        let whole = Self.commit(2, room: 1)
        gate.commit(whole)
        #expect(gate.nextBatch() == [whole], "what ran ahead is in it")
        #expect(gate.succeeded().safe == ["one", "two"])
    }

    @Test mutating func `one room refused and one behind do not touch each other`() {
        for room in 1...3 {
            gate.commit(Self.commit(1, room: room))
            gate.say("\(room)", about: .numbered(room), restingOn: gate.current)
        }
        _ = gate.nextBatch()
        let (safe, lost) = gate.succeeded(refusing: [.numbered(1)], behind: [.numbered(2)])
        #expect(safe == ["3"])
        #expect(lost.flatMap(\.outputs).map(\.output) == ["1"])
        gate.commit(Self.commit(1, room: 2))
        _ = gate.nextBatch()
        #expect(gate.succeeded().safe == ["2"])
    }

    @Test mutating func `what is said about a batch under way leaves with it, though nothing follows`() {
        gate.commit(Self.commit(1))
        let batch = gate.current
        _ = gate.nextBatch()
        gate.say("a refusal", about: .numbered(1), restingOn: batch)
        #expect(gate.succeeded().safe == ["a refusal"])
    }

    @Test mutating func `what is said about a batch under way does not wait for another room's commit`() {
        gate.commit(Self.commit(1))
        let batch = gate.current
        _ = gate.nextBatch()
        gate.commit(Self.commit(9))
        gate.say("another room", about: .numbered(1), restingOn: gate.current)
        gate.say("this room", about: .numbered(1), restingOn: batch)
        #expect(gate.succeeded().safe == ["this room"])
    }

    @Test mutating func `a failure gives both batches back, the older one first`() {
        gate.commit(Self.commit(1))
        gate.say("one", about: .numbered(1), restingOn: gate.current)
        _ = gate.nextBatch()
        gate.commit(Self.commit(2))
        gate.say("two", about: .numbered(1), restingOn: gate.current)
        let lost = gate.failed()
        #expect(lost.map(\.commits) == [[Self.commit(1)], [Self.commit(2)]])
        #expect(lost.map { $0.outputs.map(\.output) } == [["one"], ["two"]])
        #expect(gate.isIdle)
        #expect(gate.nextBatch() == nil)
    }

    @Test mutating func `what the store refuses of one room is given back with what ran ahead on it, and nothing else`()
    {
        gate.commit(Self.commit(1))
        gate.commit(Self.commit(1, room: 2))
        gate.say("one", about: .numbered(1), restingOn: gate.current)
        gate.say("other one", about: .numbered(2), restingOn: gate.current)
        _ = gate.nextBatch()
        gate.commit(Self.commit(2))
        gate.commit(Self.commit(2, room: 2))
        gate.say("two", about: .numbered(1), restingOn: gate.current)
        gate.say("other two", about: .numbered(2), restingOn: gate.current)
        let (safe, lost) = gate.succeeded(refusing: [.numbered(1)])
        #expect(safe == ["other one"])
        #expect(lost.map(\.commits) == [[Self.commit(1)], [Self.commit(2)]])
        #expect(lost.map(\.number) == [1, 2])
        #expect(lost.map { $0.outputs.map(\.output) } == [["one"], ["two"]])
        #expect(gate.nextBatch() == [Self.commit(2, room: 2)])
        #expect(gate.succeeded().safe == ["other two"])
    }

    @Test mutating func `the gate goes on after a failure`() {
        gate.commit(Self.commit(1))
        _ = gate.nextBatch()
        _ = gate.failed()
        gate.commit(Self.commit(1))
        let batch = gate.current
        gate.say("again", about: .numbered(1), restingOn: batch)
        #expect(!gate.isSafe(batch))
        #expect(gate.nextBatch() == [Self.commit(1)])
        #expect(gate.succeeded().safe == ["again"])
    }

    /// Rooms that commit and talk at random over a store that fails now and then, as a shard drives them.
    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func `no output of a lost commit is ever released, and no other is ever lost`(seed: UInt64) {
        var random = seeded(seed)
        var gate = OutputGate<Said>()
        // By room: the batch of its newest commit, and all its commits that the store may still lose.
        var newest = [Int](repeating: 0, count: 4)
        var said: [Set<Int>] = Array(repeating: [], count: 4)
        var unsafe: Set<Int> = []
        var waiting: Set<Int> = []
        var lastTold = [Int](repeating: 0, count: 4)
        var serial = 0

        func release(_ outputs: [Said]) {
            for output in outputs {
                #expect(waiting.remove(output.serial) != nil, "it was lost, or told before")
                #expect(output.restsOn.isDisjoint(with: unsafe), "it rests on a commit that is not safe")
                #expect(lastTold[output.room] < output.serial, "a room's outputs keep their order")
                lastTold[output.room] = output.serial
            }
        }
        func forget(_ lost: [OutputGate<Said>.Batch]) {
            for output in lost.flatMap(\.outputs).map(\.output) {
                #expect(waiting.remove(output.serial) != nil)
                #expect(!output.restsOn.isEmpty, "it rested on nothing that was lost")
            }
        }
        var underWay: Set<Int> = []
        for _ in 0..<10_000 {
            serial += 1
            let room = Int.random(in: 0..<4, using: &random)
            switch Int.random(in: 0..<10, using: &random) {
            case 0...2:
                gate.commit(Self.commit(UInt64(serial), room: room))
                newest[room] = gate.current
                said[room].insert(serial)
                unsafe.insert(serial)
            case 3...6:
                let output = Said(serial: serial, room: room, restsOn: said[room].intersection(unsafe))
                waiting.insert(serial)
                if gate.isSafe(newest[room]) {
                    release([output])
                } else {
                    gate.say(output, about: .numbered(room), restingOn: newest[room])
                }
            case 7, 8:
                if let commits = gate.nextBatch() { underWay = Set(commits.map { Int($0.version) }) }
            default:
                guard !underWay.isEmpty else { continue }
                switch Int.random(in: 0..<8, using: &random) {
                case 0, 1:
                    let lost = gate.failed()
                    #expect(Set(lost.flatMap(\.commits).map { Int($0.version) }) == unsafe)
                    forget(lost)
                    // The rooms come back from the store, as safe as it is.
                    newest = [0, 0, 0, 0]
                    unsafe = []
                case 2:
                    // The store has taken nothing of one room, which goes back behind all of its commits.
                    let lostCommits = said[room].intersection(unsafe)
                    unsafe.subtract(underWay)
                    unsafe.subtract(lostCommits)
                    let (safe, lost) = gate.succeeded(refusing: [.numbered(room)])
                    #expect(Set(lost.flatMap(\.commits).map { Int($0.version) }) == lostCommits)
                    #expect(safe.allSatisfy { $0.room != room })
                    release(safe)
                    forget(lost)
                    newest[room] = 0
                default:
                    unsafe.subtract(underWay)
                    release(gate.succeeded().safe)
                }
                underWay = []
            }
        }
        while !gate.isIdle {
            if let commits = gate.nextBatch() { unsafe.subtract(commits.map { Int($0.version) }) }
            unsafe.subtract(underWay)
            release(gate.succeeded().safe)
        }
        #expect(waiting.isEmpty, "nothing waits for ever")
    }

    private struct Said {
        let serial: Int
        let room: Int
        let restsOn: Set<Int>
    }
}
