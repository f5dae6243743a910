internal import HTTPTypes
internal import Hummingbird
internal import Logging

/// Who may ask over HTTP, and what every answer carries: the host and origin rules, CORS for allowed origins, and the
/// headers that keep a page what it is. Runs before every route.
struct HTTPGuard: RouterMiddleware {
    typealias Context = HTTPContext

    let gatekeeper: Gatekeeper
    let logger: Logger

    /// Our pages need nothing from anywhere else, and nobody needs them in a frame.
    private static let contentSecurityPolicy =
        "default-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
        + "frame-ancestors 'none'; form-action 'self'"

    func handle(
        _ request: Request, context: HTTPContext, next: (Request, HTTPContext) async throws -> Response
    ) async throws -> Response {
        var response: Response
        do {
            switch gatekeeper.refusal(host: request.head.authority, origin: request.headers[.origin]) {
            case .misdirected:
                throw HTTPProblem(
                    .misdirectedRequest, Problem(.forbidden, "This server is not known by that host name."))
            case .foreignOrigin where request.method != .get && request.method != .head:
                throw HTTPProblem(Problem(.forbidden, "Pages of that origin may not ask here."))
            case .foreignOrigin, nil: break
            }
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
        addHeaders(to: &response, of: request)
        return response
    }

    private func addHeaders(to response: inout Response, of request: Request) {
        response.headers[.contentSecurityPolicy] = Self.contentSecurityPolicy
        response.headers[.xContentTypeOptions] = "nosniff"
        response.headers[.referrerPolicy] = "no-referrer"
        guard let origin = request.headers[.origin],
            gatekeeper.refusal(host: request.head.authority, origin: origin) == nil
        else { return }
        response.headers[.accessControlAllowOrigin] = origin
        response.headers[.vary] = "Origin"
        guard request.method == .options else { return }
        response.headers[.accessControlAllowMethods] = "GET, POST"
        response.headers[.accessControlAllowHeaders] = "Content-Type, Idempotency-Key"
    }

    /// What the router itself refuses: an unknown path, another method, a body too long.
    private static func response(to status: HTTPResponse.Status) -> Response {
        status == .notFound
            ? HTTPProblem.notFound.response
            : HTTPProblem(status, Problem(.badMessage, "\(status.reasonPhrase).")).response
    }
}

extension HTTPField.Name {
    fileprivate static let referrerPolicy = Self.constant("Referrer-Policy")
    static let idempotencyKey = Self.constant("Idempotency-Key")
    static let xForwardedFor = Self.constant("X-Forwarded-For")

    /// - Precondition: a name written in this file is a valid one.
    private static func constant(_ name: String) -> Self {
        guard let name = Self(name) else { preconditionFailure("\(name) is no header name") }
        return name
    }
}
