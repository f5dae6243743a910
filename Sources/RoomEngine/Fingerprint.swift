internal import JSONCoding
internal import GameKitProtocol

extension RoomSnapshot {
    /// Of a larger state a fingerprint is not made with every input, only when the whole state is stored.
    public static var fingerprintedBytes: Int { 4096 }

    /// What two runs of the same inputs must agree on, wherever they run: everything but who the people are (so that a
    /// replay without their ids has it too) and the texts of past events, of which the number stands.
    ///
    /// - Parameter limit: nil for a state that takes more bytes than this.
    public func fingerprint(upTo limit: Int = .max) -> UInt64? {
        let essence = Essence<G>(
            version: version, now: now, chairs: occupants.map { $0.map(Essence.Chair.init) }, phase: phase,
            isLocked: isLocked, seq: history.seq, round: round, outcome: outcome, emptySince: emptySince,
            finishedSince: finishedSince)
        guard let bytes = try? CanonicalJSON.encode(essence), bytes.count <= limit else { return nil }
        return Digest.of(bytes)
    }
}

/// The part of a state that has a fingerprint.
private struct Essence<G: Game>: Encodable {
    struct Chair: Encodable {
        let name: String
        let level: BotLevel?
        let since: UInt64
        let isConnected, isReady, hasVoted: Bool
        let graceEnds: Duration?

        init(_ occupant: Occupant) {
            name = occupant.name
            level = occupant.level
            since = occupant.since
            isConnected = occupant.isConnected
            isReady = occupant.isReady
            hasVoted = occupant.hasVoted
            graceEnds = occupant.graceEnds
        }
    }

    let version: UInt64
    let now: Duration
    let chairs: [Chair?]
    let phase: RoomPhase
    let isLocked: Bool
    let seq: UInt64
    let round: Round<G>?
    let outcome: Outcome?
    let emptySince, finishedSince: Duration?
}
