internal import Hummingbird
internal import NIOCore

/// What a route knows of its request beside the request.
struct HTTPContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// The peer of the connection: a browser, or a proxy before it.
    let remoteAddress: SocketAddress?
    let maxUploadSize = Limits.httpBodyBytes

    init(source: Source) {
        coreContext = .init(source: source)
        remoteAddress = source.channel.remoteAddress
    }

    /// Where the request comes from, as limits count it.
    func address(_ gatekeeper: Gatekeeper, of request: Request) -> ClientAddress {
        gatekeeper.address(
            of: remoteAddress, forwarded: request.headers[values: .xForwardedFor].joined(separator: ","))
    }
}
