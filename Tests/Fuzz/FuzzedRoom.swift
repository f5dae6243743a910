import GameKitProtocol
import JSONCoding

@testable import RoomEngine

/// A room, and a twin that knows it from the log alone. Were a refused move to change the room, or a part of it not to
/// be stored, they would differ.
struct FuzzedRoom<G: Game> {
    typealias Broken = FuzzTarget.Broken

    /// Enough for some rounds; more would only be slow.
    private static var mostActs: Int { 48 }
    /// Who sits down where more could. A round of few gets further, and leaves chairs that nobody sits on.
    private static var fewPlayers: Int { 4 }

    private var room: RoomEngine<G>
    private let seats: [Seat]
    private var twin: RoomEngine<G>
    private var now = Duration.zero

    /// What happens is said by the first byte of a line, so that rounds get somewhere whatever a fuzzer makes up: `~` whoever
    /// is to move makes a legal move, with the members that follow the next byte put into it; `>` time passes; `*` all want
    /// another round; `-`, `@`, `!`, `+` the seat that the next byte names is left, taken, away, back; at `#` the server is
    /// started again. Every other line is the text of a move, which the seats try one after another until it is played.
    static func play(_ lines: [ArraySlice<UInt8>], _ options: ArraySlice<UInt8>) throws(Broken) {
        guard var table = try Self(options) else { return }
        for line in lines.prefix(mostActs) { try table.act(line) }
        try table.bringBack()
    }

    /// nil: the options were refused.
    private init?(_ text: ArraySlice<UInt8>) throws(Broken) {
        let entry = GameEntry(G.self)
        guard Self.isJSON(text), let checked = try? entry.options(Array(text), Array("{}".utf8)) else { return nil }
        var rules = RoomRules(entry.manifest)
        // Past events would be most of what is written; so few are forgotten too.
        rules.historyLimit = 4
        let seed = SeededRandom(key: (7, 7))
        guard let options = try? JSONReader.decode(G.Options.self, from: checked.text),
            let room = try? RoomEngine<G>(options: options, rules: rules, seed: seed)
        else { throw Broken("options were accepted that make no room") }
        self.room = room
        twin = room
        seats = (0..<checked.seats.upperBound).map { Seat($0) }
        let players = seats.prefix(max(checked.seats.lowerBound, Self.fewPlayers))
        // They sit down alike in every run: to log that too would be a fifth of all that is done.
        for seat in players { try commit(.seated(Self.newcomer(seat), at: nil)) }
        for seat in players { try commit(.readied(seat, true)) }
        twin = self.room
    }

    private mutating func act(_ line: ArraySlice<UInt8>) throws(Broken) {
        now += .milliseconds(50)
        // What time does, it does before the move.
        try tell(.timePassed)
        let seat = Seat(Int(line.dropFirst().first ?? 0) % seats.count)
        switch line.first.map(UnicodeScalar.init) {
        case "~": try playLegally(line.dropFirst())
        case ">": try passTime()
        case "-": try tell(.left(seat, .left))
        case "@": try tell(.seated(Self.newcomer(seat), at: seat))
        case "!": try tell(.away(seat))
        case "+": try tell(.back(seat))
        case "*": for seat in seats { try tell(.voted(seat)) }
        case "#":
            try bringBack()
            try tell(.resumed)
        default:
            guard Self.isJSON(line), let move = try? JSONReader.decode(G.Move.self, from: line) else { return }
            for seat in seats where try tell(.moved(seat, move, id: nil)) { break }
        }
        try compare()
        if let view = room.view(for: .seat(seat)), (try? CanonicalJSON.encode(view)) == nil {
            throw Broken("a view that cannot be written")
        }
    }

    /// As the game's own bot would, by a chance that the first byte decides.
    private mutating func playLegally(_ line: ArraySlice<UInt8>) throws(Broken) {
        guard G.hasBot, let seat = twin.toMove.first, let view = twin.view(for: .seat(seat)) else { return }
        var random = SeededRandom(key: (7, Digest.of(line.prefix(1))))
        guard let move = G.choose(for: seat, seeing: view, level: .easy, random: &random) else { return }
        let changes = line.dropFirst()
        guard Self.isJSON(changes) else {
            guard try tell(.moved(seat, move, id: nil)) else { throw Broken("a bot's move was refused") }
            return
        }
        guard let text = try? CanonicalJSON.encode(move) else { throw Broken("a move that cannot be written") }
        guard let changed = try? JSONReader.overlay(changes, on: text[...]),
            let move = try? JSONReader.decode(G.Move.self, from: changed)
        else { return }
        try tell(.moved(seat, move, id: nil))
    }

    /// A second of a real-time game, else until something is due.
    private mutating func passTime() throws(Broken) {
        guard room.isTicking else {
            now = max(now, room.nextDeadline ?? now)
            try tell(.timePassed)
            return
        }
        let every = Duration.nanoseconds(1_000_000_000 / G.manifest.ticksPerSecond)
        var run = TickRun(start: now, every: every)
        try tick(run.end)
        while room.isTicking, run.count < G.manifest.ticksPerSecond {
            _ = run.goesOn(at: run.end + every)
            try tick(run.end)
        }
        now = run.end
        try replay(run.logEntry(fingerprint: nil))
    }

    private mutating func tick(_ time: Duration) throws(Broken) {
        guard case .committed = room.apply(.ticked, at: time) else { throw Broken("a tick that was not played") }
    }

    /// - Returns: whether it was committed.
    @discardableResult
    private mutating func tell(_ input: RoomInput<G.Move>) throws(Broken) -> Bool {
        guard try commit(input) else { return false }
        // Without a fingerprint, which would take longer than all the rest.
        try replay(input.logEntry(at: now))
        return true
    }

    @discardableResult
    private mutating func commit(_ input: RoomInput<G.Move>) throws(Broken) -> Bool {
        switch room.apply(input, at: now) {
        case .broken(let why): throw Broken("the game broke: \(why)")
        case .refused, .unchanged, .repeated: return false
        case .committed:
            let isWaiting = room.status.phase == .playing && !room.isTicking
            if isWaiting && room.nextDeadline == nil { throw Broken("everybody waits for ever") }
            return true
        }
    }

    private mutating func replay(_ entry: [UInt8]?) throws(Broken) {
        guard let entry else { throw Broken("an input that cannot be written") }
        do throws(ReplayFault) {
            _ = try twin.replay(entry)
        } catch {
            throw Broken("\(error) on replaying \(String(decoding: entry, as: UTF8.self))")
        }
    }

    private func compare() throws(Broken) {
        guard room.snapshot == twin.snapshot else { throw Broken("the room is another one than its log tells") }
    }

    /// From now on the twin is what the store keeps of the room.
    private mutating func bringBack() throws(Broken) {
        guard let text = try? CanonicalJSON.encode(room.snapshot) else {
            throw Broken("a state that cannot be written")
        }
        guard let snapshot = try? JSONReader.decode(RoomSnapshot<G>.self, from: text) else {
            throw Broken("a state that cannot be read")
        }
        twin = RoomEngine(restoring: snapshot)
        try compare()
    }
}

extension FuzzedRoom {
    private static func newcomer(_ seat: Seat) -> Newcomer {
        let number = seat.rawValue
        return Newcomer(playerId: "p\(number)", name: "P\(number)", holder: "h\(number)")
    }

    /// The server hands on nothing else.
    private static func isJSON(_ text: ArraySlice<UInt8>) -> Bool {
        String(validating: text, as: UTF8.self) != nil && (try? JSONScanner.members(of: text)) != nil
    }
}
