/// Some of the seats of one table. A table has at most ``capacity`` of them, so a set is one word.
public struct SeatSet: Hashable, Sendable, ExpressibleByArrayLiteral {
    public static let capacity = 64
    public static let all = SeatSet(bits: .max)

    @usableFromInline var bits: UInt64

    @inlinable
    init(bits: UInt64) { self.bits = bits }

    @inlinable
    public init(arrayLiteral seats: Seat...) { self.init(seats) }

    @inlinable
    public init(_ seats: some Sequence<Seat>) { bits = seats.reduce(0) { $0 | Self.bit($1) } }

    /// The one seat, or none.
    @inlinable
    public init(_ seat: Seat?) { bits = seat.map(Self.bit) ?? 0 }

    @inlinable
    public var isEmpty: Bool { bits == 0 }
    @inlinable
    public var count: Int { bits.nonzeroBitCount }
    @inlinable
    public var first: Seat? { isEmpty ? nil : Seat(bits.trailingZeroBitCount) }

    /// Whether a seat belongs to it; a number that is no seat of any table does not.
    @inlinable
    public func contains(_ seat: Seat) -> Bool { 0..<Self.capacity ~= seat.rawValue && bits & Self.bit(seat) != 0 }
    @inlinable
    public mutating func insert(_ seat: Seat) { bits |= Self.bit(seat) }
    @inlinable
    public mutating func remove(_ seat: Seat) { bits &= ~Self.bit(seat) }
    @inlinable
    public func subtracting(_ other: Self) -> Self { Self(bits: bits & ~other.bits) }
    @inlinable
    public func intersection(_ other: Self) -> Self { Self(bits: bits & other.bits) }

    @inlinable
    static func bit(_ seat: Seat) -> UInt64 {
        precondition(0..<capacity ~= seat.rawValue, "a table has seats 0...63")
        return 1 << UInt64(seat.rawValue)
    }
}

/// In order of the seats.
extension SeatSet: Sequence {
    public struct Iterator: IteratorProtocol {
        @usableFromInline var rest: SeatSet

        @inlinable
        init(rest: SeatSet) { self.rest = rest }

        @inlinable
        public mutating func next() -> Seat? {
            guard let seat = rest.first else { return nil }
            rest.remove(seat)
            return seat
        }
    }

    @inlinable
    public func makeIterator() -> Iterator { Iterator(rest: self) }
}

/// As the list of its seats, lowest first.
extension SeatSet: Codable {
    public init(from decoder: any Decoder) throws {
        let seats = try [Seat](from: decoder)
        guard seats.allSatisfy({ 0..<Self.capacity ~= $0.rawValue }) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "a seat is 0...63"))
        }
        self.init(seats)
    }

    public func encode(to encoder: any Encoder) throws { try Array(self).encode(to: encoder) }
}
