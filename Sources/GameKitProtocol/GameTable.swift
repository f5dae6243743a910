/// All of the world that a game sees, and all that it may ask of it. Games name it `Table`.
///
/// The room engine makes one for every call and carries out what was asked for afterwards, in order; what a refused move
/// asked for is forgotten with it.
public struct GameTable<G: Game>: Sendable {
    /// One place at the table and who sits there.
    public struct Chair: Equatable, Sendable {
        public var name: String
        public var isConnected: Bool
        public var isBot: Bool

        @inlinable
        package init(name: String, isConnected: Bool = true, isBot: Bool = false) {
            self.name = name
            self.isConnected = isConnected
            self.isBot = isBot
        }
    }

    @usableFromInline
    package enum Request: Equatable, Sendable {
        case tell(G.Event)
        case hint(G.Event)
        case whisper(G.Event, to: Seat)
        case start(G.Timer, at: Duration)
        case stop(G.Timer)
        case forfeit(Seat)
    }

    public let options: G.Options
    /// Who sits, by seat; nil where nobody does.
    public let chairs: [Chair?]
    /// Room time: how long the room has been running, pauses and downtime left out. Stands still during a call.
    public let now: Duration
    /// The round's own source of chance; the only one a game may use.
    public var random: SeededRandom

    @usableFromInline package var requests: [Request] = []

    @inlinable
    package init(options: G.Options, chairs: [Chair?], now: Duration = .zero, random: SeededRandom) {
        self.options = options
        self.chairs = chairs
        self.now = now
        self.random = random
    }

    /// How many places the table has, taken or not.
    public var seatCount: Int { chairs.count }

    /// The seats where somebody sits, in order.
    public var taken: [Seat] { chairs.indices.filter { chairs[$0] != nil }.map { Seat($0) } }

    /// Tells everybody, in order, once; the server numbers it and repeats it to whoever was away.
    @inlinable
    public mutating func tell(_ event: G.Event) { requests.append(.tell(event)) }

    /// Tells everybody who is there right now, without a number: never kept, never repeated.
    @inlinable
    public mutating func hint(_ event: G.Event) { requests.append(.hint(event)) }

    /// Tells one seat, without a number: what must not be lost belongs in the view.
    @inlinable
    public mutating func whisper(_ event: G.Event, to seat: Seat) { requests.append(.whisper(event, to: seat)) }

    /// Calls ``Game/timerFired(_:at:)`` once, `delay` of room time from now. Starting a name again moves that timer.
    @inlinable
    public mutating func after(_ delay: Duration, _ timer: G.Timer) { requests.append(.start(timer, at: now + delay)) }

    /// Forgets a timer; one that does not run is no error.
    @inlinable
    public mutating func stop(_ timer: G.Timer) { requests.append(.stop(timer)) }

    /// Takes a seat out of the round as if its player had left, who may stay and watch the end.
    @inlinable
    public mutating func forfeit(_ seat: Seat) { requests.append(.forfeit(seat)) }
}
