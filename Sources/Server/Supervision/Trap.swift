internal import BlackBox
internal import SessionStore

/// A call into a game that ended a process: what the black box says of it.
struct Trap: Codable, Equatable, Sendable {
    /// How it ended: a signal's name, or `endless` for a game that did not return.
    var fault: String
    /// What was asked of the game: ``GameCall``'s name.
    var call: String
    /// Of the input; where there is none, of the call.
    var digest: String
    /// nil: the room was yet to be made.
    var room: RoomID?
    var game: String
    var rules: Int
    /// Who sent the input, as limits count addresses.
    var address: String?
    /// The first bytes of a move or of options.
    var input: String?
    /// When the next process read of it, in milliseconds since 1970; nobody reads a clock while it happens.
    var at: Int64 = 0

    /// What the game was told, as far as one trap is another one again.
    var cause: String { "\(call) \(digest)" }
}

extension Trap {
    /// - Parameter note: as it was found; its numbers may be anything.
    init(_ note: parlor_note) {
        fault = Self.name(ofGuilt: note.guilt)
        call = GameCall(rawValue: note.kind).map { "\($0)" } ?? "unknown"
        digest = String(note.digest, radix: 16)
        rules = Int(note.rules)
        room = RoomID(rawValue: Self.text(note.room, note.room_count))
        game = Self.text(note.game, note.game_count)
        let address = withUnsafeBytes(of: note.address) { Array($0.prefix(Int(note.address_count))) }
        self.address = ClientAddress.text(of: address)
        input = note.input_count > 0 ? Self.text(note.input, note.input_count) : nil
    }

    private static func text<Bytes>(_ bytes: Bytes, _ count: UInt16) -> String {
        withUnsafeBytes(of: bytes) { String(decoding: $0.prefix(Int(count)), as: UTF8.self) }
    }

    private static func name(ofGuilt guilt: UInt32) -> String {
        if guilt == UInt32(PARLOR_GUILT_ENDLESS) { return "endless" }
        return TrapSignal(rawValue: Int32(bitPattern: guilt)).map { "\($0)" } ?? "signal \(guilt)"
    }
}
