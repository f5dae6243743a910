internal import NIOCore

/// Where to connect now.
struct Endpoint: Equatable, Sendable {
    var address: RedisConfiguration.Address
    /// Whoever named the address said that a master is there: it is asked whether that is so.
    var mustBeMaster = false
}

/// Asked before every try, on the connection's event loop.
///
/// Its future must be done within `time`: a connection that waits longer counts the try as failed.
struct EndpointResolver: Sendable {
    var time: TimeAmount
    var resolve: @Sendable (any EventLoop) -> EventLoopFuture<Endpoint>

    static func one(_ address: RedisConfiguration.Address, within time: TimeAmount) -> Self {
        Self(time: time) { $0.makeSucceededFuture(Endpoint(address: address)) }
    }

    static func of(_ configuration: RedisConfiguration) -> Self {
        switch configuration.servers {
        case .one(let address): one(address, within: configuration.deadline)
        case .sentinels(let addresses, let master): sentinels(addresses, master: master, configuration)
        }
    }
}
