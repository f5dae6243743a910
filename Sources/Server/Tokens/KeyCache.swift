internal import NIOCore

/// The keys that were read last, and when to read them again. Pure; time comes in.
///
/// They are read again for a token whose key is not among them, and once they have got old; but never twice in
/// ``Limits/keySetPause``, whatever came of it, so that nobody can have this server ask another one all day. While they
/// cannot be read, the old ones go on serving.
struct KeyCache {
    enum Need: Equatable {
        case nothing
        /// They should be read, but nobody needs to wait for that.
        case refresh
        /// Only newer keys can help.
        case wait
    }

    private var keys: [VerificationKey] = []
    private var readAt: NIODeadline?
    private var triedAt: NIODeadline?
    private var isReading = false

    var count: Int { keys.count }

    func keys(for token: UntrustedToken) -> [VerificationKey] { keys.filter { $0.fits(token) } }

    func need(for token: UntrustedToken, at now: NIODeadline) -> Need {
        let mayRead = !isReading && triedAt.map { now - $0 >= Limits.keySetPause } ?? true
        guard keys(for: token).isEmpty else {
            let isOld = readAt.map { now - $0 >= Limits.keySetAge } ?? true
            return mayRead && isOld ? .refresh : .nothing
        }
        return mayRead || isReading ? .wait : .nothing
    }

    /// - Parameter now: nil: of the server's own accord, when it starts. Whoever then comes with a newer key need not wait.
    mutating func beganReading(at now: NIODeadline?) {
        isReading = true
        triedAt = now ?? triedAt
    }

    /// - Parameter set: nil when it could not be read.
    mutating func ended(with set: KeySet?, at now: NIODeadline) {
        isReading = false
        guard let set else { return }
        keys = set.keys
        readAt = now
    }
}
