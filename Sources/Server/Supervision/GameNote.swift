internal import BlackBox
internal import GameKitProtocol
internal import RoomEngine
internal import SessionStore

/// What one event loop is doing for a game, written down before every call into the game, so that a call that ends the
/// process can be found in the ``TrapRecorder`` by the next one.
///
/// Written on its own loop alone. Copies, and no system call, lock or clock: it is on the path of every move.
struct GameNote {
    private let note: UnsafeMutablePointer<parlor_note>
    /// Keeps the memory.
    private let recorder: TrapRecorder

    /// Called by ``TrapRecorder``.
    init(_ note: UnsafeMutablePointer<parlor_note>, of recorder: TrapRecorder) {
        self.note = note
        self.recorder = recorder
    }

    /// Applies an input of a room. Of what people send only the text of moves is kept: a newcomer comes with the digest
    /// of a secret.
    @inline(__always)
    func during<Result>(
        _ input: RoomInput<ArraySlice<UInt8>>, in room: LiveRoom, from address: ClientAddress?, _ body: () -> Result
    ) -> Result {
        guard case .moved(_, let text, _) = input else {
            return during(GameCall(input), in: room, from: address, body)
        }
        begin(.move, room.header, room.manifest.rulesVersion, digest: Digest.of(text))
        write(address)
        text.withUnsafeBytes { parlor_note_input(note, $0.baseAddress, $0.count) }
        parlor_note_enter(note)
        defer { parlor_note_leave(note) }
        return body()
    }

    @inline(__always)
    func during<Result, Failure: Error>(
        _ call: GameCall, in room: LiveRoom, from address: ClientAddress? = nil,
        _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        begin(call, room.header, room.manifest.rulesVersion, digest: UInt64(call.rawValue))
        write(address)
        parlor_note_enter(note)
        defer { parlor_note_leave(note) }
        return try body()
    }

    /// Makes a room, or brings one back.
    /// - Parameter entry: of the room's log, when it is that which is replayed.
    func during<Result, Failure: Error>(
        _ call: GameCall, of header: RoomHeader, _ game: GameSettings, entry: [UInt8]? = nil,
        _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let digest = entry.map { Digest.of($0) } ?? UInt64(call.rawValue)
        begin(call, header, game.entry.manifest.rulesVersion, digest: digest)
        parlor_note_enter(note)
        defer { parlor_note_leave(note) }
        return try body()
    }

    /// Has a game check options, for a room that there is not yet.
    func checking<Result, Failure: Error>(
        _ options: [UInt8], _ game: GameSettings, from address: ClientAddress,
        _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        begin(.options, nil, game.entry.manifest.rulesVersion, digest: Digest.of(options))
        write(game.entry.manifest.type, parlor_note_game)
        write(address)
        options.withUnsafeBytes { parlor_note_input(note, $0.baseAddress, $0.count) }
        parlor_note_enter(note)
        defer { parlor_note_leave(note) }
        return try body()
    }

    // MARK: Writing

    @inline(__always)
    private func begin(_ call: GameCall, _ header: RoomHeader?, _ rules: Int, digest: UInt64) {
        parlor_note_call(note, call.rawValue, digest, Int64(rules))
        write(header?.id.rawValue ?? "", parlor_note_room)
        write(header?.gameType ?? "", parlor_note_game)
    }

    @inline(__always)
    private func write(
        _ text: String, _ field: (UnsafeMutablePointer<parlor_note>, UnsafeRawPointer?, Int) -> Void
    ) {
        var text = text
        text.withUTF8 { field(note, UnsafeRawPointer($0.baseAddress), $0.count) }
    }

    @inline(__always)
    private func write(_ address: ClientAddress?) {
        guard let address else { return }
        address.bytes.withUnsafeBytes { parlor_note_address(note, $0.baseAddress, $0.count) }
    }
}
