internal import DequeModule
internal import RoomEngine
internal import SessionStore

/// All rooms of this server as rows, and the ones a stranger may be seated in. Pure; a quick join and a page of the list
/// cost the same with ten rooms and with ten thousand.
struct RoomDirectory {
    /// What a quick join looks for.
    fileprivate struct Wish: Hashable {
        let gameType: String
        /// nil: any.
        let options: CheckedOptions?
    }

    fileprivate struct Entry {
        var row: RoomRow
        /// Seats promised to joins that are on their way to the room.
        var promised = 0
        /// In which queues the room stands: at most once in each.
        var queues: Queues = []
        let creator: ClientAddress?
        /// Whether the room itself has reported: before that it is on its way into the store, and in no list.
        var isKnown: Bool

        /// What lists show of it.
        var listed: RoomRow? { isKnown ? row : nil }

        var isOpen: Bool {
            !row.isPrivate && row.status.phase == .waiting && row.status.isAlive && !row.status.isLocked
                && row.status.players + promised < row.maxSeats
        }
    }

    /// Those that a room can stand in.
    fileprivate struct Queues: OptionSet {
        let rawValue: UInt8

        static let anyOptions = Self(rawValue: 1)
        static let itsOptions = Self(rawValue: 2)

        init(rawValue: UInt8) { self.rawValue = rawValue }
        init(of wish: Wish) { self = wish.options == nil ? .anyOptions : .itsOptions }
    }

    private var entries: [RoomID: Entry] = [:]
    private var lists = RoomLists()
    /// What the list of each game says, until it would say something else.
    private var texts: [String?: [UInt8]] = [:]
    /// Rooms that were open when they were put here; which still are is seen when they are taken.
    private var queues: [Wish: Deque<RoomID>] = [:]
    /// How many places there are in all queues.
    private(set) var places = 0
    private var roomsByAddress: [ClientAddress: Int] = [:]

    var count: Int { entries.count }
    /// Those that their shards know: of a room on its way to be made a shard would say that there is none.
    var knownRooms: [RoomID] { entries.lazy.filter(\.value.isKnown).map(\.key) }

    subscript(room: RoomID) -> RoomRow? { entries[room]?.row }

    func rooms(createdBy address: ClientAddress) -> Int { roomsByAddress[address, default: 0] }

    /// - Parameter isKnown: whether lists show it already, as they do a room found in the store.
    mutating func add(_ row: RoomRow, creator: ClientAddress?, isKnown: Bool = false) {
        let entry = Entry(row: row, creator: creator, isKnown: isKnown)
        show(entries.updateValue(entry, forKey: row.id)?.listed, as: entry.listed)
        if let creator { roomsByAddress[creator, default: 0] += 1 }
        enqueue(row.id)
    }

    /// A room has changed. One that is gone already stays gone.
    /// - Returns: the row that lists showed before; nil for a room that is new to them.
    mutating func update(_ row: RoomRow) -> RoomRow? {
        guard let entry = entries[row.id] else { return nil }
        entries[row.id]?.row = row
        entries[row.id]?.isKnown = true
        show(entry.listed, as: row)
        enqueue(row.id)
        return entry.listed
    }

    /// - Returns: the row that lists showed, if they did.
    @discardableResult
    mutating func remove(_ room: RoomID) -> RoomRow? {
        guard let entry = entries.removeValue(forKey: room) else { return nil }
        if let creator = entry.creator, let count = roomsByAddress[creator] {
            roomsByAddress[creator] = count > 1 ? count - 1 : nil
        }
        show(entry.listed, as: nil)
        return entry.listed
    }

    /// An open room for somebody who does not care which, and a seat in it promised to them; nil: there is none.
    /// - Parameter user: for whom it is, who is not to meet themself.
    mutating func findOpen(
        _ gameType: String, options: CheckedOptions?, except: Set<RoomID>, for user: UserKey? = nil
    ) -> RoomID? {
        let wish = Wish(gameType: gameType, options: options)
        var passedOver: [RoomID] = []
        defer { for room in passedOver.reversed() { queues[wish]?.prepend(room) } }
        while let room = queues[wish]?.first {
            guard let entry = entries[room], entry.isOpen else {
                queues[wish]?.removeFirst()
                places -= 1
                entries[room]?.queues.remove(Queues(of: wish))
                continue
            }
            let isTheirs = user.map(entry.row.status.users.contains) ?? false
            guard isTheirs || except.contains(room) else {
                entries[room]?.promised += 1
                if let user { entries[room]?.row.status.users.insert(user) }
                return room
            }
            queues[wish]?.removeFirst()
            passedOver.append(room)
        }
        return nil
    }

    mutating func promise(_ room: RoomID) { entries[room]?.promised += 1 }

    /// A join that was on its way has arrived, whatever became of it.
    mutating func settle(_ room: RoomID) {
        guard let promised = entries[room]?.promised, promised > 0 else { return }
        entries[room]?.promised = promised - 1
        enqueue(room)
    }

    /// A page of the public rooms, newest first.
    func rows(
        most: Int, gameType: String?, phase: RoomPhase? = nil, after cursor: RoomCursor? = nil
    ) -> [RoomRow] {
        lists.page(of: most, gameType: gameType, phase: phase, after: cursor).compactMap { entries[$0.id]?.row }
    }

    /// How many public rooms there are.
    func listed(gameType: String?) -> Int { lists.count(gameType: gameType, phase: nil) }

    /// The newest public rooms and how many there are, as members of a list. Hundreds may ask for it at once, and nothing
    /// has changed between them.
    mutating func listText(gameType: String?) -> [UInt8] {
        if let text = texts[gameType] { return text }
        var list = JSONObject()
        let text = list.members { data in
            data.set("rooms", array: rows(most: Limits.lobbyList, gameType: gameType).map(\.json))
            data.set("total", listed(gameType: gameType))
        }
        texts[gameType] = text
        return text
    }

    private mutating func show(_ before: RoomRow?, as after: RoomRow?) {
        guard before != after else { return }
        lists.change(from: before, to: after)
        texts = [:]
    }

    private mutating func enqueue(_ room: RoomID) {
        guard let entry = entries[room], entry.isOpen else { return }
        for options in Set([nil, entry.row.options]) {
            let wish = Wish(gameType: entry.row.gameType, options: options)
            guard entries[room]?.queues.insert(Queues(of: wish)).inserted == true else { continue }
            queues[wish, default: []].append(room)
            places += 1
        }
        if places > 4 * entries.count + 64 { sweep() }
    }

    /// Forgets the places of rooms that are gone, in queues that nobody takes from. Seldom enough to cost nothing: a room
    /// has two places at most.
    private mutating func sweep() {
        queues = queues.mapValues { queue in Deque(queue.filter { entries[$0] != nil }) }.filter { !$0.value.isEmpty }
        places = queues.values.reduce(0) { $0 + $1.count }
    }
}
