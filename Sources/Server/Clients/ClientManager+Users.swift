internal import NIOCore
internal import SessionStore

/// Who is let in, as whom, and how many of them; and who is sent away.
extension ClientManager {
    func admit(_ address: ClientAddress, _ proof: Proof?) -> Admission {
        let limits = node.limits
        guard !node.traps.sentence.bars(address, at: node.wallClock()) else { return .tooMany }
        if let proof {
            guard !node.tokens.refuses(proof, at: node.wallClock()) else { return .badToken }
            guard directory.admits(proof.user.key, most: limits.maxConnectionsPerUser) else { return .tooMany }
        }
        let limit = directory.admit(
            address, most: limits.maxConnections, mostPerAddress: limits.maxConnectionsPerAddress)
        if let limit { node.metrics.refused(limit) }
        return limit == nil ? .admitted : .tooMany
    }

    func opened(_ connection: ConnectionID, _ client: ClientKey, _ proof: Proof?) {
        // Many may have arrived at once, and an operator may have sent the user away between the two.
        let mayStay = proof.map { directory.admits($0.user.key, most: node.limits.maxConnectionsPerUser) } ?? true
        directory.opened(connection, as: client, user: proof?.user.key)
        guard let proof else { return }
        if node.tokens.refuses(proof, at: node.wallClock()) {
            node.deliver(.close(.badToken), to: connection)
        } else if !mayStay {
            node.deliver(.close(.tooManyConnections), to: connection)
        }
    }

    /// The last word on a token: who its connection is already, how many there are of that user, and whether an operator
    /// has sent the user away since the token was looked at.
    func judged(_ verdict: TokenVerdict) {
        let connection = verdict.connection
        guard directory.isOpen(connection) else { return }
        var outcome = verdict.outcome
        if case .proven(let proof) = outcome {
            let user = proof.user.key
            if node.tokens.refuses(proof, at: node.wallClock()) {
                outcome = .refused(.revoked)
            } else if let known = directory.user(of: connection) {
                if known != user { outcome = .anotherUser }
            } else if directory.admits(user, most: node.limits.maxConnectionsPerUser) {
                directory.proved(connection, as: user)
            } else {
                outcome = .tooMany
            }
        }
        node.deliver(
            .judged(.init(connection: connection, id: verdict.id, isRefresh: verdict.isRefresh, outcome: outcome)),
            to: connection)
    }

    func expel(_ user: UserKey, _ promise: EventLoopPromise<Int>) {
        let connections = directory.connections(of: user)
        for connection in connections { node.deliver(.close(.badToken), to: connection) }
        promise.succeed(connections.count)
    }
}
