internal import NIOCore

/// Tokens that come in messages.
extension MessageRouter {
    mutating func prove(_ token: String, _ message: ClientMessage, isRefresh: Bool) -> [Action] {
        if let problem = refusal(ofProof: isRefresh) {
            return [.send(ServerMessage.failure(message.request.resultType, id: message.id, problem))]
        }
        identity.isProving = true
        // With the first token everything behind it waits, since it is asked for by whoever that turns out to be.
        if !isRefresh { awaitsEntrance = true }
        return [.prove(token, message.id, isRefresh: isRefresh)]
    }

    private func refusal(ofProof isRefresh: Bool) -> Problem? {
        guard takesTokens else {
            return Problem(.unauthorized, "This server takes no tokens: everybody is anonymous.")
        }
        if isRefresh { return identity.proof == nil ? .mustAuthenticate : nil }
        return hasEntered ? Problem(.forbidden, "This connection is somebody already.") : nil
    }

    /// A token was judged; what waited for that goes on.
    /// - Parameter wallClock: milliseconds since 1970.
    mutating func judged(_ verdict: TokenVerdict, at wallClock: Int64) -> [Action] {
        let type = verdict.isRefresh ? "refresh_token_result" : "authenticate_result"
        let failure = { (problem: Problem) in Action.send(ServerMessage.failure(type, id: verdict.id, problem)) }
        let actions: [Action]
        switch verdict.outcome {
        case .proven(let proof):
            identity.accept(proof, at: wallClock)
            actions = [.send(ServerMessage.proven(type, id: verdict.id, proof))]
        case .anotherUser: actions = [failure(Problem(.forbidden, "This connection is another user."))]
        case .tooMany: return [failure(.tooManyOfUser), .close(.tooManyConnections)]
        // The one it has may still be good.
        case .refused(let fault) where verdict.isRefresh: actions = [failure(fault.problem)]
        case .refused(let fault): return [failure(fault.problem), .close(.badToken)]
        }
        identity.isProving = false
        if !verdict.isRefresh { awaitsEntrance = false }
        return actions + goOn()
    }

    /// Once a second.
    mutating func beat(at now: NIODeadline, wallClock: Int64) -> [Action] {
        switch identity.beat(at: now, wallClock: wallClock) {
        case .nothing: []
        case .warn(let expiresAt): [.send(ServerMessage.tokenExpiring(at: expiresAt))]
        case .end: [.close(.badToken)]
        }
    }
}

extension ClientRequest {
    /// Whether somebody may ask for it who has yet to say who they are.
    var isOpenToAll: Bool {
        switch self {
        case .authenticate, .ping: true
        default: false
        }
    }
}

extension Problem {
    static let mustAuthenticate = Problem(.unauthorized, "Say who you are first: authenticate with a token.")
    static let tooManyOfUser = Problem(.serverBusy, "You have too many connections.", retryAfter: .seconds(30))
}
