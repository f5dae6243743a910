internal import SessionStore

/// Tokens that a client shows. Looking at one may mean fetching keys, and so is done elsewhere; what comes of it comes back
/// as a delivery.
extension Connection {
    /// It comes back as `judged`.
    func prove(_ token: String, _ messageID: MessageID?, _ isRefresh: Bool, _ id: ConnectionID) {
        Task { [node] in
            let outcome: TokenVerdict.Outcome =
                switch await node.prove(token) {
                case .success(let proof): .proven(proof)
                case .failure(let fault): .refused(fault)
                }
            node.clients.post(
                .judged(TokenVerdict(connection: id, id: messageID, isRefresh: isRefresh, outcome: outcome)))
        }
    }

    /// A token that comes with a join is looked at first; the messages behind the join wait anyway.
    func place(_ placement: Placement) {
        guard let token = placement.join.token, node.tokens.takesTokens else {
            return node.rooms.post(.place(placement))
        }
        Task { [node] in
            var placement = placement
            placement.join.token = nil
            do throws(Problem) {
                placement.pass = try await node.pass(token, of: placement.sender.user)
                node.rooms.post(.place(placement))
            } catch {
                node.deliver(placement.refusal(error), to: placement.sender.connection)
            }
        }
    }
}
