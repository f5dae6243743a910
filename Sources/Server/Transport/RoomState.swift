internal import NIOCore
internal import RoomEngine
internal import SessionStore

/// A room's state as it was told at one version to one kind of viewer: encoded once, shared by all who get it.
final class RoomState: Sendable {
    let room: RoomID
    let epoch: UInt64
    let version: UInt64
    let seq: UInt64
    let phase: RoomPhase
    /// The view as JSON, for making patches; nil before the first start.
    let view: [UInt8]?
    /// The members of the state beside phase and view.
    let surroundings: [UInt8]
    /// The whole `game_state`, as a frame.
    let frame: ByteBuffer

    init(
        room: RoomID, epoch: UInt64, status: RoomStatus, view: [UInt8]?, clock: (Duration) -> Int64
    ) {
        let messages = RoomMessages(room: room, epoch: epoch)
        self.room = room
        self.epoch = epoch
        self.view = view
        version = status.version
        seq = status.seq
        phase = status.phase
        let (text, surroundings) = messages.state(status, view: view, clock: clock)
        self.surroundings = surroundings
        frame = Frame.text(text)
    }

    /// This state as a patch of `base`, as a frame; nil where only the whole state will do.
    func patch(from base: RoomState) -> ByteBuffer? {
        guard base.epoch == epoch, let old = base.view, let new = view else { return nil }
        guard let patch = MergePatch.diff(from: old[...], to: new[...]) else { return nil }
        return Frame.text(RoomMessages(room: room, epoch: epoch).patch(self, from: base, view: patch))
    }
}
