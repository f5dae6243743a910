internal import Foundation
internal import NIOCore

/// The server that is measured.
public struct Target: Sendable {
    let isSecure: Bool
    /// As a `Host` header and a certificate name it.
    let host: String
    let port: Int
    let path: String
    let address: SocketAddress

    /// - Parameter url: `ws://` or `wss://`; without a path, the one that the protocol has.
    /// - Throws: what is wrong with it; ``LoadFailure`` when there is no such host.
    public init(url: String) throws {
        guard let parts = URLComponents(string: url), let scheme = parts.scheme, ["ws", "wss"].contains(scheme),
            let host = parts.host, !host.isEmpty, parts.user == nil, parts.query == nil, parts.fragment == nil
        else {
            throw LoadRefusal(description: "--url must be like ws://127.0.0.1:8080 or wss://example.org/ws")
        }
        isSecure = scheme == "wss"
        self.host = host.trimmingCharacters(in: ["[", "]"])
        port = parts.port ?? (isSecure ? 443 : 80)
        path = ["", "/"].contains(parts.path) ? "/ws" : parts.percentEncodedPath
        do {
            address = try SocketAddress.makeAddressResolvingHost(self.host, port: port)
        } catch {
            throw LoadFailure(description: "there is no host \(self.host)")
        }
    }

    var hostHeader: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    var isLoopback: Bool {
        switch address {
        case .v4: address.ipAddress?.hasPrefix("127.") ?? false
        case .v6: address.ipAddress == "::1"
        case .unixDomainSocket: false
        }
    }

    /// Where a connection comes from: of loopback there is a whole network, so that no limit of one address is met.
    /// - Returns: nil where the system has to choose.
    func source(_ number: Int) throws -> SocketAddress? {
        guard case .v4 = address, isLoopback else { return nil }
        let perSubnet = 254
        let (subnet, host) = (number / perSubnet % perSubnet + 1, number % perSubnet + 1)
        return try SocketAddress(ipAddress: "127.0.\(subnet).\(host)", port: 0)
    }
}

/// Why a load came to nothing.
public struct LoadFailure: Error, Equatable, CustomStringConvertible {
    public let description: String
}
