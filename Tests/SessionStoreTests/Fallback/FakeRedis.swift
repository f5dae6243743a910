import Synchronization

@testable import SessionStore

/// What outlives the servers of a test: sessions and rooms in memory, and how it fails.
final class FakeRedis: Sendable {
    enum Write: Sendable {
        case save(Session)
        case remove(ClientKey, revision: UInt64)
        case append([RoomCommit])
        case claim(RoomID)
    }

    /// What becomes of a command.
    enum Fate: CaseIterable {
        case done
        /// Nothing is done, and that is said.
        case failsBefore
        /// It is done, and the answer is that it failed.
        case failsAfter
        /// The answer is that it failed, and it is done when ``carryOutLate(_:)`` says so.
        case comesLate
    }

    struct State {
        fileprivate(set) var sessions: [ClientKey: Session] = [:]
        fileprivate(set) var rooms = MemoryRoomStore(keepsArchives: true)
        /// All that was done since the data began.
        fileprivate(set) var journal: [Write] = []
        fileprivate(set) var late: [Write] = []
        /// How much of the journal every replica has heard of.
        fileprivate var agreed = 0
        fileprivate(set) var calls = 0
        var isDown = false
        var data = 1
        var run = 1
        var owner: String?
    }

    private let state: Mutex<State>
    private let fate: Mutex<@Sendable (Int) -> Fate> = Mutex { _ in .done }
    /// Called before and after everything that is done.
    private let observer: Mutex<@Sendable () -> Void> = Mutex {}

    init() { state = Mutex(State()) }

    /// One that has done what another one did, and is yet to do what comes late.
    init(_ journal: [Write], late: [Write] = []) {
        state = Mutex(State())
        for write in journal { perform(write) }
        state.withLock { $0.late = late }
    }

    var sessions: Sessions { Sessions(redis: self) }
    var rooms: Rooms { Rooms(redis: self) }

    func look<Value: Sendable>(_ body: (borrowing State) -> Value) -> Value { state.withLock { body($0) } }
    func change(_ body: (inout sending State) -> Void) { state.withLock { body(&$0) } }
    /// - Parameter fate: by the number of the command, from 1 on.
    func decide(_ fate: @escaping @Sendable (Int) -> Fate) { self.fate.withLock { $0 = fate } }
    func observe(_ observer: @escaping @Sendable () -> Void) { self.observer.withLock { $0 = observer } }

    func probe() throws(StoreError) -> Pulse {
        let (isDown, pulse) = state.withLock { state in
            (state.isDown, Pulse(dataID: "\(state.data)", runID: "\(state.run)", otherOwner: state.owner))
        }
        guard !isDown else { throw StoreError(.unavailable, "down") }
        return pulse
    }

    /// Does some of what was held up.
    func carryOutLate(_ isChosen: (Int) -> Bool = { _ in true }) {
        let late = state.withLock { state in
            let chosen = state.late.indices.filter(isChosen)
            let late = chosen.map { state.late[$0] }
            for index in chosen.reversed() { state.late.remove(at: index) }
            return late
        }
        for write in late { perform(write) }
    }

    /// FLUSHALL, or a restart without persistence.
    func loseAll() {
        state.withLock { state in
            state.sessions = [:]
            state.rooms = MemoryRoomStore(keepsArchives: true)
            state.journal = []
            state.agreed = 0
            state.data += 1
            state.run += 1
        }
    }

    /// So much time goes by that nothing comes late any more, and every replica has heard of all.
    func settle() {
        carryOutLate()
        state.withLock { $0.agreed = $0.journal.count }
    }

    /// A replica takes over that had not heard of the last commands.
    func loseLast(_ count: Int) {
        let rest = look { Array($0.journal.prefix(max($0.agreed, $0.journal.count - count))) }
        state.withLock { state in
            state.sessions = [:]
            state.rooms = MemoryRoomStore(keepsArchives: true)
            state.journal = []
            state.run += 1
        }
        for write in rest { perform(write) }
    }

    // MARK: Commands

    private func nextFate() -> Fate {
        let (call, isDown) = state.withLock { state in
            state.calls += 1
            return (state.calls, state.isDown)
        }
        return isDown ? .failsBefore : fate.withLock { $0 }(call)
    }

    fileprivate static let failure = StoreError(.unavailable, "no answer in time")

    fileprivate func read<Value>(_ body: (borrowing State) -> Value) throws(StoreError) -> Value {
        guard nextFate() == .done else { throw Self.failure }
        return state.withLock { body($0) }
    }

    fileprivate func write(_ write: Write) throws(StoreError) -> Answer {
        let observe = observer.withLock { $0 }
        observe()
        switch nextFate() {
        case .done:
            let answer = perform(write)
            observe()
            return answer
        case .failsBefore: break
        case .failsAfter:
            perform(write)
            observe()
        case .comesLate: state.withLock { $0.late.append(write) }
        }
        throw Self.failure
    }

    fileprivate enum Answer {
        case done
        case report(AppendReport)
        case room(StoredRoom?)
    }

    @discardableResult
    private func perform(_ write: Write) -> Answer {
        state.withLock { state in
            state.journal.append(write)
            switch write {
            case .save(let session):
                if let stored = state.sessions[session.client], stored.revision > session.revision { return .done }
                state.sessions[session.client] = session
                return .done
            case .remove(let client, let revision):
                if let stored = state.sessions[client], stored.revision > revision { return .done }
                state.sessions[client] = nil
                return .done
            case .append(let commits):
                let report = Mutex(AppendReport())
                state.rooms.append(commits) { result in report.withLock { $0 = (try? result.get()) ?? .stored } }
                return .report(report.withLock { $0 })
            case .claim(let room):
                let stored = Mutex<StoredRoom?>(nil)
                state.rooms.claim(room) { result in stored.withLock { $0 = try? result.get() } }
                return .room(stored.withLock { $0 })
            }
        }
    }

    struct Sessions: SessionStore {
        fileprivate let redis: FakeRedis

        func load(_ client: ClientKey, now: Int64) async throws(StoreError) -> Session? {
            try redis.read { $0.sessions[client].flatMap { $0.expiresAt > now ? $0 : nil } }
        }

        func save(_ session: Session) async throws(StoreError) { _ = try redis.write(.save(session)) }

        func remove(_ client: ClientKey, revision: UInt64) async throws(StoreError) {
            _ = try redis.write(.remove(client, revision: revision))
        }

        func removeExpired(now: Int64) async throws(StoreError) {}
    }

    struct Rooms: RoomStore {
        fileprivate let redis: FakeRedis

        func claim(_ room: RoomID, completion: @escaping @Sendable (Result<StoredRoom?, StoreError>) -> Void) {
            completion(
                answer(.claim(room)).map { if case .room(let room) = $0 { room } else { nil } })
        }

        func append(
            _ commits: [RoomCommit], completion: @escaping @Sendable (Result<AppendReport, StoreError>) -> Void
        ) {
            completion(
                answer(.append(commits)).map { if case .report(let report) = $0 { report } else { .stored } })
        }

        func headers(after room: RoomID?, limit: Int) async throws(StoreError) -> [RoomHeader] {
            try await redis.read { $0.rooms }.headers(after: room, limit: limit)
        }

        func archive(of room: RoomID) async throws(StoreError) -> RoomArchive? {
            try await redis.read { $0.rooms }.archive(of: room)
        }

        func removeExpiredArchives(now: Int64) async throws(StoreError) -> Int {
            try await redis.read { $0.rooms }.removeExpiredArchives(now: now)
        }

        private func answer(_ write: Write) -> Result<Answer, StoreError> {
            do throws(StoreError) { return .success(try redis.write(write)) } catch { return .failure(error) }
        }
    }
}
