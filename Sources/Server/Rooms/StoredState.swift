internal import RoomEngine

/// A room's snapshot as the store keeps it: the engine's state, and what must be known before it can be read.
struct StoredState {
    /// The number of the room's history as clients see it.
    let epoch: UInt64
    /// The server ended in good order: nothing that was told is missing here.
    let isSettled: Bool
    let rulesVersion: Int
    let optionsText: [UInt8]?
    let room: [UInt8]

    init(epoch: UInt64, isSettled: Bool, rulesVersion: Int, options: CheckedOptions?, room: [UInt8]) {
        self.epoch = epoch
        self.isSettled = isSettled
        self.rulesVersion = rulesVersion
        optionsText = options?.text
        self.room = room
    }

    /// - Parameter text: what ``text`` wrote; nil if it did not.
    init?(_ text: [UInt8]) {
        guard let members = (try? JSONScanner.members(of: text[...])) ?? nil else { return nil }
        let fields = Fields(members)
        guard let epoch = try? fields.integer("epoch", in: 1...Int.max),
            let isSettled = try? fields.bool("settled"),
            let rulesVersion = try? fields.integer("rules", in: 0...Int.max),
            let room = fields.raw("room")
        else { return nil }
        self.epoch = UInt64(epoch)
        self.isSettled = isSettled
        self.rulesVersion = rulesVersion
        optionsText = fields.raw("options").map(Array.init)
        self.room = Array(room)
    }

    var text: [UInt8] {
        var object = JSONObject()
        object.set("epoch", epoch)
        object.set("settled", isSettled)
        object.set("rules", rulesVersion)
        object.set("options", json: optionsText)
        object.set("room", json: room)
        return object.closed()
    }

    /// The options as the game understands them today; nil when it no longer does, which only quick joins mind.
    func options(of game: GameSettings) -> CheckedOptions? {
        optionsText.flatMap { try? game.entry.options($0, game.options) }
    }
}
