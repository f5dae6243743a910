internal import Logging
internal import NIOCore
internal import SessionStore

/// Who is connected, and which seats each client can come back to. One for the server, off the message path: it hears of
/// arrivals, joins, returns and departures, never of moves.
actor ClientManager: LoopActor {
    enum Message: Sendable {
        /// A socket asks to be let in.
        case arrived(ClientAddress, Proof?, EventLoopPromise<Admission>)
        /// It was, and ended before it was opened.
        case turnedBack(ClientAddress)
        case opened(ConnectionID, ClientKey, Proof?)
        /// A token that came in a message was looked at.
        case judged(TokenVerdict)
        /// An operator sends a user away. Told how many connections that ends.
        case expel(UserKey, EventLoopPromise<Int>)
        case closed(ConnectionID, ClientKey, ClientAddress)
        case reconnect(ReconnectRequest, MessageID?, room: RoomID?, from: Sender)
        /// A session asked for was found, or not.
        case loaded(Session?, Return, failed: Bool)
        /// A room has answered one that came back.
        case returned(Sender, to: RoomID, holdsSeat: Bool)
        /// A room could not be asked.
        case unanswered(Sender)
        case entered(ClientKey, game: String)
        case left(game: String)
        case seatEnded(ClientKey, RoomID, expired: Bool)
    }

    /// A client on its way back to its seats.
    struct Return: Sendable {
        let request: ReconnectRequest
        let id: MessageID?
        let room: RoomID?
        /// The connection, already under the key of the client that it says it is.
        let sender: Sender
        /// Who the connection was until now.
        let welcomed: ClientKey
    }

    private nonisolated let loop: any EventLoop
    private nonisolated let executor: any NIOSerialEventLoopExecutor
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
    nonisolated let mailbox: Mailbox<Message>

    let node: Node
    private let store: any SessionStore
    var directory = ClientDirectory()
    private var seats = AddressSeats()
    /// The sessions of clients that are connected and have joined something.
    private var sessions: [ClientKey: Session] = [:]
    /// Those of them that are newer than what is stored, though nobody waits for that.
    private var unsaved: Set<ClientKey> = []
    /// Connections that came back: how many rooms have yet to answer, and as whom the connection was welcomed.
    private var openReturns: [ConnectionID: (rooms: Int, welcomed: ClientKey)] = [:]

    init(node: Node, store: any SessionStore, on loop: any EventLoop) {
        self.node = node
        self.store = store
        self.loop = loop
        executor = loop.serialExecutor
        mailbox = node.clients
        open()
    }

    var counts: (connections: Int, users: Int, byGame: [String: Int]) {
        (directory.connectionCount, directory.userCount, directory.clientsByGame)
    }

    func handle(_ messages: [Message]) {
        for message in messages {
            switch message {
            case .arrived(let address, let proof, let promise): promise.succeed(admit(address, proof))
            case .turnedBack(let address): directory.left(address)
            case .opened(let connection, let client, let proof): opened(connection, client, proof)
            case .judged(let verdict): judged(verdict)
            case .expel(let user, let promise): expel(user, promise)
            case .closed(let connection, let client, let address):
                directory.closed(connection, as: client, from: address)
                openReturns[connection] = nil
                if directory.connection(of: client) == nil { forget(client) }
            case .reconnect(let request, let id, let room, let sender): reconnect(request, id, room, sender)
            case .loaded(let session, let back, let failed): comeBack(session, back, failed: failed)
            case .returned(let sender, let room, let holdsSeat): returned(sender, room, holdsSeat)
            case .unanswered(let sender): closeReturn(of: sender)
            case .entered(_, let game): directory.entered(game: game)
            case .left(let game): directory.left(game: game)
            case .seatEnded(let client, let room, let expired): seatEnded(client, room, expired)
            }
        }
    }

    /// Lets the store forget sessions that nobody came back to. Called now and then by the server.
    func forgetExpired() async {
        do throws(StoreError) {
            try await store.removeExpired(now: node.wallClock())
        } catch {
            node.logger.warning("expired sessions not removed", metadata: ["error": "\(error)"])
        }
    }

    // MARK: Joining

    /// The rooms where a connected client has a seat, and the joins it was answered. Called by the room manager, which
    /// lives on the same loop.
    func session(of sender: Sender) -> Session { sessions[sender.client] ?? session(new: sender.client, sender.user) }

    private func session(new client: ClientKey, _ user: UserKey?) -> Session {
        Session(client: client, user: user, expiresAt: node.wallClock() + Limits.sessionLife.milliseconds)
    }

    /// How many seats are taken from an address. Called by the room manager.
    func seats(from address: ClientAddress) -> Int { seats.count(of: address) }

    /// What was noted came to nothing.
    func notSeated(_ client: ClientKey, in room: RoomID) { seats.gaveUp(room, client) }

    /// The room is gone, and with it all seats in it.
    func roomEnded(_ room: RoomID) { seats.ended(room) }

    /// Notes that a client is about to take a seat, and tells when that is safe. Noted before the room is asked: a
    /// session too many is harmless, one too few would lose a seat.
    func note(
        _ room: RoomID, receipt: Session.JoinReceipt?, for sender: Sender,
        then: @escaping @Sendable (StoreError?) -> Void
    ) {
        seats.took(room, sender.client, from: sender.address)
        // The word that its connection is open comes another way, and may be later than this.
        change(sender.client, orBegin: session(new: sender.client, sender.user)) { session in
            if !session.rooms.contains(room) { session.rooms.append(room) }
            guard let receipt, !session.joins.contains(receipt) else { return }
            session.joins = session.joins.suffix(Limits.rememberedJoins - 1) + [receipt]
        } then: {
            then($0)
        }
    }

    // MARK: Coming back

    private func reconnect(_ request: ReconnectRequest, _ id: MessageID?, _ room: RoomID?, _ sender: Sender) {
        guard let clientId = ClientID(untrusted: request.clientId) else {
            return refuse(.sessionNotFound, id, room, sender.connection)
        }
        let claimed = Sender(
            connection: sender.connection, client: clientId.key, user: sender.user, address: sender.address)
        let back = Return(request: request, id: id, room: room, sender: claimed, welcomed: sender.client)
        if let session = sessions[claimed.client] { return comeBack(session, back, failed: false) }
        let now = node.wallClock()
        Task { [store] in
            do throws(StoreError) {
                post(.loaded(try await store.load(claimed.client, now: now), back, failed: false))
            } catch {
                post(.loaded(nil, back, failed: true))
            }
        }
    }

    private func comeBack(_ found: Session?, _ back: Return, failed: Bool) {
        // To anybody but its user a session is as if there were none.
        let isTheirs = found?.user == nil || found?.user == back.sender.user
        let session = isTheirs ? found : nil
        var rooms = session?.rooms ?? []
        if let room = back.room {
            // The room's own record is the truth: it is asked even when no session speaks of it.
            rooms = [room] + rooms.filter { $0 != room }
        }
        let expired = (session?.expired ?? []).filter {
            node.wallClock() - $0.at < Limits.expiredSeatMemory.milliseconds
        }
        guard !rooms.isEmpty else {
            let problem: Problem = failed ? .storeUnavailable : expired.isEmpty ? .sessionNotFound : .sessionExpired
            return refuse(problem, back.id, back.room, back.sender.connection)
        }
        if let session, sessions[session.client] == nil { sessions[session.client] = session }
        openReturns[back.sender.connection] = (rooms.count, back.welcomed)
        for room in rooms {
            let isAskedFor = back.room == nil || room == back.room
            let request = ReturnRequest(
                sender: back.sender, id: back.id, clientId: back.request.clientId, last: back.request.last,
                sync: back.request.sync,
                isAnswered: isAskedFor, wasExpired: expired.contains { $0.room == room })
            node.shard(of: room).post(.rejoin(room, request))
        }
    }

    private func returned(_ sender: Sender, _ room: RoomID, _ holdsSeat: Bool) {
        if holdsSeat {
            if let welcomed = openReturns[sender.connection]?.welcomed, welcomed != sender.client {
                directory.forget(welcomed, of: sender.connection)
            }
            if let old = directory.replaced(sender.client, by: sender.connection) {
                node.deliver(.close(.replaced), to: old)
            }
            // A session that was lost is made again from the room.
            if sessions[sender.client]?.rooms.contains(room) != true {
                note(room, receipt: nil, for: sender) { _ in }
            } else {
                seats.took(room, sender.client, from: sender.address)
            }
        } else if sessions[sender.client]?.rooms.contains(room) == true {
            change(sender.client) { $0.rooms.removeAll { $0 == room } }
        }
        closeReturn(of: sender)
    }

    /// One of the rooms asked has answered; after the last one the client's further messages go on.
    private func closeReturn(of sender: Sender) {
        guard let open = openReturns[sender.connection] else { return }
        guard open.rooms == 1 else {
            openReturns[sender.connection]?.rooms -= 1
            return
        }
        openReturns[sender.connection] = nil
        if directory.connection(of: sender.client) == nil { forget(sender.client) }
        node.deliver(.settled(.entrance), to: sender.connection)
    }

    private func refuse(_ problem: Problem, _ id: MessageID?, _ room: RoomID?, _ connection: ConnectionID) {
        let answer = ServerMessage.failure("reconnect_result", id: id, room: room, problem)
        node.deliver(.answer(Frame.text(answer), to: problem == .sessionNotFound ? .guess : .nothing), to: connection)
        node.deliver(.settled(.entrance), to: connection)
    }

    // MARK: Sessions

    private func seatEnded(_ client: ClientKey, _ room: RoomID, _ expired: Bool) {
        seats.gaveUp(room, client)
        let now = node.wallClock()
        guard expired else { return leave(room, client) }
        change(client) { session in
            session.rooms.removeAll { $0 == room }
            session.expired.removeAll { now - $0.at >= Limits.expiredSeatMemory.milliseconds }
            session.expired.append(.init(room: room, at: now))
        }
    }

    /// A room of which the stored session still speaks says itself that there is no seat. So that is not stored at once:
    /// whoever leaves joins another one, mostly, and then both are.
    private func leave(_ room: RoomID, _ client: ClientKey) {
        guard var session = sessions[client] else { return change(client) { $0.rooms.removeAll { $0 == room } } }
        touch(&session) { $0.rooms.removeAll { $0 == room } }
        sessions[client] = session
        if unsaved.isEmpty {
            loop.scheduleTask(in: Limits.sessionDelay) { [self] in assumeIsolated { $0.saveAll() } }
        }
        unsaved.insert(client)
    }

    private func saveAll() {
        for client in unsaved { if let session = sessions[client] { save(session, nil) } }
        unsaved = []
    }

    /// Nobody is connected as this client any more.
    private func forget(_ client: ClientKey) {
        let session = sessions.removeValue(forKey: client)
        if let session, unsaved.remove(client) != nil { save(session, nil) }
    }

    /// Changes a session and stores it; one that is not in memory is fetched first.
    /// - Parameter fresh: what is changed where there is none; nil: nothing.
    private func change(
        _ client: ClientKey, orBegin fresh: Session? = nil, _ body: @escaping @Sendable (inout Session) -> Void,
        then: (@Sendable (StoreError?) -> Void)? = nil
    ) {
        let isConnected = directory.connection(of: client) != nil
        if isConnected || sessions[client] != nil {
            var session = sessions[client] ?? fresh ?? session(new: client, nil)
            touch(&session, body)
            sessions[client] = session
            unsaved.remove(client)
            save(session, then)
        } else {
            let now = node.wallClock()
            Task { [store] in
                do throws(StoreError) {
                    // Of somebody just welcomed nothing is stored: whether it can be looked up does not matter.
                    let stored =
                        fresh == nil ? try await store.load(client, now: now) : try? await store.load(client, now: now)
                    guard var session = stored ?? fresh else { return then?(nil) ?? () }
                    touch(&session, body)
                    save(session, then)
                } catch {
                    node.logger.warning("session not changed", metadata: ["error": "\(error)"])
                    then?(error)
                }
            }
        }
    }

    private func touch(_ session: inout Session, _ body: (inout Session) -> Void) {
        body(&session)
        // By the clock, so that a session begun anew is newer than one that the store has not forgotten yet.
        session.revision = max(session.revision + 1, UInt64(node.wallClock()))
        session.expiresAt = node.wallClock() + Limits.sessionLife.milliseconds
    }

    private func save(_ session: Session, _ then: (@Sendable (StoreError?) -> Void)?) {
        Task { [store, node] in
            do throws(StoreError) {
                try await store.save(session)
                then?(nil)
            } catch {
                node.logger.warning("session not saved", metadata: ["error": "\(error)"])
                then?(error)
            }
        }
    }
}

/// What a room is asked when a client comes back.
struct ReturnRequest: Sendable {
    let sender: Sender
    let id: MessageID?
    /// The secret, which the answer gives back to its owner.
    let clientId: String
    let last: LastSeen?
    let sync: SyncMode
    /// Whether the client asked for this very room; in its other rooms it is only connected again.
    let isAnswered: Bool
    /// Whether the client's session says that this seat was given up.
    let wasExpired: Bool
}
