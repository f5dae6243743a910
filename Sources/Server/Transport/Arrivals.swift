internal import NIOCore

/// Who is at the door: connections that are no sockets yet, or never will be, requests and handshakes. Pure; what is a
/// socket already is counted by ``ClientDirectory``.
struct Arrivals {
    private let most: Int
    private let mostPerAddress: Int
    private(set) var connections = 0
    private var byAddress: [ClientAddress: Int] = [:]
    private var requests: AddressRates
    private var handshakes: AddressRates
    private var allHandshakes: TokenBucket

    init(_ limits: Limits, now: NIODeadline) {
        most = Limits.pageConnections
        mostPerAddress = limits.maxConnectionsPerAddress
        let requestsPerSecond = Double(limits.requestsPerSecondPerAddress)
        requests = AddressRates(perSecond: requestsPerSecond, burst: requestsPerSecond * Limits.requestBurst)
        let ofAddress = Self.rate(Limits.handshakesPerSecondPerAddress, open: limits.maxConnectionsPerAddress)
        handshakes = AddressRates(perSecond: ofAddress.perSecond, burst: ofAddress.burst)
        let ofAll = Self.rate(Limits.handshakesPerSecond, open: limits.maxConnections)
        allHandshakes = TokenBucket(perSecond: ofAll.perSecond, burst: ofAll.burst, now: now)
    }

    /// Everybody comes back at once after a break, so a burst is as large as what may be open. Without a bound on what may
    /// be open there is none on the rate either.
    private static func rate(_ perSecond: Double, open most: Int) -> (perSecond: Double, burst: Double) {
        (most > 0 ? perSecond : 0, max(Double(most), perSecond))
    }

    /// A connection was accepted; if it may stay it counts until it has left.
    /// - Parameter address: nil for a proxy's, which brings many people.
    /// - Returns: which limit it is over.
    mutating func came(from address: ClientAddress?) -> LimitName? {
        guard connections < most else { return .pageConnections }
        if let address {
            guard mostPerAddress == 0 || byAddress[address, default: 0] < mostPerAddress else {
                return .pageConnectionsPerAddress
            }
            byAddress[address, default: 0] += 1
        }
        connections += 1
        return nil
    }

    /// It ended, or became a socket.
    mutating func left(from address: ClientAddress?) {
        connections -= 1
        guard let address, let count = byAddress[address] else { return }
        byAddress[address] = count > 1 ? count - 1 : nil
    }

    /// - Returns: nil when a connection may become a socket.
    mutating func handshake(from address: ClientAddress, at now: NIODeadline) -> LimitName? {
        if handshakes.take(from: address, at: now) != nil { return .handshakesPerAddress }
        return allHandshakes.take(at: now) == nil ? nil : .handshakes
    }

    /// - Returns: nil when a request may be answered, else how long until the next one is.
    mutating func request(from address: ClientAddress, cost: Double, at now: NIODeadline) -> Duration? {
        requests.take(cost, from: address, at: now)
    }
}
