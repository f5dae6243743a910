internal import GameKitProtocol
internal import Logging
internal import NIOCore
internal import RoomEngine
internal import SessionStore

/// The rooms of one event loop. What reaches them comes through the mailbox, what they say leaves at the end of a pass:
/// at once where it rests on nothing unsafe, else when the store has what it rests on.
actor Shard: LoopActor {
    enum Message: Sendable {
        case request(RoomID, RoomRequest, from: Sender)
        case create(NewRoom, EventLoopPromise<RoomID>?)
        case join(RoomID, JoinOrder)
        case rejoin(RoomID, ReturnRequest)
        case disconnected(ConnectionID, RoomID)
        case peek(RoomID, EventLoopPromise<RoomPeek?>)
        /// Bring a room into memory, and tell when it is there or turned out not to be.
        case wake(RoomID, EventLoopPromise<Void>)
        case claimed(RoomID, Result<StoredRoom?, StoreError>)
        case stored(Result<AppendReport, StoreError>)
        /// The store may have lost the room: see, and store it again if so. Told when that is on its way.
        case confirm(RoomID, EventLoopPromise<Void>)
        /// Store what is not stored yet; the server is about to end.
        case stop(EventLoopPromise<Void>)
    }

    /// Where a room stands with this shard.
    enum Slot {
        case live(LiveRoom)
        /// It is being fetched from the store.
        indirect case loading(Loading)
        /// It has ended, and its removal is on its way to the store.
        case closing(LiveRoom)
    }

    /// What is said to a room meanwhile waits, and who is in it stays in it.
    struct Loading {
        var waiting: [Message] = []
        var audience = Audience()
        var chat: [ChatLine] = []
        /// It was in memory before, so if the store has none it is the store that lost it; and which event those in it
        /// were told last.
        var told: UInt64?
    }

    private nonisolated let executor: any NIOSerialEventLoopExecutor
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
    nonisolated let mailbox: Mailbox<Message>
    nonisolated let loop: any EventLoop

    let node: Node
    let store: any RoomStore
    /// Told of every call into a game.
    let note: GameNote
    var slots: [RoomID: Slot] = [:]
    /// The rooms that are ``Slot/closing(_:)``, oldest first.
    var closings: [LiveRoom] = []
    var gate = OutputGate<Output>()
    /// What leaves at the end of this pass.
    var outgoing: [Output] = []
    /// The same on its way, by the loop it goes to.
    var parcels: [[Parcel]]
    var ticker = Ticker()
    var alarm = Alarm()
    let bots = BotBook()
    private var stopPromise: EventLoopPromise<Void>?
    /// The rooms' last words are with the store, and nothing changes any more.
    private(set) var isStopping = false

    /// - Parameter index: which of the node's loops it is on.
    init(node: Node, store: any RoomStore, index: Int) {
        self.node = node
        self.store = store
        note = node.traps.recorder.note(index)
        loop = node.hubs[index].loop
        executor = loop.serialExecutor
        parcels = Array(repeating: [], count: node.hubs.count)
        mailbox = node.shards[index]
        open()
    }

    func handle(_ messages: [Message]) {
        for message in messages { handle(message) }
        endPass()
    }

    func handle(_ message: Message) {
        // What would be told from now on would not be there when the server starts again.
        guard !isStopping || message.isOfStore else { return refuse(message, .draining) }
        switch message {
        case .request(let id, let request, let sender):
            guard let room = live(id, or: message) else { return }
            perform(request, from: sender, in: room)
        case .create(let new, let promise): create(new, promise)
        case .join(let id, let order):
            guard let room = live(id, or: message) else { return }
            join(order, room)
        case .rejoin(let id, let request):
            guard let room = live(id, or: message) else { return }
            rejoin(request, room)
        case .disconnected(let connection, let id): disconnected(connection, id)
        case .peek(let id, let promise):
            guard let room = live(id, or: message) else { return }
            peek(room, promise)
        case .wake(let id, let promise):
            guard live(id, or: message) != nil else { return }
            promise.succeed()
        case .confirm(let id, let promise):
            guard let room = live(id, or: message) else { return }
            confirm(room)
            promise.succeed()
        case .claimed(let id, let result): claimed(id, result)
        case .stored(let result): stored(result)
        case .stop(let promise): stop(promise)
        }
    }

    /// At the end of every pass: what may leave leaves, and what must be stored is handed to the store.
    func endPass() {
        if let commits = gate.nextBatch() {
            store.append(commits) { [self] result in post(.stored(result)) }
        }
        let outputs = outgoing
        outgoing = []
        carryOut(outputs)
        setAlarm()
        if let stopPromise, gate.isIdle {
            self.stopPromise = nil
            stopPromise.succeed()
        }
    }

    private func stop(_ promise: EventLoopPromise<Void>) {
        stopPromise = promise
        isStopping = true
        ticker.stop()
        for case .live(let room) in slots.values { storeForTheEnd(room) }
    }

    // MARK: Applying

    /// Tells a room a fact, stores what came of it and tells everybody in it.
    ///
    /// - Parameter answer: what the sender is told after that, made when the verdict is known.
    @discardableResult
    func apply(
        _ input: RoomInput<ArraySlice<UInt8>>, to room: LiveRoom, at now: NIODeadline? = nil, answer: Answer? = nil
    ) -> Verdict {
        let now = now ?? loop.now
        let applied = note.during(input, in: room, from: answer?.sender.address) {
            room.room.apply(input, room.time(at: now), room.isLogging)
        }
        finish(applied.verdict, logEntry: applied.logEntry, in: room, at: now, answer: answer)
        return applied.verdict
    }

    /// What follows every verdict, in the order that the protocol promises: events, state, the sender's answer.
    func finish(
        _ verdict: Verdict, logEntry: [UInt8]?, in room: LiveRoom, at now: NIODeadline, answer: Answer? = nil
    ) {
        guard case .committed(let commit) = verdict else {
            if case .broken(let why) = verdict { return close(broken: room, why, answer: answer) }
            if let answer { say(answer, verdict, in: room) }
            return
        }
        guard record(commit, logEntry: logEntry, of: room, at: now) else {
            if let answer { refuse(answer, .internal, in: room) }
            return
        }
        tell(commit, in: room)
        for departure in commit.departures { depart(departure, from: room) }
        if let handover = commit.handover { handOver(handover, in: room) }
        if commit.showsState { showState(in: room) }
        if let answer { say(answer, verdict, in: room) }
        if commit.isLandmark { updateRow(of: room) }
        lookAhead(room, at: now, isQuiet: !commit.isLandmark)
    }
}

extension Shard.Message {
    /// Whether it is the store that speaks.
    fileprivate var isOfStore: Bool {
        switch self {
        case .claimed, .stored: true
        case .request, .create, .join, .rejoin, .disconnected, .peek, .wake, .confirm, .stop: false
        }
    }
}

/// The answer that a request gets once its verdict is known.
struct Answer {
    let sender: Sender
    let id: MessageID?
    let type: String?
    let settles: Settled
    /// What a success says beside that.
    var success: ((LiveRoom, Verdict, inout JSONObject) -> Void)?
    /// Whether a success is answered even without an id.
    var isAlwaysAnswered = true

    var question: Question { Question(id: id, type: type, settles: settles) }
}
