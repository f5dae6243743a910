/// The names of all keys. No command or script touches two that may lie on different nodes of a Redis Cluster: what
/// belongs together shares a hash tag, the part in braces (Redis Cluster specification, "Hash tags").
public struct RedisKeys: Sendable {
    private let prefix: String

    /// - Parameter prefix: what all names begin with; without braces.
    public init(prefix: String) { self.prefix = prefix }

    /// A string: the session's revision in 20 digits, and the session.
    func session(_ client: ClientKey) -> String { "\(prefix)session:\(client.rawValue)" }

    /// A hash; with only `gone` in it, the term in which the room was removed.
    func room(_ room: RoomID) -> String { "\(prefix)room:{\(room)}" }
    /// A list: the inputs since the snapshot.
    func log(_ room: RoomID) -> String { "\(prefix)room:{\(room)}:log" }
    /// A hash: what the archive begins with, how large it is and until when it is kept.
    func archive(_ room: RoomID) -> String { "\(prefix)room:{\(room)}:archive" }
    /// A list: the archive's pieces.
    func pieces(_ room: RoomID) -> String { "\(prefix)room:{\(room)}:pieces" }
    func all(_ room: RoomID) -> [String] { [self.room(room), log(room), archive(room), pieces(room)] }

    /// A sorted set of room ids, each with score 0: every room that there is, and maybe some that there are not.
    var rooms: String { "\(prefix)rooms" }
    /// A sorted set of room ids by the time at which somebody should look what is left of them.
    var due: String { "\(prefix)due" }

    /// A random name for the data, lost with them.
    var run: String { "\(prefix){server}:run" }
    /// The server that uses these keys.
    var owner: String { "\(prefix){server}:owner" }
}
