internal import JSONCoding
public import GameKitProtocol

/// An input with its time, as the log of a room and its archive keep it.
struct LogEntry<Move> {
    var at: Duration
    var input: RoomInput<Move>
    /// Ticks without anything between them are one entry: so many further ones, each so much later.
    var more: Int?
    var every: Duration?
    /// The fingerprint of the state that this led to, as hexadecimal text; not there for a large one.
    var hash: String?
}

extension LogEntry: Encodable where Move: Encodable {}
extension LogEntry: Decodable where Move: Decodable {}

/// Ticks of a real-time room, one after another with nothing between them: worth one entry, however many.
public struct TickRun: Codable, Equatable, Sendable {
    /// The room time of the first one.
    public let start: Duration
    public let every: Duration
    public private(set) var count = 1

    public init(start: Duration, every: Duration) {
        self.start = start
        self.every = every
    }

    /// The room time of the last one.
    public var end: Duration { start + every * (count - 1) }

    /// - Returns: false when a tick at that time does not go on with this run.
    public mutating func goesOn(at time: Duration) -> Bool {
        guard time == end + every else { return false }
        count += 1
        return true
    }

    /// The run as the archive keeps it.
    /// - Parameter fingerprint: that of the state it led to, if that is still the room's state.
    public func logEntry(fingerprint: UInt64?) -> [UInt8]? {
        let isSingle = count == 1
        return try? CanonicalJSON.encode(
            LogEntry(
                at: start, input: RoomInput<[UInt8]>.ticked, more: isSingle ? nil : count - 1,
                every: isSingle ? nil : every, hash: fingerprint.map { String($0, radix: 16) }))
    }
}

/// Why a room's history could not be played again.
public enum ReplayFault: Error, Equatable, Sendable {
    /// The entry is no input of this game.
    case unreadable
    /// The room did not take it this time: why.
    case notCommitted(String)
    /// It led to another state than it did then.
    case anotherState
}

extension RoomInput where Move: Encodable {
    /// The input as the log keeps it; nil when the move's own encoding fails.
    package func logEntry(at now: Duration, hash: String? = nil) -> [UInt8]? {
        try? CanonicalJSON.encode(LogEntry(at: now, input: self, hash: hash))
    }
}

extension RoomEngine {
    /// How many ticks one entry may hold: a week of the fastest game. More is no entry of ours.
    static var mostTicksOfRun: Int { 7 * 86_400 * 240 }

    /// An input as the log keeps it, once it was committed; nil when the move's own encoding fails.
    public func logEntry(_ input: RoomInput<G.Move>, at now: Duration) -> [UInt8]? {
        input.logEntry(at: now, hash: hash)
    }

    /// Applies an entry of the log again, and returns the last commit it led to.
    public mutating func replay(_ bytes: [UInt8]) throws(ReplayFault) -> Commit {
        guard let entry = try? JSONReader.decode(LogEntry<G.Move>.self, from: bytes),
            0...Self.mostTicksOfRun ~= entry.more ?? 0
        else { throw .unreadable }
        return try replay(entry) { _ in }
    }

    /// - Parameters:
    ///   - entry: a run of ticks is no longer than ``mostTicksOfRun``.
    ///   - tell: told every commit it leads to, in order.
    mutating func replay(_ entry: LogEntry<G.Move>, tell: (Commit) -> Void) throws(ReplayFault) -> Commit {
        var commit = try replay(entry.input, at: entry.at)
        tell(commit)
        for tick in 0..<(entry.more ?? 0) {
            commit = try replay(entry.input, at: entry.at + (entry.every ?? .zero) * (tick + 1))
            tell(commit)
        }
        guard entry.hash == nil || entry.hash == hash else { throw .anotherState }
        return commit
    }

    private mutating func replay(_ input: RoomInput<G.Move>, at time: Duration) throws(ReplayFault) -> Commit {
        let verdict = apply(input, at: time)
        guard case .committed(let commit) = verdict else { throw .notCommitted("\(verdict)") }
        return commit
    }

    private var hash: String? {
        snapshot.fingerprint(upTo: RoomSnapshot<G>.fingerprintedBytes).map { String($0, radix: 16) }
    }
}
