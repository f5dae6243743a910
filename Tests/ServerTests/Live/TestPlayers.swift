import Testing

/// A client that was welcomed, and maybe sits somewhere.
struct Guest: Sendable {
    let client: TestClient
    let clientId: String
    var room = ""

    func send(_ text: String) async throws { try await client.send(text) }
    func next() async throws -> JSON { try await client.next() }

    @discardableResult
    func expect(_ type: String, sourceLocation: SourceLocation = #_sourceLocation) async throws -> JSON {
        try await client.expect(type, sourceLocation: sourceLocation)
    }

    @discardableResult
    func skip(to type: String, where isWanted: (JSON) -> Bool = { _ in true }) async throws -> JSON {
        try await client.skip(to: type, where: isWanted)
    }

    /// Sends a request and gives the message of the wanted type that comes first.
    @discardableResult
    func ask(_ request: String, _ type: String) async throws -> JSON {
        try await send(request)
        return try await skip(to: type)
    }

    /// Joins and reads the answer and the state after it.
    /// - Parameters:
    ///   - envelope: members of the message, as `"gameType":"dice"`.
    ///   - data: members of its data.
    mutating func join(
        _ envelope: String, _ data: String = "", sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> (result: JSON, state: JSON) {
        try await send(#"{"type":"join_room",\#(envelope),"data":{\#(data)}}"#)
        let result = try await skip(to: "join_room_result")
        try #require(result["success"] == true, "\(result)", sourceLocation: sourceLocation)
        room = result["roomId"]?.string ?? ""
        return (result, try await expect("game_state", sourceLocation: sourceLocation))
    }

    func move(_ data: String, id: String? = nil) async throws {
        let id = id.map { #","id":"\#($0)""# } ?? ""
        try await send(#"{"type":"make_move"\#(id),"roomId":"\#(room)","data":\#(data)}"#)
    }
}

extension TestServer {
    /// A client that has read its welcome.
    func guest(path: String = "/ws", headers: [(String, String)] = []) async throws -> Guest {
        let client = try await TestClient.open(port: port, path: path, headers: headers)
        let welcome = try await client.expect("welcome")
        return Guest(client: client, clientId: try #require(welcome.data["clientId"]?.string))
    }

    /// A client in a new room.
    func host(_ gameType: String, _ data: String = "") async throws -> Guest {
        var guest = try await guest()
        _ = try await guest.join(#""gameType":"\#(gameType)""#, #""create":true"# + (data.isEmpty ? "" : ",\(data)"))
        return guest
    }

    /// A client in the room of another.
    func guest(in room: String, _ data: String = "") async throws -> Guest {
        var guest = try await guest()
        _ = try await guest.join(#""roomId":"\#(room)""#, data)
        return guest
    }

    /// Two players whose game has started, with nothing left to read.
    func pair(_ gameType: String, _ data: String = "") async throws -> (Guest, Guest) {
        let first = try await host(gameType, data)
        let second = try await guest(in: first.room)
        try await first.skip(to: "game_state") { $0.data["phase"] == "playing" }
        return (first, second)
    }

    /// Comes back to a seat with a new connection.
    func comeBack(_ clientId: String, to room: String, _ data: String = "") async throws -> (Guest, JSON) {
        var guest = try await guest()
        guest.room = room
        let more = data.isEmpty ? "" : ",\(data)"
        let result = try await guest.ask(
            #"{"type":"reconnect","roomId":"\#(room)","data":{"clientId":"\#(clientId)"\#(more)}}"#, "reconnect_result")
        return (Guest(client: guest.client, clientId: clientId, room: room), result)
    }
}
