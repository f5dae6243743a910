internal import Crypto
internal import Foundation
internal import SessionStore

/// The name of a user, as the issuer of tokens has it. Told to its own connections alone; all else knows its ``key``.
struct UserID: Equatable, Sendable {
    let text: String

    /// - Parameter text: untrusted; nil unless it is 1...128 of `A-Za-z0-9._:@-`.
    init?(untrusted text: String) {
        guard 1...Limits.userBytes ~= text.utf8.count, text.utf8.allSatisfy(Self.isAllowed) else { return nil }
        self.text = text
    }

    var key: UserKey { UserKey(rawValue: SHA256.hexadecimal(text)) }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        HostName.isLabelByte(byte) || [UInt8(ascii: "."), UInt8(ascii: ":"), UInt8(ascii: "@")].contains(byte)
    }
}

extension SHA256 {
    static func hexadecimal(_ text: String) -> String {
        hash(data: Data(text.utf8)).map { byte in String(byte >> 4, radix: 16) + String(byte & 15, radix: 16) }.joined()
    }
}
