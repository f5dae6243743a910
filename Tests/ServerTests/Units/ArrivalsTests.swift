import NIOCore
import Testing

@testable import ParlorServer

@Suite struct AddressRatesTests {
    @Test func `each address has a rate of its own`() {
        var rates = AddressRates(perSecond: 1, burst: 2)
        for _ in 0..<2 { #expect(rates.take(from: .literal("192.0.2.1"), at: .start) == nil) }
        #expect(rates.take(from: .literal("192.0.2.1"), at: .start) != nil)
        #expect(rates.take(from: .literal("192.0.2.2"), at: .start) == nil)
        #expect(rates.take(from: .literal("192.0.2.1"), at: .at(.seconds(1))) == nil)
    }

    @Test func `whoever comes from ever new addresses is remembered at the cost of no one`() {
        var rates = AddressRates(perSecond: 1, burst: 100)
        let busy = ClientAddress.literal("192.0.2.1")
        for _ in 0..<100 { _ = rates.take(from: busy, at: .start) }
        for number in 0..<(2 * Limits.rememberedAddresses) {
            let time = NIODeadline.at(.milliseconds(Int64(number)))
            let (high, low) = (String(number >> 16, radix: 16), String(number & 0xffff, radix: 16))
            let address = ClientAddress.literal("2001:db8:\(high):\(low)::1")
            #expect(rates.take(from: address, at: time) == nil)
            if number.isMultiple(of: 1000) { _ = rates.take(from: busy, at: time) }
        }
        #expect(rates.count <= Limits.rememberedAddresses)
        #expect(rates.take(2, from: busy, at: .at(.milliseconds(Int64(2 * Limits.rememberedAddresses)))) != nil)
    }
}

@Suite struct ArrivalsTests {
    private let school = ClientAddress.literal("192.0.2.1")

    private static func limits(_ change: (inout Limits) -> Void) -> Limits {
        var limits = Limits()
        change(&limits)
        return limits
    }

    @Test func `connections of pages count for their address until they are gone`() {
        var arrivals = Arrivals(Self.limits { $0.maxConnectionsPerAddress = 2 }, now: .start)
        #expect(arrivals.came(from: school) == nil)
        #expect(arrivals.came(from: school) == nil)
        #expect(arrivals.came(from: school) == .pageConnectionsPerAddress)
        #expect(arrivals.came(from: .literal("192.0.2.2")) == nil)
        arrivals.left(from: school)
        #expect(arrivals.came(from: school) == nil)
        #expect(arrivals.connections == 3)
    }

    @Test func `a proxy's connections count among all alone`() {
        var arrivals = Arrivals(Self.limits { $0.maxConnectionsPerAddress = 1 }, now: .start)
        for _ in 0..<Limits.pageConnections { #expect(arrivals.came(from: nil) == nil) }
        #expect(arrivals.came(from: nil) == .pageConnections)
        arrivals.left(from: nil)
        #expect(arrivals.came(from: nil) == nil)
    }

    @Test func `a school that comes back at once is let in, and goes on at a rate`() {
        var arrivals = Arrivals(Limits(), now: .start)
        for _ in 0..<1000 { #expect(arrivals.handshake(from: school, at: .start) == nil) }
        #expect(arrivals.handshake(from: school, at: .start) == .handshakesPerAddress)
        for _ in 0..<200 { #expect(arrivals.handshake(from: school, at: .at(.seconds(1))) == nil) }
        #expect(arrivals.handshake(from: school, at: .at(.seconds(1))) == .handshakesPerAddress)
    }

    @Test func `everybody's handshakes have a rate too`() {
        var arrivals = Arrivals(Self.limits { $0.maxConnections = 3000 }, now: .start)
        let refusals = (0..<3001).map { number in
            arrivals.handshake(from: .literal("10.0.\(number / 250).\(number % 250)"), at: .start)
        }
        #expect(refusals == Array(repeating: nil, count: 3000) + [.handshakes])
    }

    @Test func `a small limit of connections is no small rate`() {
        var arrivals = Arrivals(Self.limits { $0.maxConnectionsPerAddress = 1 }, now: .start)
        for _ in 0..<200 { #expect(arrivals.handshake(from: school, at: .start) == nil) }
    }

    @Test func `requests are charged by what they cost`() {
        var arrivals = Arrivals(Self.limits { $0.requestsPerSecondPerAddress = 1 }, now: .start)
        for _ in 0..<5 { #expect(arrivals.request(from: school, cost: 4, at: .start) == nil) }
        #expect(arrivals.request(from: school, cost: 4, at: .start) == .milliseconds(4001))
    }
}
