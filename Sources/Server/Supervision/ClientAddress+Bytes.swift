#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// An address as notes and records keep it.
extension ClientAddress {
    /// Four, sixteen, or none where the peer has no address.
    var bytes: [UInt8] { network?.bytes ?? [] }

    /// - Parameter bytes: as ``bytes`` gave them; nil for any others.
    static func text(of bytes: [UInt8]) -> String? {
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        guard inet_ntop(bytes.count == 4 ? AF_INET : AF_INET6, bytes, &text, socklen_t(text.count)) != nil else {
            return nil
        }
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
