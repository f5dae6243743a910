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
}
