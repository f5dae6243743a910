internal import HTTPTypes
internal import Hummingbird
internal import Logging

/// Who may ask over HTTP, and what every answer carries: the host and origin rules, CORS for allowed origins, and the
/// headers that keep a page what it is. Runs before every route.
struct HTTPGuard: RouterMiddleware {
    typealias Context = HTTPContext

    let gatekeeper: Gatekeeper
    let door: Door
    let headers: SecurityHeaders
    let logger: Logger

    func handle(
        _ request: Request, context: HTTPContext, next: (Request, HTTPContext) async throws -> Response
    ) async throws -> Response {
        var response: Response
        let visit = Visit(request.head)
        let refusal = gatekeeper.refusal(of: visit)
        do {
            switch refusal {
            case .misdirected:
                throw HTTPProblem(
                    .misdirectedRequest, Problem(.forbidden, "This server is not known by that host name."))
            // Whoever follows a link from elsewhere may look, and change nothing.
            case .foreignOrigin where request.method != .get && request.method != .head:
                throw HTTPProblem(Problem(.forbidden, "Pages of that origin may not ask here."))
            case .foreignOrigin, nil: break
            }
            try checkRate(request, context)
            try Self.checkLength(request)
            response = request.method == .options ? Response(status: .noContent) : try await next(request, context)
        } catch let problem as HTTPProblem {
            response = problem.response
        } catch let problem as Problem {
            response = HTTPProblem(problem).response
        } catch let error as any HTTPResponseError {
            response = Self.response(to: error.status)
        } catch {
            logger.error("request failed", metadata: ["error": "\(type(of: error))"])
            response = HTTPProblem(.internal).response
        }
        headers.add(to: &response.headers, host: refusal == .misdirected ? nil : visit.host)
        addCORS(to: &response, of: request, from: refusal == nil ? visit.origins.first : nil)
        return response
    }

    /// What an address may ask for, each request charged by the work it makes.
    private func checkRate(_ request: Request, _ context: HTTPContext) throws(Problem) {
        let path = request.uri.path
        // A machine that asks whether the server lives would take a refusal for its death.
        guard path != "/livez", path != "/readyz" else { return }
        let address = context.address(gatekeeper, of: request)
        let cost = path.hasPrefix("/api/rooms") ? 4.0 : 1
        guard let wait = door.wait(forRequestFrom: address, cost: cost) else { return }
        throw Problem(.rateLimited, "That is too many requests from your address.", retryAfter: wait)
    }

    /// A body that is announced as too long is not waited for.
    private static func checkLength(_ request: Request) throws(HTTPProblem) {
        guard let length = request.headers[.contentLength].flatMap(Int.init), length > Limits.httpBodyBytes else {
            return
        }
        throw HTTPProblem(.contentTooLarge, Problem(.badMessage, "A body may have \(Limits.httpBodyBytes) bytes."))
    }

    /// - Parameter origin: one that may read the answer.
    private func addCORS(to response: inout Response, of request: Request, from origin: String?) {
        // A cache must not give one site's answer to another.
        response.headers[.vary] = "Origin"
        guard let origin else { return }
        response.headers[.accessControlAllowOrigin] = origin
        guard request.method == .options else { return }
        response.headers[.accessControlAllowMethods] = "GET, POST"
        response.headers[.accessControlAllowHeaders] = "Authorization, Content-Type, Idempotency-Key"
    }

    /// What the router itself refuses: an unknown path, another method, a body too long.
    private static func response(to status: HTTPResponse.Status) -> Response {
        status == .notFound
            ? HTTPProblem.notFound.response
            : HTTPProblem(status, Problem(.badMessage, "\(status.reasonPhrase).")).response
    }
}

extension HTTPField.Name {
    static let idempotencyKey = Self.constant("Idempotency-Key")
    static let xForwardedFor = Self.constant("X-Forwarded-For")
}
