internal import NIOCore

/// What tokens and their keys are held to.
extension Limits {
    /// Those of large identity providers have two or three kilobytes; and a message must hold one.
    static let tokenBytes = 8 * 1024
    /// What clocks that are set by the network may differ by, and a slow one besides.
    static let clockSkew = Duration.seconds(30)
    /// The name of a user must fit a log line of its issuer's, and a URL.
    static let userBytes = 128
    /// A browser that has to fetch its token first does so meanwhile.
    static let timeToAuthenticate = TimeAmount.seconds(5)
    /// As long as a page takes to get a new token, with all the retries of a bad network.
    static let expiryWarning = Duration.seconds(60)

    /// Less than 32 bytes can be guessed offline by whoever has one token (RFC 7518, section 3.2).
    static let secretBytes = 32
    /// A set with a few RSA keys has some kilobytes.
    static let keySetBytes = 64 * 1024
    /// Providers have two to five at a time.
    static let keysInSet = 64
    /// A token without a key id is tried with so many: each is a computation that its sender need not make.
    static let keysTried = 4
    /// Shorter ones are broken (RFC 7518, section 3.3); longer ones take milliseconds for each token.
    static let rsaBits = 2048...8192
    /// What a provider may take to hand out its keys. Shorter than the time for the first request, whose sender waits.
    static let keySetTime = TimeAmount.seconds(4)
    /// How often keys are read at most: new ones are published long before they are used.
    static let keySetPause = TimeAmount.seconds(60)
    /// After which they are read again though nothing is missing: a key that was withdrawn must not serve for ever.
    static let keySetAge = TimeAmount.minutes(15)

    /// Users who may be on the deny list at once: an operator who needs more should change the key.
    static let revokedUsers = 10_000
    /// The file of that many, at most.
    static let denyListBytes = revokedUsers * 192
    /// How long a user stays on it unless the operator says otherwise: tokens for players seldom live for a month.
    static let revocation = Duration.seconds(30 * 86_400)
    /// And how long at most, in seconds: two years.
    static let mostRevocationSeconds = 2 * 366 * 86_400
    /// What `parlor token` gives a token at most.
    static let mostMintedTokenLife = Duration.seconds(366 * 86_400)
}
