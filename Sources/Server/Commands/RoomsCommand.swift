internal import ArgumentParser
internal import GameKitProtocol
internal import RoomEngine
internal import SessionStore

/// `parlor rooms`
struct RoomsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rooms", abstract: "List the rooms of a data folder, while a server runs there or not.",
        discussion: "First the rooms that live, then those that have ended and can be played back (`parlor replay`).")

    @OptionGroup var options: DataOptions
    @Flag(help: "One JSON object a line.") var json = false
    @Flag(help: "Also bring each living room back, to say its phase and who plays: some milliseconds for each.")
    var states = false

    /// So many rooms are in memory at once, and no read takes longer than they do.
    private static let page = 500

    func run() throws {
        let reader = SQLiteReader(folder: try options.folder())
        // What is wrong with the folder is said before anything else.
        _ = try reader.rooms(after: nil, limit: 0)
        if !json { print(RoomLine.header(withStates: states)) }
        try list(reader, reader.rooms)
        try list(reader, reader.endedRooms)
    }

    private func list(
        _ reader: SQLiteReader, _ page: (RoomID?, Int) throws(StoreError) -> [RoomListing]
    ) throws {
        var rooms = try page(nil, Self.page)
        while let last = rooms.last {
            for room in rooms {
                let line = RoomLine(room: room, state: try states && room.isLiving ? state(of: room, reader) : nil)
                print(json ? line.json : line.text(withState: states))
            }
            rooms = rooms.count < Self.page ? [] : try page(last.header.id, Self.page)
        }
    }

    /// nil: it has gone meanwhile, or this executable cannot bring it back.
    private func state(of room: RoomListing, _ reader: SQLiteReader) throws(StoreError) -> RoomLine.State? {
        let game = CommandLineTool.games.first { $0.manifest.type == room.header.gameType }
        guard let game, let stored = try reader.room(room.header.id), let state = StoredState(stored.snapshot),
            state.rulesVersion == game.manifest.rulesVersion,
            let room = try? game.restoreRoom(state.room, state.rulesVersion)
        else { return nil }
        for input in stored.inputs {
            guard (try? room.replay(input)) != nil else { return nil }
        }
        return RoomLine.State(room)
    }
}
