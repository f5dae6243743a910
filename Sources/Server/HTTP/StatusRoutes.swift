internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import SessionStore

/// What operators and their machines ask: is it up, is it well, how much does it do.
struct StatusRoutes: Sendable {
    let node: Node
    let status: ServerStatus

    func add(to router: Router<HTTPContext>) {
        router.get("/livez") { _, _ in Response.json(Array(#"{"status":"live"}"#.utf8)) }
        router.get("/readyz") { _, _ in readiness() }
        router.get("/ws") { request, _ in refuseSocket(request) }
    }

    /// What may be kept to an address of its own.
    func addDetails(to router: Router<HTTPContext>) {
        router.get("/health") { request, _ in try await health(isDeep: request.uri.queryParameters["deep"] == "1") }
        router.get("/metrics") { request, _ in try await metrics(request) }
    }

    /// What came for a socket and is none: why, as far as it can be said.
    private func refuseSocket(_ request: Request) -> Response {
        guard node.gatekeeper.refusal(of: Visit(request.head)) == nil else {
            return HTTPProblem(Problem(.forbidden, "Pages of that origin may not connect.")).response
        }
        var response = HTTPProblem(.upgradeRequired, Problem(.badMessage, "This is a WebSocket.")).response
        response.headers[.upgrade] = "websocket"
        return response
    }

    private func readiness() -> Response {
        let isReady = status.isReady
        return .json(
            Array((isReady ? #"{"status":"ready"}"# : #"{"status":"not_ready"}"#).utf8),
            status: isReady ? .ok : .serviceUnavailable)
    }

    private func health(isDeep: Bool) async throws -> Response {
        let store = await status.pingStore()
        let redis = await status.redisHealth()
        let counts = await status.counts()
        let roundTrip = isDeep ? await status.roundTrip() : nil
        let isServing = status.isReady
        let isStoring = store.error == nil && redis?.isServing != false
        let isHealthy = isServing && isStoring && !node.isOverloaded && (!isDeep || roundTrip != nil)
        var object = JSONObject()
        object.set("status", isHealthy ? "healthy" : "degraded")
        object.set("timestamp", node.wallClock())
        object.set("uptimeSeconds", status.uptime.components.seconds)
        object.set("store") { stores in
            stores.set("redis") { object in
                if let redis { redis.describe(in: &object) } else { object.set("status", "off") }
            }
            stores.set("sqlite") { sqlite in
                sqlite.set("status", store.status)
                sqlite.set("pingMs", store.pingMilliseconds)
                sqlite.set("error", store.error)
            }
        }
        object.set("connections", counts.connections)
        object.set("users", counts.users)
        object.set("rooms", counts.rooms)
        object.set("overloaded", node.isOverloaded)
        object.set("roundTripMs", roundTrip)
        return .json(object.closed(), status: isServing ? .ok : .serviceUnavailable)
    }

    private func metrics(_ request: Request) async throws -> Response {
        let text = MetricsText(
            reading: node.metrics.read(), counts: await status.counts(), uptime: status.uptime,
            redis: await status.redisHealth())
        if request.headers[.accept]?.contains("application/json") == true { return .json(text.json) }
        return Response(
            status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
            body: .init(byteBuffer: ByteBuffer(string: text.prometheus)))
    }
}
