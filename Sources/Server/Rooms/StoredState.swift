internal import JSONCoding
internal import RoomEngine

/// A room's snapshot as the store keeps it: the engine's state, and what must be known before it can be read.
struct StoredState {
    /// Nothing may have been told that is missing here: every input is stored before it is told, or the server ended in
    /// good order.
    let isSettled: Bool
    let rulesVersion: Int
    let optionsText: [UInt8]?
    /// That of the state; nil in files that were written before there were any.
    let fingerprint: UInt64?
    /// The newest ticks of a real-time room, which its archive does not have yet.
    let ticks: TickRun?
    let room: [UInt8]

    init(
        isSettled: Bool, rulesVersion: Int, options: CheckedOptions?, fingerprint: UInt64?, ticks: TickRun?,
        room: [UInt8]
    ) {
        self.isSettled = isSettled
        self.rulesVersion = rulesVersion
        optionsText = options?.text
        self.fingerprint = fingerprint
        self.ticks = ticks
        self.room = room
    }

    /// - Parameter text: what ``text`` wrote; nil if it did not.
    init?(_ text: [UInt8]) {
        guard let members = (try? JSONScanner.members(of: text[...])) ?? nil else { return nil }
        let fields = Fields(members)
        guard let isSettled = try? fields.bool("settled"),
            let rulesVersion = try? fields.integer("rules", in: 0...Int.max),
            let room = fields.raw("room")
        else { return nil }
        self.isSettled = isSettled
        self.rulesVersion = rulesVersion
        optionsText = fields.raw("options").map(Array.init)
        fingerprint = ((try? fields.string("hash")) ?? nil).flatMap { UInt64($0, radix: 16) }
        ticks = fields.raw("ticks").flatMap { try? JSONReader.decode(TickRun.self, from: $0) }
        self.room = Array(room)
    }

    var text: [UInt8] {
        var object = JSONObject()
        object.set("settled", isSettled)
        object.set("rules", rulesVersion)
        object.set("options", json: optionsText)
        object.set("hash", fingerprint.map { String($0, radix: 16) })
        object.set("ticks", json: ticks.flatMap { try? CanonicalJSON.encode($0) })
        object.set("room", json: room)
        return object.closed()
    }

    /// The options as the game understands them today; nil when it no longer does, which only quick joins mind.
    func options(of game: GameSettings) -> CheckedOptions? {
        optionsText.flatMap { try? game.entry.options($0, game.options) }
    }
}
