internal import Logging
internal import NIOCore

/// The keys of a JWK set, kept and read again as ``KeyCache`` decides. On no event loop: whoever waits for keys holds up
/// nobody else.
actor KeyStore {
    private let location: KeyLocation
    private let logger: Logger
    private var cache = KeyCache()
    private var reading: Task<Void, Never>?

    init(_ location: KeyLocation, logger: Logger) {
        self.location = location
        self.logger = logger
    }

    /// The keys that a token may have been signed with; none when there are none, or they cannot be read.
    func keys(for token: UntrustedToken) async -> [VerificationKey] {
        switch cache.need(for: token, at: .now()) {
        case .nothing: break
        case .refresh: _ = read(at: .now())
        case .wait: await read(at: .now()).value
        }
        return cache.keys(for: token)
    }

    /// Reads them ahead, so that the first player need not wait.
    func start() async { await read(at: nil).value }

    private func read(at now: NIODeadline?) -> Task<Void, Never> {
        if let reading { return reading }
        cache.beganReading(at: now)
        let task = Task {
            do throws(KeyReading.Fault) {
                let set = try await KeyReading.read(location)
                logger.debug("keys of tokens read", metadata: ["keys": "\(set.keys.count)"])
                if set.keys.isEmpty {
                    logger.warning("no key of tokens can be used", metadata: ["from": "\(location)"])
                }
                ended(with: set)
            } catch {
                logger.warning("keys of tokens not read", metadata: ["from": "\(location)", "why": "\(error)"])
                ended(with: nil)
            }
        }
        reading = task
        return task
    }

    private func ended(with set: KeySet?) {
        reading = nil
        cache.ended(with: set, at: .now())
    }
}
