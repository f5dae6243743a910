internal import NIOCore

/// The patch that was made last on a loop. Everybody who saw a state and is to see the next one gets the same.
final class SharedPatches {
    private var latest: (base: RoomState, state: RoomState, frame: ByteBuffer?)?

    /// As a frame; nil where only the whole state will do.
    func patch(of state: RoomState, from base: RoomState) -> ByteBuffer? {
        if let latest, latest.base === base, latest.state === state { return latest.frame }
        let frame = state.patch(from: base)
        latest = (base, state, frame)
        return frame
    }
}
