import Foundation
import Testing

@testable import GameKitProtocol

func json(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return String(decoding: try encoder.encode(value), as: UTF8.self)
}

@Suite struct SeatTests {
    @Test func `a seat is a number`() throws {
        #expect(try json([Seat(0), 7]) == "[0,7]")
        #expect(try JSONDecoder().decode([Seat].self, from: Data("[3,-1]".utf8)) == [3, Seat(-1)])
    }

    @Test func `seats go round the table`() {
        #expect((0..<4).map { Seat($0).next(of: 4) } == [1, 2, 3, 0])
        #expect(Seat(1) < 2)
        var scores = [5, 6]
        scores[Seat(1)] += 1
        #expect(scores[Seat(1)] == 7)
    }
}

@Suite struct SeatSetTests {
    @Test func `holds seats in order, each once`() {
        var set: SeatSet = [5, 0, 63, 5]
        #expect(Array(set) == [0, 5, 63] && set.count == 3 && set.first == 0)
        set.insert(5)
        set.remove(0)
        set.remove(1)
        #expect(Array(set) == [5, 63] && set.contains(63) && !set.contains(0))
        #expect(SeatSet().isEmpty && SeatSet().first == nil)
    }

    @Test func `a number that is no seat belongs to none, and asking is no crime`() {
        for seat in [-1, 64, 128, .min, .max] as [Int] { #expect(!SeatSet.all.contains(Seat(seat))) }
        #expect(SeatSet.all.count == 64)
    }

    @Test func `takes away and keeps what is common`() {
        let set: SeatSet = [0, 1, 2]
        #expect(set.subtracting([1, 5]) == [0, 2])
        #expect(set.intersection([1, 5]) == [1])
        #expect(set.intersection(.all) == set)
        #expect(SeatSet(3 as Seat?) == [3] && SeatSet(nil as Seat?).isEmpty)
    }

    @Test func `is the list of its seats as JSON`() throws {
        #expect(try json([5, 0, 63] as SeatSet) == "[0,5,63]")
        #expect(try JSONDecoder().decode(SeatSet.self, from: Data("[63,0,5,5]".utf8)) == [0, 5, 63])
        #expect(try json(SeatSet()) == "[]")
        for text in ["[64]", "[-1]", "3", "[\"1\"]"] {
            #expect(throws: DecodingError.self) { try JSONDecoder().decode(SeatSet.self, from: Data(text.utf8)) }
        }
    }
}

@Suite struct OutcomeTests {
    @Test(
        arguments: [
            (.won(by: 1), #"{"by":"play","kind":"won","winners":[1]}"#),
            (.won(by: 0, 2, scores: [3, 1, 3]), #"{"by":"play","kind":"won","scores":[3,1,3],"winners":[0,2]}"#),
            (.draw, #"{"kind":"draw"}"#),
            (.draw(scores: [2, 2]), #"{"kind":"draw","scores":[2,2]}"#),
            (.forfeited(to: 1, scores: nil), #"{"by":"forfeit","kind":"won","winners":[1]}"#),
            (.abandoned, #"{"kind":"abandoned"}"#),
        ] as [(Outcome, String)])
    func `reads and is written as the protocol's`(outcome: Outcome, text: String) throws {
        #expect(try json(outcome) == text)
        #expect(try JSONDecoder().decode(Outcome.self, from: Data(text.utf8)) == outcome)
    }
}

@Suite struct GameManifestTests {
    @Test func `a game that ticks is stored from time to time, any other at every input`() {
        let slow = GameManifest(type: "a", name: "A", seats: 1...2)
        let fast = GameManifest(type: "a", name: "A", seats: 1...2, ticksPerSecond: 60)
        #expect(slow.durability == .everyInput && fast.durability == .periodic(.milliseconds(250)))
        #expect(GameManifest(type: "a", name: "A", seats: 1...2, durability: .some(.none)).durability == .none)
    }

    @Test func `a bot's level is its number`() throws {
        #expect(try json(BotLevel.allCases) == "[1,2,3]")
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(BotLevel.self, from: Data("4".utf8)) }
    }
}
