/// All that a room was ever told, for as long as it may be played back: what is trimmed from its log goes here, and what
/// is left of it when the room ends.
public struct RoomArchive: Equatable, Sendable {
    public let header: RoomHeader
    /// The state that the inputs begin at.
    public let start: [UInt8]
    /// The inputs in their order, those that are still in the log included.
    public let inputs: [[UInt8]]

    public init(header: RoomHeader, start: [UInt8], inputs: [[UInt8]]) {
        self.header = header
        self.start = start
        self.inputs = inputs
    }
}

/// Inputs as they lie in an archive: a line each, since canonical JSON has no line breaks.
enum ArchivedInputs {
    /// Of one room, compressed: many hours of a real-time game. What comes after is played, but not archived.
    static let mostBytes = 16 << 20
    /// Of one piece when it is read again. A snapshot's worth of the largest inputs is far less.
    static let mostBytesOfPiece = 64 << 20
    private static let lineBreak = UInt8(ascii: "\n")

    static func compress(_ inputs: [[UInt8]]) -> [UInt8] {
        Deflate.compress(Array(inputs.joined(separator: [lineBreak])))
    }

    static func decompress(_ bytes: [UInt8]) throws(StoreError) -> [[UInt8]] {
        try Deflate.decompress(bytes, limit: mostBytesOfPiece)
            .split(separator: lineBreak, omittingEmptySubsequences: false).map(Array.init)
    }
}
