internal import NIOCore
internal import NIOPosix
internal import NIOSSL

extension RedisError {
    /// Why there is no connection, in few words.
    init(connecting error: any Error) {
        switch error {
        case let error as RedisError: self = error
        case let error as NIOConnectionError:
            if let first = error.connectionErrors.first {
                self.init(connecting: first.error)
            } else {
                self.init(.unreachable, "no address for the host's name")
            }
        case let error as IOError: self.init(.unreachable, Self.short(error))
        case ChannelError.connectTimeout: self.init(.unreachable, "no connection in time")
        case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError:
            self.init(.unreachable, "TLS: \(Self.short(error))")
        default: self.init(.unreachable, Self.short(error))
        }
    }

    /// Errors of TLS may be pages long.
    private static func short(_ error: any Error) -> String { String(String(describing: error).prefix(200)) }
}
