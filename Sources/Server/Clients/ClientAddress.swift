internal import NIOCore

/// Where a client connects from, as limits count it: an IPv4 address, or the /64 network of an IPv6 address, which is what
/// one household is given.
struct ClientAddress: Hashable, Sendable {
    let network: IPAddress?

    /// A peer without an address, which no TCP connection is, counts as one address with its like.
    init(_ peer: SocketAddress?) { self.init(peer?.ipAddress.flatMap { IPAddress($0) }) }

    /// - Parameter text: of a proxy's header; untrusted beyond what the proxy wrote.
    init?(text: some StringProtocol) {
        guard let address = IPAddress(text) else { return nil }
        self.init(address)
    }

    private init(_ address: IPAddress?) { network = address?.network(of: address?.isV6 == true ? 64 : 32) }
}
