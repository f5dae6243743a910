internal import NIOCore

/// Whether a connection has said who it is, and for how long that holds. Pure; asked when it says so, and once a second.
struct Identity: Sendable {
    enum Beat: Equatable {
        case nothing
        /// Its token ends soon, in milliseconds since 1970: it may come with another.
        case warn(expiresAt: Int64)
        /// Its token has ended, or none has come in time.
        case end
    }

    /// Who it has proved to be.
    private(set) var proof: Proof?
    /// When one that must say who it is has to have done so; nil: it may stay anonymous.
    private let mustProveBy: NIODeadline?
    /// A token is being looked at.
    var isProving = false
    private var isWarned = false
    /// When the proof ends, in milliseconds since 1970.
    private var endsAt: Int64 = .max

    /// - Parameter proof: what came with the request for the socket.
    init(proof: Proof? = nil, mustProve: Bool = false, at now: NIODeadline, wallClock: Int64 = 0) {
        mustProveBy = mustProve ? now + Limits.timeToAuthenticate : nil
        if let proof { accept(proof, at: wallClock) }
    }

    /// Whether nothing may be asked for yet.
    var isUnproven: Bool { mustProveBy != nil && proof == nil }

    /// The proof that counts from now on.
    mutating func accept(_ proof: Proof, at wallClock: Int64) {
        // One that was still let in by the difference of clocks has that long.
        let skew = wallClock < proof.expiresAt ? 0 : Limits.clockSkew.milliseconds
        self.proof = proof
        endsAt = proof.expiresAt + skew
        isWarned = false
    }

    mutating func beat(at now: NIODeadline, wallClock: Int64) -> Beat {
        guard let proof else {
            return !isProving && mustProveBy.map { now >= $0 } == true ? .end : .nothing
        }
        if wallClock >= endsAt { return .end }
        guard !isWarned, wallClock >= endsAt - Limits.expiryWarning.milliseconds else { return .nothing }
        isWarned = true
        return .warn(expiresAt: proof.expiresAt)
    }
}

/// What came of a token that a client has shown in a message.
struct TokenVerdict: Sendable {
    enum Outcome: Sendable {
        case proven(Proof)
        case refused(TokenFault)
        /// It is of another user than the connection's.
        case anotherUser
        /// That user has as many connections as there may be.
        case tooMany
    }

    let connection: ConnectionID
    let id: MessageID?
    let isRefresh: Bool
    let outcome: Outcome
}
