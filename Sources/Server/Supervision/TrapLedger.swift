internal import SessionStore

/// Which traps there were, and what follows from them. Pure: the one place where it is decided who answers for a trap.
///
/// A trap is first of all bad luck: the room comes back as after any crash. The second trap by the same input, or the
/// third of any, closes the room. The third room closes the game, for then it is the game that is broken; and whoever
/// has brought down the third room is not let in for a while.
struct TrapLedger: Codable, Equatable, Sendable {
    enum Action: Equatable {
        case quarantine(RoomID)
        /// The game is not offered any more.
        case switchOff(game: String)
        case bar(address: String)
    }

    struct ClosedRoom: Codable, Equatable, Sendable {
        var room: RoomID
        var at: Int64
    }

    struct BarredAddress: Codable, Equatable, Sendable {
        var address: String
        var until: Int64
    }

    /// The process whose traps were recorded last: its black box may be found again.
    var flight: UInt64?
    /// Oldest first.
    private(set) var traps: [Trap] = []
    private(set) var rooms: [ClosedRoom] = []
    /// Games that are switched off, with their rules: under others they are offered again.
    private(set) var games: [String: Int] = [:]
    private(set) var barred: [BarredAddress] = []

    /// A process has ended by a trap.
    /// - Returns: what is to be done now and was not before.
    mutating func record(_ trap: Trap, at now: Int64) -> [Action] {
        forget(before: now)
        var trap = trap
        trap.at = now
        if traps.count == Limits.rememberedTraps { traps.removeFirst() }
        traps.append(trap)
        return [quarantine(after: trap, now), switchOff(after: trap), bar(after: trap, now)].compactMap(\.self)
    }

    private mutating func quarantine(after trap: Trap, _ now: Int64) -> Action? {
        guard let room = trap.room, !rooms.contains(where: { $0.room == room }) else { return nil }
        let here = traps.filter { $0.room == room }
        let again = here.filter { $0.cause == trap.cause }
        guard again.count >= Limits.trapsOfOneInput || here.count >= Limits.trapsOfOneRoom else { return nil }
        if rooms.count == Limits.rememberedTraps { rooms.removeFirst() }
        rooms.append(ClosedRoom(room: room, at: now))
        return .quarantine(room)
    }

    private mutating func switchOff(after trap: Trap) -> Action? {
        guard games[trap.game] != trap.rules else { return nil }
        let ofGame = traps.filter { $0.game == trap.game && $0.rules == trap.rules }
        guard Self.places(of: ofGame) >= Limits.trappedRoomsOfOneGame else { return nil }
        games[trap.game] = trap.rules
        return .switchOff(game: trap.game)
    }

    private mutating func bar(after trap: Trap, _ now: Int64) -> Action? {
        guard let address = trap.address,
            Self.places(of: traps.filter { $0.address == address }) >= Limits.trappedRoomsOfOneAddress
        else { return nil }
        let isNew = !barred.contains { $0.address == address }
        barred.removeAll { $0.address == address }
        if barred.count == Limits.rememberedTraps { barred.removeFirst() }
        barred.append(BarredAddress(address: address, until: now + Limits.trapperBarred.milliseconds))
        return isNew ? .bar(address: address) : nil
    }

    /// How many rooms traps were in; one without a room is a room that would have been.
    private static func places(of traps: [Trap]) -> Int {
        Set(traps.compactMap(\.room)).count + traps.count { $0.room == nil }
    }

    private mutating func forget(before now: Int64) {
        let oldest = now - Limits.trapMemory.milliseconds
        traps.removeAll { $0.at < oldest }
        rooms.removeAll { $0.at < oldest }
        barred.removeAll { $0.until <= now }
    }

    // MARK: In force

    /// What a server that starts now keeps to.
    /// - Parameter rules: of the games that it could offer.
    func sentence(rules: [String: Int]) -> TrapSentence {
        TrapSentence(
            rooms: Set(rooms.map(\.room)), games: Set(games.filter { rules[$0.key] == $0.value }.keys),
            barred: Dictionary(
                barred.compactMap { entry in ClientAddress(text: entry.address).map { ($0, entry.until) } },
                uniquingKeysWith: max))
    }
}

/// What a server keeps to because of earlier traps. Fixed while it runs, for the next trap ends it.
struct TrapSentence: Equatable, Sendable {
    /// Rooms that nobody comes back to.
    var rooms: Set<RoomID> = []
    /// Games that are not offered.
    var games: Set<String> = []
    /// Until when an address is not let in, in milliseconds since 1970.
    var barred: [ClientAddress: Int64] = [:]

    func bars(_ address: ClientAddress, at now: Int64) -> Bool { barred[address].map { now < $0 } ?? false }
}

extension Problem {
    static let quarantined = Problem(
        .roomClosed, "This room is closed: its game failed again and again.", reason: "quarantined")
    static let switchedOff = Problem(.unknownGame, "This game is switched off until it is repaired.")
    static let barred = Problem(.forbidden, "Rooms failed again and again because of what your address sent.")
}
