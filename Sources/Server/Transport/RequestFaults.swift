internal import HTTPTypes
internal import NIOCore
internal import NIOHTTP1

/// What is wrong with the form of a request (RFC 9112), before anybody asks what it is for.
enum RequestFault: Equatable {
    /// It cannot be read at all.
    case unreadable
    /// Its head is longer, or has more lines, than any browser's.
    case headTooLarge
    /// It does not name the host that it is for, or names two (section 3.2).
    case notOneHost
    /// It is addressed to another host than the one it names, as if this were a proxy (section 3.2.2).
    case otherTarget

    init?(_ head: HTTPRequestHead) {
        let hosts = head.headers["host"]
        guard hosts.count == 1 else {
            self = .notOneHost
            return
        }
        guard !Self.isPath(head.uri), Self.authority(of: head.uri) != hosts[0].lowercased() else { return nil }
        self = .otherTarget
    }

    init(_ error: HTTPParserError) {
        self = if case .headerOverflow = error { .headTooLarge } else { .unreadable }
    }

    var problem: HTTPProblem {
        switch self {
        case .unreadable: HTTPProblem(.badRequest, Problem(.badMessage, "That is no HTTP request."))
        case .headTooLarge:
            HTTPProblem(.requestHeaderFieldsTooLarge, Problem(.badMessage, "The head of that request is too large."))
        case .notOneHost: HTTPProblem(.badRequest, Problem(.badMessage, "A request names one host."))
        case .otherTarget: HTTPProblem(.misdirectedRequest, Problem(.forbidden, "This server is no proxy."))
        }
    }

    private static func isPath(_ target: String) -> Bool { target.hasPrefix("/") || target == "*" }

    private static func authority(of target: String) -> String? {
        let target = target.lowercased()
        for scheme in ["http://", "https://"] where target.hasPrefix(scheme) {
            return String(target.dropFirst(scheme.count).prefix { $0 != "/" && $0 != "?" })
        }
        return nil
    }
}

/// Answers requests that are none, and ends their connection. Behind the parser of each connection; what it is sent is
/// untrusted.
final class RequestFaults: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let headers: SecurityHeaders
    private var isFirst = true
    private var isDone = false

    init(headers: SecurityHeaders) { self.headers = headers }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isDone else { return }
        if case .head(let head) = unwrapInboundIn(data) {
            if let fault = RequestFault(head) { return meet(fault, context) }
            isFirst = false
        }
        context.fireChannelRead(data)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if isDone, case ChannelEvent.inputClosed = event { return context.close(promise: nil) }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? HTTPParserError else { return context.fireErrorCaught(error) }
        meet(RequestFault(error), context)
    }

    private func meet(_ fault: RequestFault, _ context: ChannelHandlerContext) {
        guard !isDone else { return }
        if isFirst { return refuse(fault.problem, [:], context) }
        // An answer to what came before may be under way, and nothing may stand inside it.
        isDone = true
        context.close(promise: nil)
    }

    /// Answers the first request of a connection by its head alone, and ends the connection.
    /// - Parameter context: of this handler or one behind it.
    func refuse(_ problem: HTTPProblem, _ more: HTTPHeaders, _ context: ChannelHandlerContext) {
        isDone = true
        var fields = HTTPFields()
        headers.add(to: &fields, host: nil)
        var lines = HTTPHeaders(fields.map { ($0.name.rawName, $0.value) })
        let body = problem.body
        lines.add(contentsOf: more)
        lines.add(name: "content-type", value: HTTPProblem.mediaType)
        lines.add(name: "content-length", value: "\(body.count)")
        lines.add(name: "connection", value: "close")
        let status = HTTPResponseStatus(statusCode: problem.status.code)
        context.write(wrapOutboundOut(.head(.init(version: .http1_1, status: status, headers: lines))), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: body)))), promise: nil)
        let channel = context.channel
        context.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { _ in channel.closeLingering() }
    }
}
