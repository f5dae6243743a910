internal import SessionStore

/// Which clients are connected: by id, by user, by address, by game. Pure.
struct ClientDirectory {
    private var connections: [ClientKey: ConnectionID] = [:]
    private var addresses: [ClientAddress: Int] = [:]
    /// Who each open connection has proved to be.
    private var people: [ConnectionID: UserKey?] = [:]
    private var users: [UserKey: Set<ConnectionID>] = [:]
    private var games: [String: Int] = [:]
    private(set) var connectionCount = 0

    /// Connected people who are known as users.
    var userCount: Int { users.count }
    /// How many clients are in rooms of each game.
    var clientsByGame: [String: Int] { games }

    func connection(of client: ClientKey) -> ConnectionID? { connections[client] }
    func isOpen(_ connection: ConnectionID) -> Bool { people[connection] != nil }
    func user(of connection: ConnectionID) -> UserKey? { people[connection] ?? nil }
    func connections(of user: UserKey) -> Set<ConnectionID> { users[user] ?? [] }

    /// Whether a user may have one more connection. 0 means no limit.
    func admits(_ user: UserKey, most: Int) -> Bool { most == 0 || connections(of: user).count < most }

    /// Lets one more connection from `address` in, unless it is one too many; it counts from now on. 0 means no limit.
    /// - Returns: which limit it is over.
    mutating func admit(_ address: ClientAddress, most: Int, mostPerAddress: Int) -> LimitName? {
        guard most == 0 || connectionCount < most else { return .connections }
        guard mostPerAddress == 0 || addresses[address, default: 0] < mostPerAddress else {
            return .connectionsPerAddress
        }
        connectionCount += 1
        addresses[address, default: 0] += 1
        return nil
    }

    /// A connection that was let in has ended.
    mutating func left(_ address: ClientAddress) {
        connectionCount -= 1
        Self.decrease(address, in: &addresses)
    }

    mutating func opened(_ connection: ConnectionID, as client: ClientKey, user: UserKey?) {
        connections[client] = connection
        people[connection] = .some(user)
        if let user { users[user, default: []].insert(connection) }
    }

    /// An open connection has proved who it is.
    mutating func proved(_ connection: ConnectionID, as user: UserKey) {
        people[connection] = user
        users[user, default: []].insert(connection)
    }

    /// The connection is this client now.
    /// - Returns: the connection that was it before, which must go.
    mutating func replaced(_ client: ClientKey, by connection: ConnectionID) -> ConnectionID? {
        let old = connections.updateValue(connection, forKey: client)
        return old == connection ? nil : old
    }

    /// The connection is somebody else now, and this id of its own welcome is void.
    mutating func forget(_ client: ClientKey, of connection: ConnectionID) {
        if connections[client] == connection { connections[client] = nil }
    }

    mutating func closed(_ connection: ConnectionID, as client: ClientKey, from address: ClientAddress) {
        if connections[client] == connection { connections[client] = nil }
        left(address)
        guard let user = people.removeValue(forKey: connection) ?? nil else { return }
        users[user]?.remove(connection)
        if users[user]?.isEmpty == true { users[user] = nil }
    }

    mutating func entered(game: String) { games[game, default: 0] += 1 }
    mutating func left(game: String) { Self.decrease(game, in: &games) }

    private static func decrease<Key: Hashable>(_ key: Key, in counts: inout [Key: Int]) {
        guard let count = counts[key] else { return }
        counts[key] = count > 1 ? count - 1 : nil
    }
}
