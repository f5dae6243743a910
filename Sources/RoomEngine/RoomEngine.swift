public import GameKitProtocol

/// A room as a pure state machine: `(snapshot, input) -> (snapshot', what to tell)`.
///
/// It has no clock, no sockets and no store; time comes in with every input and leaves as ``nextDeadline``. A shard owns
/// one per room, and tests, replays and recovery drive it the same way. The same inputs at the same times give the same
/// snapshots on every machine.
public struct RoomEngine<G: Game>: Sendable {
    @usableFromInline package var snapshot: RoomSnapshot<G>
    /// What the game sees of ``RoomSnapshot/occupants``: made when they change, not at every tick.
    @usableFromInline var chairs: [GameTable<G>.Chair?] = []

    /// A new room, empty and waiting.
    /// - Throws: the game's refusal of the options.
    public init(options: G.Options, rules: RoomRules, seed: SeededRandom) throws(Refusal) {
        let seats = try G.seats(for: options)
        snapshot = RoomSnapshot(
            rules: rules, options: options, seed: seed, minSeats: seats.lowerBound,
            occupants: Array(repeating: nil, count: seats.upperBound))
        updateChairs()
    }

    /// The room that a snapshot was taken of.
    public init(restoring snapshot: RoomSnapshot<G>) {
        self.snapshot = snapshot
        updateChairs()
    }

    /// Tells the room one fact. Room time never runs backwards: an earlier `now` counts as the latest one.
    ///
    /// Anything but ``Verdict/committed(_:)`` leaves the snapshot as it was, except ``Verdict/broken(_:)``, after which it
    /// is worth nothing.
    @inlinable
    public mutating func apply(_ input: RoomInput<G.Move>, at now: Duration) -> Verdict {
        var step = Step(version: snapshot.version + 1, now: max(now, snapshot.now))
        do throws(RoomRefusal) {
            switch input {
            case .seated(let newcomer, let wanted): try seat(newcomer, at: wanted, &step)
            case .left(let seat, let reason): try leave(seat, reason, &step)
            case .takenOver(let seat, let holder): try takeOver(seat, by: holder, &step)
            case .away(let seat): try disconnect(seat, &step)
            case .back(let seat): try reconnect(seat, &step)
            case .readied(let seat, let ready): try makeReady(seat, ready, &step)
            case .voted(let seat): try vote(seat, &step)
            case .locked(let locked): lock(locked, &step)
            case .moved(let seat, let move, let id):
                if let receipt = try play(move, by: seat, id: id, &step) { return .repeated(receipt) }
            case .ticked: try tick(&step)
            case .timePassed: passTime(&step)
            case .resumed: resume(&step)
            }
        } catch {
            return .refused(error)
        }
        if let fault = step.fault { return .broken(fault) }
        guard step.isChange else { return .unchanged }
        snapshot.version = step.commit.version
        snapshot.now = step.now
        return .committed(step.commit)
    }

    /// The game as `viewer` sees it, or nil before the first start.
    @inlinable
    public func view(for viewer: Viewer) -> G.View? {
        snapshot.round?.game.view(for: G.manifest.hasSecrets ? viewer : .spectator)
    }

    @inlinable
    mutating func updateChairs() {
        chairs = snapshot.occupants.map { occupant in
            occupant.map { .init(name: $0.name, isConnected: $0.isConnected, isBot: $0.isBot) }
        }
    }

    @inlinable
    func occupant(_ seat: Seat) -> Occupant? {
        snapshot.occupants.indices.contains(seat.rawValue) ? snapshot.occupants[seat] : nil
    }

    @inlinable var seats: [Seat] { snapshot.occupants.indices.map { Seat($0) } }
    @inlinable var taken: [Seat] { seats.filter { snapshot.occupants[$0] != nil } }
    @inlinable var people: [Seat] { seats.filter { occupant($0)?.isBot == false } }
}

/// One input on its way through the engine.
@usableFromInline
struct Step {
    @usableFromInline let now: Duration
    @usableFromInline var commit: Commit
    /// Whether there is anything to commit.
    @usableFromInline var isChange = true
    /// The game broke the rules that games are held to; the room cannot go on.
    @usableFromInline var fault: String?

    @usableFromInline
    init(version: UInt64, now: Duration) {
        commit = Commit(version: version)
        self.now = now
    }

    @usableFromInline
    mutating func tell(_ message: Commit.Message) { commit.messages.append(message) }

    /// Whether the state is to be sent with this step.
    @usableFromInline
    mutating func showState(_ isDue: Bool) { commit.showsState = isDue }
}

extension RoomEngine {
    @inlinable
    mutating func tell(_ event: RoomEvent, _ step: inout Step) {
        let numbered = snapshot.history.add(event, at: step.now, limit: snapshot.rules.historyLimit)
        step.tell(.event(numbered))
    }
}
