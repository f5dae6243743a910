/// A place at the table, counted from 0. On the wire a bare number.
public struct Seat: RawRepresentable, Hashable, Comparable, Codable, Sendable, ExpressibleByIntegerLiteral {
    public let rawValue: Int

    @inlinable public init(rawValue: Int) { self.rawValue = rawValue }
    @inlinable public init(_ index: Int) { rawValue = index }
    @inlinable public init(integerLiteral value: Int) { rawValue = value }
    @inlinable public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }

    /// The place after this one, round a table of `count`.
    @inlinable public func next(of count: Int) -> Seat { Seat((rawValue + 1) % count) }
}

extension Array {
    /// The element that belongs to a seat, in a list with one element a seat.
    @inlinable public subscript(seat: Seat) -> Element {
        get { self[seat.rawValue] }
        set { self[seat.rawValue] = newValue }
    }
}
