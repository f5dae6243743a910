import GameKitProtocol

/// One of something for each seat: seat 0 plays on the left, seat 1 on the right. An array would be allocated anew with
/// every copy that a tick changes.
struct Sides<Value> {
    var left: Value
    var right: Value

    subscript(seat: Seat) -> Value {
        get { seat == .left ? left : right }
        set { if seat == .left { left = newValue } else { right = newValue } }
    }

    /// By seat, as the protocol shows it.
    var list: [Value] { [left, right] }
}

extension Sides {
    init(both value: Value) { self.init(left: value, right: value) }
}

extension Sides: Equatable where Value: Equatable {}
extension Sides: Sendable where Value: Sendable {}
extension Sides: Codable where Value: Codable {}

extension Seat {
    static let left: Seat = 0
    static let right: Seat = 1

    var opponent: Seat { next(of: 2) }
}
