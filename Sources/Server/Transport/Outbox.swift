internal import DequeModule
internal import NIOCore
internal import SessionStore

/// What one connection is owed but was not written yet. Pure; the connection writes what it takes out.
///
/// Events and answers are kept in order. A state that waits is replaced by a newer one of the same room, at the end of
/// the queue, so that a slow reader sees fewer states but never an old one, and no event after a state that contains it.
struct Outbox {
    enum Item {
        case frame(ByteBuffer)
        case state(RoomState)

        var byteCount: Int {
            switch self {
            case .frame(let frame): frame.readableBytes
            case .state(let state): state.frame.readableBytes
            }
        }
    }

    /// nil where a state was replaced.
    private var items: Deque<Item?> = []
    /// How many items were ever taken out; what turns positions in the queue into numbers that last.
    private var taken = 0
    /// The replaceable state of each room, by number.
    private var waitingStates = ShortMap<RoomID, Int>()
    /// The answer to the newest ping frame: whoever sends many is owed one (RFC 6455, section 5.5.3). It may overtake.
    private var pong: ByteBuffer?
    private(set) var byteCount = 0
    /// How many states were never written because a newer one came first.
    private(set) var replacedStates = 0

    var isEmpty: Bool { items.isEmpty && pong == nil }

    mutating func append(_ frame: ByteBuffer) {
        items.append(.frame(frame))
        byteCount += frame.readableBytes
    }

    mutating func append(pong frame: ByteBuffer) {
        byteCount += frame.readableBytes - (pong?.readableBytes ?? 0)
        pong = frame
    }

    /// An answer about a room: the state before it is the one it speaks of, and stays.
    mutating func append(answer frame: ByteBuffer, about room: RoomID?) {
        if let room { waitingStates[room] = nil }
        append(frame)
    }

    mutating func append(_ state: RoomState) {
        if let number = waitingStates[state.room], case .state(let old) = items[number - taken] {
            items[number - taken] = nil
            byteCount -= old.frame.readableBytes
            replacedStates += 1
        }
        waitingStates[state.room] = taken + items.count
        items.append(.state(state))
        byteCount += state.frame.readableBytes
    }

    /// The oldest item, or nil when nothing waits.
    mutating func next() -> Item? {
        if let pong {
            self.pong = nil
            byteCount -= pong.readableBytes
            return .frame(pong)
        }
        while let item = items.popFirst() {
            taken += 1
            guard let item else { continue }
            byteCount -= item.byteCount
            if case .state(let state) = item, waitingStates[state.room] == taken - 1 { waitingStates[state.room] = nil }
            return item
        }
        return nil
    }
}
