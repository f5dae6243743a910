internal import GameKitProtocol
internal import NIOCore
internal import RoomEngine
internal import SessionStore

/// Which room a join is for: the one it names, one where strangers wait, or a new one.
extension RoomManager {
    /// - Parameter hasLooked: whether the store was asked for a room that was not known.
    func place(_ placement: Placement, hasLooked: Bool = false) {
        if isRecovering, !hasLooked, let room = placement.room, directory[room] == nil {
            return look(for: room, placement)
        }
        do throws(Problem) {
            if isDraining { throw .draining }
            let choice = try choose(placement)
            if placement.join.isSpectator { return send(placement, choice) }
            let receipt = placement.id.map {
                Session.JoinReceipt(id: $0.digest, content: placement.digest, room: choice.room)
            }
            clients.assumeIsolated { clients in
                clients.note(choice.room, receipt: receipt, for: placement.sender) { [self] error in
                    post(.noted(placement, choice, error))
                }
            }
        } catch {
            refuse(placement, error)
        }
    }

    /// After a start, rooms come out of the store one after another; one that is asked for comes at once.
    private func look(for room: RoomID, _ placement: Placement) {
        let promise = loop.makePromise(of: Void.self)
        promise.futureResult.whenComplete { [self] _ in post(.looked(placement)) }
        node.shard(of: room).post(.wake(room, promise))
    }

    func noted(_ placement: Placement, _ choice: Choice, _ error: StoreError?) {
        guard error != nil else { return send(placement, choice) }
        clients.assumeIsolated { $0.notSeated(placement.sender.client, in: choice.room) }
        if choice.isNew != nil { directory.remove(choice.room) }
        if choice.isPromised { directory.settle(choice.room) }
        refuse(placement, .storeUnavailable)
    }

    private func send(_ placement: Placement, _ choice: Choice) {
        let order = JoinOrder(
            sender: placement.sender, id: placement.id, join: placement.join, isFirst: choice.isNew != nil,
            isPromised: choice.isPromised,
            isInvited: choice.isNew != nil || placement.pass?.isInvitation == true)
        let shard = node.shard(of: choice.room)
        if let new = choice.isNew { shard.post(.create(new, nil)) }
        shard.post(.join(choice.room, order))
    }

    /// The room for a join, made or found.
    private func choose(_ placement: Placement) throws(Problem) -> Choice {
        let session = clients.assumeIsolated { $0.session(of: placement.sender) }
        if let id = placement.id?.digest, let receipt = session.joins.last(where: { $0.id == id }) {
            guard receipt.content == placement.digest else {
                throw Problem(.idReused, "That id was used for another join.")
            }
            guard directory[receipt.room] != nil else { throw .roomNotFound }
            return Choice(room: receipt.room, isNew: nil, isPromised: false)
        }
        if let room = placement.room { return try existing(room, placement, session) }

        guard let gameType = placement.gameType else {
            throw Problem(.badMessage, "Say which game or which room.", field: "gameType")
        }
        let game = try game(gameType)
        try checkAnonymity(of: placement, game)
        // Whoever was let into one room alone is not led into any other.
        try checkPass(of: placement, nil, gameType)
        if !placement.join.creates {
            if let own = session.rooms.first(where: { isWaiting($0, gameType) }) {
                return Choice(room: own, isNew: nil, isPromised: false)
            }
            try checkAdmission(placement.sender.address)
            try checkSeats(placement.sender, session)
            let options = try placement.join.options.map { text throws(Problem) in
                try check(text, game, placement.sender.address)
            }
            if !placement.join.isSpectator, placement.join.visibility == .public,
                let room = directory.findOpen(
                    gameType, options: options, except: Set(session.rooms), for: placement.sender.user)
            {
                return Choice(room: room, isNew: nil, isPromised: true)
            }
        } else {
            try checkAdmission(placement.sender.address)
            try checkSeats(placement.sender, session)
        }
        if placement.join.isSpectator && !placement.join.creates {
            guard let room = directory.rows(most: 1, gameType: gameType).first else { throw .roomNotFound }
            return Choice(room: room.id, isNew: nil, isPromised: false)
        }
        let new = try newRoom(
            game, options: placement.join.options, visibility: placement.join.visibility,
            creator: .client(placement.sender.address, placement.sender.user))
        return Choice(room: new.header.id, isNew: new, isPromised: true)
    }

    private func existing(
        _ room: RoomID, _ placement: Placement, _ session: Session
    ) throws(Problem) -> Choice {
        guard let row = directory[room] else { throw .roomNotFound }
        if let gameType = placement.gameType, gameType != row.gameType {
            throw row.isPrivate ? .roomNotFound : Problem(.wrongGame, "That room is of another game.")
        }
        try checkAnonymity(of: placement, try game(row.gameType))
        try checkPass(of: placement, room, row.gameType)
        if !session.rooms.contains(room) {
            try checkAdmission(placement.sender.address)
            if !placement.join.isSpectator { try checkSeats(placement.sender, session) }
        }
        directory.promise(room)
        return Choice(room: room, isNew: nil, isPromised: true)
    }

    func newRoom(
        _ game: GameSettings, options: [UInt8]?, visibility: RoomVisibility, creator: Creator
    ) throws(Problem) -> NewRoom {
        try checkCreator(creator, game)
        if visibility == .invited, !node.tokens.takesTokens { throw .noInvitations }
        let options = try check(options ?? Array("{}".utf8), game, creator.address)
        let limits = node.limits
        guard limits.maxRooms == 0 || directory.count < limits.maxRooms else {
            node.metrics.refused(.rooms)
            throw Problem(.serverBusy, "There are as many rooms as this server holds.", retryAfter: .seconds(10))
        }
        guard limits.maxRoomsPerAddress == 0 || directory.rooms(createdBy: creator.address) < limits.maxRoomsPerAddress
        else {
            node.metrics.refused(.roomsPerAddress)
            throw Problem(.tooManyRooms, "There are too many rooms from your address.")
        }
        // An id has so many bits that two rooms never draw the same; a private one cannot be guessed.
        let text = visibility != .public ? RandomText.base64url(bytes: 16) : RandomText.readable(length: 12)
        guard let id = RoomID(rawValue: text) else { throw .internal }
        let header = RoomHeader(
            id: id, gameType: game.entry.manifest.type, visibility: visibility, createdAt: node.wallClock())
        let row = RoomRow(
            id: id, gameType: header.gameType, options: options, isPrivate: header.isPrivate,
            createdAt: header.createdAt,
            maxSeats: options.seats.upperBound)
        directory.add(row, creator: creator.address)
        directory.promise(id)
        return NewRoom(header: header, options: options)
    }

    func game(_ gameType: String) throws(Problem) -> GameSettings {
        guard !node.traps.sentence.games.contains(gameType) else { throw .switchedOff }
        guard let game = node.games[gameType] else { throw Problem(.unknownGame, "There is no game of that name.") }
        return game
    }

    private func check(
        _ options: [UInt8], _ game: GameSettings, _ address: ClientAddress
    ) throws(Problem) -> CheckedOptions {
        do throws(OptionsFault) {
            // The first shard's note: it lives on this loop too.
            return try node.traps.recorder.note(0).checking(options, game, from: address) { () throws(OptionsFault) in
                try game.entry.options(options, game.options)
            }
        } catch {
            throw Problem(.badOptions, error.message, reason: error.reason, field: "options")
        }
    }

    private func isWaiting(_ room: RoomID, _ gameType: String) -> Bool {
        guard let row = directory[room] else { return false }
        return row.gameType == gameType && row.status.phase == .waiting
    }

    private func checkAnonymity(of placement: Placement, _ game: GameSettings) throws(Problem) {
        guard game.allowsAnonymous || placement.sender.user != nil else {
            throw Problem(.unauthorized, "This game is for users who have proved who they are.")
        }
    }

    private func checkCreator(_ creator: Creator, _ game: GameSettings) throws(Problem) {
        switch (game.creators, creator) {
        case (.anyone, _), (_, .server), (.users, .client(_, .some)): break
        case (.users, .client(_, nil)): throw Problem(.unauthorized, "Rooms of this game are made by users.")
        case (.server, .client): throw Problem(.forbidden, "You may not make rooms of this game.")
        }
    }

    /// - Parameter room: nil: one that is yet to be made, or any.
    private func checkPass(of placement: Placement, _ room: RoomID?, _ gameType: String) throws(Problem) {
        let refusal = placement.pass?.refusal(
            room: room, gameType: gameType, asSpectator: placement.join.isSpectator)
        if let refusal { throw refusal }
    }

    /// Whether a client may take one more seat.
    private func checkSeats(_ sender: Sender, _ session: Session) throws(Problem) {
        let taken = clients.assumeIsolated { $0.seats(from: sender.address) }
        let mostTaken = node.limits.maxSeatsPerAddress
        guard mostTaken == 0 || taken < mostTaken else {
            node.metrics.refused(.seatsPerAddress)
            throw Problem(.tooManyRooms, "There are too many seats taken from your address.")
        }
        let most = node.limits.maxRoomsPerClient
        guard most == 0 || session.rooms.count < most else {
            node.metrics.refused(.roomsPerClient)
            throw Problem(.tooManyRooms, "You are in \(most) rooms already: leave one first.")
        }
    }

    /// Whether somebody new may come into a room at all. Whoever comes back to a seat is not asked.
    func checkAdmission(_ address: ClientAddress) throws(Problem) {
        guard !node.isOverloaded else {
            node.metrics.refused(.load)
            throw Problem(.serverBusy, "The server is busy. Try again in a moment.", retryAfter: Limits.overloadRetry)
        }
        guard !node.traps.sentence.bars(address, at: node.wallClock()) else { throw .barred }
        guard let wait = joins.take(from: address, at: loop.now) else { return }
        node.metrics.refused(.joins)
        throw Problem(.rateLimited, "That is too many joins from your address.", retryAfter: wait)
    }

    private func refuse(_ placement: Placement, _ problem: Problem) {
        // Only a room that was named can be guessed.
        let isGuess = problem.code == .roomNotFound && placement.room != nil
        if isGuess { node.deliver(.settled(.guess), to: placement.sender.connection) }
        node.deliver(placement.refusal(problem), to: placement.sender.connection)
    }
}
