internal import Foundation

/// An address or a network in CIDR notation: `192.0.2.7`, `10.0.0.0/8`, `fd00::/8`.
struct AddressBlock: Hashable, Sendable {
    static let expected = "an address or a network like 10.0.0.0/8 or fd00::/8"

    private let network: IPAddress
    private let prefixLength: Int

    init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let address = IPAddress(first) else { return nil }
        network = address
        if parts.count == 1 {
            prefixLength = address.bitCount
        } else {
            guard let length = UInt8(parts[1]), length <= address.bitCount, address.isZero(after: Int(length)) else {
                return nil
            }
            prefixLength = Int(length)
        }
    }

    func contains(_ address: IPAddress) -> Bool { network.hasPrefix(of: prefixLength, inCommonWith: address) }
}

/// An IP address. One that is IPv4 written as IPv6 (`::ffff:192.0.2.7`) is the IPv4 address, for that is how a socket
/// that listens on both sees it.
struct IPAddress: Hashable, Sendable {
    let bytes: [UInt8]

    /// - Parameter text: untrusted.
    init?(_ text: some StringProtocol) {
        var v4 = [UInt8](repeating: 0, count: 4)
        var v6 = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, String(text), &v4) == 1 {
            bytes = v4
        } else if inet_pton(AF_INET6, String(text), &v6) == 1 {
            let isMapped = v6.prefix(10).allSatisfy { $0 == 0 } && v6[10] == 0xff && v6[11] == 0xff
            bytes = isMapped ? Array(v6.suffix(4)) : v6
        } else {
            return nil
        }
    }

    var isV6: Bool { bytes.count == 16 }
    var bitCount: Int { bytes.count * 8 }

    func hasPrefix(of length: Int, inCommonWith other: IPAddress) -> Bool {
        guard bytes.count == other.bytes.count else { return false }
        return zip(bytes, other.bytes).enumerated().allSatisfy { index, pair in
            (pair.0 ^ pair.1) & Self.mask(length - index * 8) == 0
        }
    }

    /// Whether only the first `length` bits say anything.
    /// The address with all but its first `length` bits cleared.
    func network(of length: Int) -> Self {
        Self(bytes: bytes.enumerated().map { index, byte in byte & Self.mask(length - index * 8) })
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    func isZero(after length: Int) -> Bool {
        bytes.enumerated().allSatisfy { index, byte in byte & ~Self.mask(length - index * 8) == 0 }
    }

    /// A byte whose first `count` bits are set: none for less than one, all for more than seven.
    private static func mask(_ count: Int) -> UInt8 { ~(0xff >> UInt8(min(max(count, 0), 8))) }
}
