/// Which sentinel is asked for the master next, and what its answer means. Pure.
///
/// They are asked one after another; who answered first is asked first the next time. Whoever searches again has lost
/// the master that was found, or was turned away there: so an answer that names it again counts only when nobody names
/// another one.
struct Sentinels {
    enum Action: Equatable {
        case ask(RedisConfiguration.Address, withPassword: Bool)
        case found(RedisConfiguration.Address)
        case failed(RedisError)
    }

    private enum Answer {
        case master(RedisConfiguration.Address)
        case unknown, silence, noEntry
    }

    static func question(_ master: String) -> RedisCommand {
        RedisCommand("SENTINEL", ["get-master-addr-by-name", .text(master)])
    }

    private var order: [RedisConfiguration.Address]
    /// Whether there is a password for those that want one. It is that of the servers, so nobody gets it who does not
    /// ask.
    private let hasPassword: Bool
    /// Who asked for it.
    private var locked: Set<RedisConfiguration.Address> = []
    private var lastMaster: RedisConfiguration.Address?

    // Of one search:
    private var left: ArraySlice<RedisConfiguration.Address> = []
    private var asked: (address: RedisConfiguration.Address, withPassword: Bool)?
    /// Who named the master of the last search again.
    private var again: RedisConfiguration.Address?
    private var unknown = 0
    private var noEntry = 0

    init(_ addresses: [RedisConfiguration.Address], hasPassword: Bool) {
        order = addresses
        self.hasPassword = hasPassword
    }

    /// How many questions one search can take.
    var mostQuestions: Int { order.count * (hasPassword ? 2 : 1) }

    mutating func search() -> Action {
        left = order[...]
        (asked, again, unknown, noEntry) = (nil, nil, 0, 0)
        return next()
    }

    /// What came of the last question.
    mutating func answered(_ reply: Result<RedisValue, RedisError>) -> Action {
        guard let asked else { return end() }
        switch Self.answer(reply) {
        case .noEntry where hasPassword && !asked.withPassword:
            locked.insert(asked.address)
            return ask(asked.address)
        case .master(let master) where master == lastMaster:
            again = again ?? asked.address
        case .master(let master): return found(master, by: asked.address)
        case .unknown: unknown += 1
        case .noEntry:
            noEntry += 1
            // It may want none any more.
            locked.remove(asked.address)
        case .silence: break
        }
        return next()
    }

    private mutating func next() -> Action {
        guard let address = left.popFirst() else { return end() }
        return ask(address)
    }

    private mutating func ask(_ address: RedisConfiguration.Address) -> Action {
        let withPassword = locked.contains(address)
        asked = (address, withPassword)
        return .ask(address, withPassword: withPassword)
    }

    private mutating func end() -> Action {
        asked = nil
        if let again, let lastMaster { return found(lastMaster, by: again) }
        let count = order.count
        if noEntry == count { return .failed(RedisError(.notAllowed, "no sentinel lets us in")) }
        let silent = count - unknown - noEntry
        return .failed(
            RedisError(
                .unreachable,
                "no sentinel names the master: of \(count) \(silent) gave no answer, \(unknown) did not know it, "
                    + "\(noEntry) did not let us in"))
    }

    private mutating func found(
        _ master: RedisConfiguration.Address, by sentinel: RedisConfiguration.Address
    ) -> Action {
        asked = nil
        lastMaster = master
        if let index = order.firstIndex(of: sentinel) { order.insert(order.remove(at: index), at: 0) }
        return .found(master)
    }

    private static func answer(_ reply: Result<RedisValue, RedisError>) -> Answer {
        switch reply {
        case .success(.null): return .unknown
        case .success(.array(let parts)):
            guard parts.count == 2, case .bytes(let host) = parts[0], case .bytes(let port) = parts[1],
                1...longestHost ~= host.count, let port = UInt16(String(decoding: port, as: UTF8.self)), port > 0
            else { return .silence }
            return .master(.init(host: String(decoding: host, as: UTF8.self), port: Int(port)))
        case .failure(let error) where error.code == .notAllowed: return .noEntry
        case .success, .failure: return .silence
        }
    }

    /// Of a host's name (RFC 1035).
    private static let longestHost = 253
}
