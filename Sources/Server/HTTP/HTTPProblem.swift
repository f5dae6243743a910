internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// A refusal as HTTP tells it: a problem document (RFC 9457) with the protocol's code.
struct HTTPProblem: Error, HTTPResponseError {
    let status: HTTPResponse.Status
    let problem: Problem

    init(_ problem: Problem) {
        self.init(Self.status(of: problem.code), problem)
    }

    init(_ status: HTTPResponse.Status, _ problem: Problem) {
        self.status = status
        self.problem = problem
    }

    static let notFound = HTTPProblem(.notFound, Problem(.badMessage, "There is nothing here."))

    func response(from request: Request, context: some RequestContext) throws -> Response { response }

    static let mediaType = "application/problem+json"

    /// The document.
    var body: [UInt8] {
        var object = JSONObject()
        object.set("type", "about:blank")
        object.set("title", status.reasonPhrase)
        object.set("status", status.code)
        object.set("detail", problem.message)
        problem.write(to: &object)
        return object.closed()
    }

    var response: Response {
        var response = Response.json(body, status: status)
        response.headers[.contentType] = Self.mediaType
        // RFC 9110, section 15.5.2.
        if status == .unauthorized { response.headers[.wwwAuthenticate] = "Bearer" }
        if let wait = problem.retryAfter { response.headers[.retryAfter] = "\(wait.secondsRoundedUp)" }
        return response
    }

    private static func status(of code: ErrorCode) -> HTTPResponse.Status {
        switch code {
        case .roomNotFound, .unknownGame, .sessionNotFound, .sessionExpired, .unknownType: .notFound
        case .unauthorized: .unauthorized
        case .forbidden: .forbidden
        case .rateLimited, .tooManyRooms: .tooManyRequests
        case .serverBusy, .storeUnavailable, .draining, .paused: .serviceUnavailable
        case .internal: .internalServerError
        case .roomFull, .roomClosed, .gameRunning, .seatTaken, .wrongGame, .idReused, .notStarted, .gameOver: .conflict
        case .badJSON, .badMessage, .badOptions, .notInRoom, .notAPlayer, .moveRefused, .noBot: .badRequest
        }
    }
}

extension Response {
    static func json(_ text: [UInt8], status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status, headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: .init(byteBuffer: ByteBuffer(bytes: text)))
    }
}
