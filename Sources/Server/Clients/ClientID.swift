internal import Crypto
internal import Foundation
internal import SessionStore

/// A client's secret: whoever shows it is the client. Given in `welcome`, hashed for everything else.
struct ClientID: Sendable {
    /// 128 bits as base64url.
    let text: String

    /// From the system's CSPRNG.
    static func random() -> Self { ClientID(text: RandomText.base64url(bytes: 16)) }

    /// - Parameter text: untrusted; nil unless it has the form of one.
    init?(untrusted text: String) {
        guard text.utf8.count == 22, RoomID(rawValue: text) != nil else { return nil }
        self.text = text
    }

    private init(text: String) { self.text = text }

    var key: ClientKey { ClientKey(rawValue: SHA256.hexadecimal(text)) }
}

/// Names that nobody can guess.
enum RandomText {
    static func base64url(bytes count: Int) -> String {
        var system = SystemRandomNumberGenerator()
        let bytes = (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &system) }
        return Data(bytes).base64EncodedString()
            .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    /// Short ids that people can read out: no letters that look like digits.
    static func readable(length: Int, from entropy: Entropy = .system) -> String {
        var entropy = entropy
        return String((0..<length).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &entropy)] })
    }

    private static let alphabet = Array("23456789abcdefghjkmnpqrstuvwxyz")
}
