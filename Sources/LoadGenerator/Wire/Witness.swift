internal import NIOCore

/// What one client has been told so far, and holds its server to: that it is welcomed first, that it hears of a room what
/// everybody does in order and without gaps, and that each of its requests is answered once. Pure.
struct Witness {
    /// What the protocol does not allow. Its text says it to people, without whose connection it was: the same fault of a
    /// thousand connections is one line.
    struct Fault: Error, Equatable {
        let description: String
    }

    /// How far a room has been told.
    struct Place {
        let room: [UInt8]
        var epoch: Int64
        var seq: Int64
        var version: Int64
    }

    private(set) var isWelcome = false
    private var places: [Place] = []
    private var lastID: Int64 = 0
    private var unanswered: [(id: Int64, due: NIODeadline)] = []

    var unansweredCount: Int { unanswered.count }

    /// - Returns: the id of the request that is due then.
    mutating func asks(due: NIODeadline) -> Int64 {
        lastID += 1
        unanswered.append((lastID, due))
        return lastID
    }

    /// - Returns: when the request was due that the message answers, if it answers one.
    mutating func hears(_ message: Message) throws(Fault) -> NIODeadline? {
        guard isWelcome != (message.kind == .welcome) else {
            throw Fault(description: isWelcome ? "a second welcome" : "a message before the welcome")
        }
        isWelcome = true
        let due = try answered(message)
        if let room = message.room { try hears(message, of: room) }
        return due
    }

    private mutating func answered(_ message: Message) throws(Fault) -> NIODeadline? {
        guard let id = message.id else { return nil }
        guard let index = unanswered.firstIndex(where: { $0.id == id }) else {
            throw Fault(description: "an answer to what was not asked, or was answered already")
        }
        return unanswered.remove(at: index).due
    }

    // MARK: Rooms

    private mutating func hears(_ message: Message, of room: UnsafeRawBufferPointer) throws(Fault) {
        guard let index = places.firstIndex(where: { $0.room.elementsEqual(room) }) else {
            return try enters(message, room)
        }
        switch message.kind {
        case .leaveResult where !message.isRefusal, .roomClosed: places.remove(at: index)
        case .state, .patch: try places[index].hearState(message)
        case .joinResult: if !message.isRefusal { try places[index].hearState(message) }
        default: try places[index].hearEvent(message)
        }
    }

    private mutating func enters(_ message: Message, _ room: UnsafeRawBufferPointer) throws(Fault) {
        guard !message.isRefusal else { return }
        guard message.kind == .joinResult else {
            throw Fault(description: "a message of a room that its client is not in")
        }
        guard let epoch = message.epoch, let seq = message.seq, let version = message.version else {
            throw Fault(description: "a join_room_result without epoch, seq or version")
        }
        places.append(Place(room: Array(room), epoch: epoch, seq: seq, version: version))
    }
}

extension Witness.Place {
    /// A state comes behind all events that it contains.
    mutating func hearState(_ message: Message) throws(Witness.Fault) {
        guard let epoch = message.epoch, let seq = message.seq, let version = message.version else {
            throw Witness.Fault(description: "a state without epoch, seq or version")
        }
        guard !begins(epoch, seq, version) else { return }
        guard epoch == self.epoch else { throw Witness.Fault(description: "an epoch that went backwards") }
        guard version >= self.version else { throw Witness.Fault(description: "a version that went backwards") }
        guard seq == self.seq else { throw Witness.Fault(description: "a state with events that were not told") }
        self.version = version
    }

    mutating func hearEvent(_ message: Message) throws(Witness.Fault) {
        guard let seq = message.seq else { return }
        guard message.epoch == epoch else { throw Witness.Fault(description: "an event of another epoch") }
        guard seq == self.seq + 1 else {
            throw Witness.Fault(description: seq > self.seq ? "a gap between events" : "an event that was told already")
        }
        self.seq = seq
    }

    /// Whether the room had to go back: nothing from before compares with what comes.
    private mutating func begins(_ epoch: Int64, _ seq: Int64, _ version: Int64) -> Bool {
        guard epoch > self.epoch else { return false }
        (self.epoch, self.seq, self.version) = (epoch, seq, version)
        return true
    }
}
