internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import RoomEngine
internal import SessionStore

/// `/api`: games and rooms, for pages that are not connected yet and for other servers.
struct RoomRoutes: Sendable {
    let node: Node

    func add(to router: Router<HTTPContext>) {
        router.get("/api/games") { _, _ in Response.json(games) }
        router.get("/api/rooms") { request, _ in try await list(request) }
        router.get("/api/rooms/:room") { _, context in try await room(context) }
        router.post("/api/rooms") { request, context in try await create(request, context) }
    }

    private var games: [UInt8] {
        var object = JSONObject()
        object.set("games", json: node.facts.games)
        return object.closed()
    }

    private func list(_ request: Request) async throws -> Response {
        let parameters = request.uri.queryParameters
        let limit = try number("limit", parameters["limit"], 1...Limits.roomsPageMost) ?? Limits.roomsPage
        let phase = try parameters["phase"].map { text in
            guard let phase = RoomPhase(rawValue: String(text)) else {
                throw Problem.badField("phase", "phase is one of: waiting, playing, paused, finished.")
            }
            return phase
        }
        let cursor = try parameters["cursor"].map { text in
            guard let cursor = RoomCursor(text: String(text)) else {
                throw Problem.badField("cursor", "cursor is what an earlier page gave as next.")
            }
            return cursor
        }
        let gameType = parameters["gameType"].map(String.init)
        if let gameType, node.games[gameType] == nil {
            throw Problem(.unknownGame, "There is no game of that name.")
        }
        let query = RoomQuery(gameType: gameType, phase: phase, limit: limit, cursor: cursor)
        let page = try await ask { promise in node.rooms.post(.page(query, promise)) }
        var object = JSONObject()
        object.set("rooms", array: page.rooms.map(\.json))
        if let next = page.next { object.set("next", next.text) } else { object.set("next", null: ()) }
        return .json(object.closed())
    }

    private func room(_ context: HTTPContext) async throws -> Response {
        guard let text = context.parameters.get("room"), let room = RoomID(rawValue: text) else {
            throw Problem.roomNotFound
        }
        let peek = try await ask { promise in node.shard(of: room).post(.peek(room, promise)) }
        guard let peek else { throw Problem.roomNotFound }
        return .json(peek.json)
    }

    private func create(_ request: Request, _ context: HTTPContext) async throws -> Response {
        let fields = try await RequestBody.read(request)
        guard let gameType = try fields.string("gameType") else { throw fields.problem("gameType", "is missing") }
        let visibility = try fields.choice("visibility", RoomVisibility.names) ?? .public
        let options = fields.raw("options").map(Array.init)
        guard options?.count ?? 0 <= Limits.optionsBytes else { throw fields.problem("options", "is too long") }
        let key = request.headers[.idempotencyKey]
        guard key?.utf8.count ?? 0 <= Limits.idempotencyKeyBytes else {
            throw fields.problem("Idempotency-Key", "is too long")
        }
        let order = RoomOrder(
            gameType: gameType, options: options, visibility: visibility, idempotencyKey: key,
            creator: try await Credentials(request, node).creator(at: context.address(node.gatekeeper, of: request)))
        let room = try await ask { promise in node.rooms.post(.create(order, promise)) }
        var object = JSONObject()
        object.set("roomId", room.rawValue)
        object.set("url", node.playURL(gameType: gameType, room: room))
        var response = Response.json(object.closed(), status: .created)
        response.headers[.location] = "/api/rooms/\(room)"
        return response
    }

    private func number(_ name: String, _ text: Substring?, _ range: ClosedRange<Int>) throws(Problem) -> Int? {
        guard let text else { return nil }
        guard let number = Int(text), range ~= number else {
            throw .badField(name, "\(name) is a whole number from \(range.lowerBound) to \(range.upperBound).")
        }
        return number
    }

    private func ask<Value: Sendable>(_ post: (EventLoopPromise<Value>) -> Void) async throws -> Value {
        let promise = node.hubs[0].loop.makePromise(of: Value.self)
        post(promise)
        return try await promise.futureResult.get()
    }
}
