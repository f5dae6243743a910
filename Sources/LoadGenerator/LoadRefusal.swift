/// A load that is not begun, with what would have to be said instead.
public struct LoadRefusal: Error, Equatable, CustomStringConvertible {
    public let description: String

    static func check<Value: Comparable>(
        _ name: String, _ value: Value, in range: ClosedRange<Value>
    ) throws(LoadRefusal) {
        guard range.contains(value) else {
            throw LoadRefusal(
                description: "\(name) must be from \(range.lowerBound) to \(range.upperBound)")
        }
    }

    /// - Parameters:
    ///   - perSecond: what all of them send.
    ///   - bound: what one of them may.
    static func check(
        _ name: String, _ count: Int, sharing perSecond: Double, of what: String, atMost bound: Double
    ) throws(LoadRefusal) {
        let least = Int((perSecond / bound).rounded(.up))
        guard count >= least else {
            throw LoadRefusal(
                description: "\(count) \(name) would send more than the \(Int(bound)) \(what) a second that a server "
                    + "takes of one connection: at least \(least) are needed")
        }
    }
}
