/// Why a token is not believed. The names are those of the metric's labels and of a problem's `reason`.
enum TokenFault: String, Error, CaseIterable, Sendable {
    /// No compact JWS with JSON in it, or claims of the wrong kind.
    case malformed
    case tooLong = "too_long"
    /// An algorithm that there is not here, `none` above all.
    case unknownAlgorithm = "unknown_algorithm"
    /// No key of that id, or none that may be used with that algorithm.
    case unknownKey = "unknown_key"
    case badSignature = "bad_signature"
    case expired
    case notYetValid = "not_yet_valid"
    case wrongIssuer = "wrong_issuer"
    case wrongAudience = "wrong_audience"
    /// It says of nobody, or not in a way that can be, who its holder is.
    case badSubject = "bad_subject"
    /// An operator has sent its user away.
    case revoked

    /// What whoever has shown it is told.
    var problem: Problem { Problem(.unauthorized, "That token is not valid.", reason: rawValue) }
}
