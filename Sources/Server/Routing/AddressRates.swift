internal import NIOCore

/// How often something may happen from each address. Pure; bounded: whoever comes from ever new addresses makes it forget
/// the ones that have been quiet.
struct AddressRates {
    private let perSecond: Double
    private let burst: Double
    private var buckets: [ClientAddress: TokenBucket] = [:]

    var count: Int { buckets.count }

    /// - Parameter perSecond: 0 means no limit.
    init(perSecond: Double, burst: Double) {
        self.perSecond = perSecond
        self.burst = burst
    }

    /// - Returns: nil when it may happen now, else how long until it may.
    mutating func take(_ cost: Double = 1, from address: ClientAddress, at now: NIODeadline) -> Duration? {
        guard perSecond > 0 else { return nil }
        if buckets.count >= Limits.rememberedAddresses, buckets[address] == nil { forget(at: now) }
        return buckets[address, default: TokenBucket(perSecond: perSecond, burst: burst, now: now)].take(cost, at: now)
    }

    /// A bucket that is full again says nothing. Where all are in use they are forgotten too, which forgives rather than
    /// refuses.
    private mutating func forget(at now: NIODeadline) {
        buckets = buckets.filter { !$0.value.isFull(at: now) }
        if buckets.count >= Limits.rememberedAddresses { buckets = [:] }
    }
}
