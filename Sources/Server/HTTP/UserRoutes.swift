internal import Foundation
internal import Hummingbird
internal import Logging
internal import NIOCore
internal import RoomEngine

/// What an operator can do about a user. Behind the admin token, and at the operators' own address when there is one.
struct UserRoutes: Sendable {
    let node: Node

    func add(to router: Router<HTTPContext>) {
        router.post("/api/users/:user/disconnect") { request, context in
            try Credentials(request, node).checkAdmin()
            return try await disconnect(request, context)
        }
    }

    /// Ends a user's connections, and refuses the tokens given to them so far.
    private func disconnect(_ request: Request, _ context: HTTPContext) async throws -> Response {
        let name = context.parameters.get("user").flatMap { $0.removingPercentEncoding }
        guard let user = name.flatMap({ UserID(untrusted: $0) })?.key else {
            throw Problem.badField("id", "A user is 1 to \(Limits.userBytes) of A-Za-z0-9._:@-.")
        }
        let time = try Self.time(try await RequestBody.read(request))
        let now = node.wallClock()
        // The list first: whoever comes back at once finds it.
        let until = try await node.tokens.denyList.revoke(user, for: time, at: now)
        let promise = node.hubs[0].loop.makePromise(of: Int.self)
        node.clients.post(.expel(user, promise))
        let count = try await promise.futureResult.get()
        node.logger.notice("user sent away", metadata: ["connections": "\(count)"])
        var object = JSONObject()
        object.set("disconnected", count)
        object.set("until", until)
        return .json(object.closed())
    }

    private static func time(_ fields: Fields) throws(Problem) -> Duration {
        guard let seconds = try fields.integer("forSeconds", in: 1...Limits.mostRevocationSeconds) else {
            return Limits.revocation
        }
        return .seconds(seconds)
    }
}
