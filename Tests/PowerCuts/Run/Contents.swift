internal import SessionStore

/// What a store must hand out after a certain transaction: kept apart from any store, so that none judges itself.
struct Contents: Equatable {
    var rooms: [RoomID: StoredRoom] = [:]
    /// Of rooms that live, and of some that are gone.
    var archives: [RoomID: RoomArchive] = [:]
    var sessions: [ClientKey: Session] = [:]

    mutating func apply(_ round: Round) {
        switch round {
        case .append(let batches):
            for commit in batches.joined() {
                apply(commit)
                archive(commit)
            }
        case .claim(let room):
            rooms[room] = rooms[room].map { old in
                StoredRoom(
                    header: old.header, term: old.term + 1, epoch: old.epoch, snapshot: old.snapshot,
                    snapshotVersion: old.snapshotVersion, inputs: old.inputs)
            }
        case .save(let session): sessions[session.client] = session
        }
    }

    private mutating func apply(_ commit: RoomCommit) {
        let old = rooms[commit.room]
        switch commit.change {
        case .created(let header, let snapshot, _), .rewritten(let header, let snapshot, _):
            rooms[commit.room] = room(header, commit, snapshot)
        case .confirmed: break
        case .input(let input, nil):
            rooms[commit.room] = old.map { old in
                StoredRoom(
                    header: old.header, term: old.term, epoch: old.epoch, snapshot: old.snapshot,
                    snapshotVersion: old.snapshotVersion, inputs: old.inputs + [input])
            }
        case .input(_, let snapshot?), .snapshot(let snapshot, _), .migrated(let snapshot):
            rooms[commit.room] = old.map { room($0.header, commit, snapshot) }
        case .removed: rooms[commit.room] = nil
        }
    }

    private mutating func archive(_ commit: RoomCommit) {
        let old = archives[commit.room]
        func added(_ inputs: [[UInt8]]) -> RoomArchive? {
            old.map { RoomArchive(header: $0.header, start: $0.start, inputs: $0.inputs + inputs) }
        }
        switch commit.change {
        case .created(let header, let snapshot, true), .rewritten(let header, let snapshot, true):
            archives[commit.room] = RoomArchive(header: header, start: snapshot, inputs: [])
        case .created(_, _, false), .confirmed: break
        case .rewritten(_, _, false): archives[commit.room] = nil
        case .input(let input, _): archives[commit.room] = added([input])
        case .snapshot(_, let inputs): archives[commit.room] = added(inputs)
        case .migrated(let snapshot):
            archives[commit.room] = old.map { RoomArchive(header: $0.header, start: snapshot, inputs: []) }
        case .removed(let archivedUntil): archives[commit.room] = archivedUntil == nil ? nil : old
        }
    }

    private func room(_ header: RoomHeader, _ commit: RoomCommit, _ snapshot: [UInt8]) -> StoredRoom {
        StoredRoom(
            header: header, term: commit.term, epoch: commit.epoch, snapshot: snapshot,
            snapshotVersion: commit.version, inputs: [])
    }

    /// All that the store in a folder has, and whether its file is sound.
    static func read(_ folder: String) async throws -> Contents {
        let database = try SQLiteDatabase(folder: folder)
        do {
            try await database.checkIntegrity()
            let contents = try await read(database)
            await database.close()
            return contents
        } catch {
            await database.close()
            throw error
        }
    }

    private static func read(_ database: SQLiteDatabase) async throws -> Contents {
        let (store, sessions) = (SQLiteRoomStore(database), SQLiteSessionStore(database))
        var contents = Contents()
        for header in try await store.headers(after: nil, limit: 2 * Workload.rooms.count) {
            guard let room = try await store.claim(header.id) else { throw Failure("a room has a header and no more") }
            // As it was before this claim.
            contents.rooms[header.id] = StoredRoom(
                header: room.header, term: room.term - 1, epoch: room.epoch, snapshot: room.snapshot,
                snapshotVersion: room.snapshotVersion, inputs: room.inputs)
        }
        for room in Workload.rooms { contents.archives[room] = try await store.archive(of: room) }
        for client in Workload.clients {
            contents.sessions[client] = try await sessions.load(client, now: 0)
        }
        return contents
    }
}

extension SQLiteRoomStore {
    func claim(_ room: RoomID) async throws(StoreError) -> StoredRoom? {
        let result = await withCheckedContinuation { done in claim(room) { done.resume(returning: $0) } }
        return try result.get()
    }
}
