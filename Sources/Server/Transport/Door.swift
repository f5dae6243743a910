internal import NIOCore
internal import Synchronization

/// Where all loops count who arrives. Asked once for a connection, a handshake and a request, never for a message: so a
/// lock, held for a look into a table, costs nothing that shows.
final class Door: Sendable {
    private let arrivals: Mutex<Arrivals>
    private let metrics: Metrics

    init(_ limits: Limits, metrics: Metrics) {
        arrivals = Mutex(Arrivals(limits, now: .now()))
        self.metrics = metrics
    }

    /// How many connections are open that are no sockets.
    var pageConnections: Int { arrivals.withLock { $0.connections } }

    func admits(connectionFrom address: ClientAddress?) -> Bool {
        counted(arrivals.withLock { $0.came(from: address) })
    }

    func left(from address: ClientAddress?) { arrivals.withLock { $0.left(from: address) } }

    func admits(handshakeFrom address: ClientAddress) -> Bool {
        counted(arrivals.withLock { $0.handshake(from: address, at: .now()) })
    }

    /// - Returns: nil when the request may be answered, else how long until the next one is.
    func wait(forRequestFrom address: ClientAddress, cost: Double) -> Duration? {
        let wait = arrivals.withLock { $0.request(from: address, cost: cost, at: .now()) }
        if wait != nil { metrics.refused(.requests) }
        return wait
    }

    private func counted(_ limit: LimitName?) -> Bool {
        if let limit { metrics.refused(limit) }
        return limit == nil
    }
}
