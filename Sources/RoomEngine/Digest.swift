internal import GameKitProtocol

/// A short fingerprint that is the same in every process. Not a secret and not proof against forgers: its key is known.
public enum Digest {
    private static let key = SipHash(0x7061_726c_6f72_2064, 0x6967_6573_7420_7631)

    public static func of(_ bytes: some Sequence<UInt8>) -> UInt64 { key.hash(bytes) }
}
