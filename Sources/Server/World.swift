internal import Foundation

/// What a server takes from outside without being told: the time of day and unpredictable numbers. A simulation gives
/// it others.
struct World: Sendable {
    /// Milliseconds since 1970, for people and for records; nothing is ordered by it.
    let wallClock: @Sendable () -> Int64
    let entropy: Entropy

    static let real = World(wallClock: { Int64(Date().timeIntervalSince1970 * 1000) }, entropy: .system)
}

/// Numbers that nobody can foretell: the system's CSPRNG, unless a simulation says otherwise.
struct Entropy: RandomNumberGenerator, Sendable {
    private let draw: @Sendable () -> UInt64

    init(_ draw: @escaping @Sendable () -> UInt64) { self.draw = draw }

    static let system = Entropy {
        var system = SystemRandomNumberGenerator()
        return system.next()
    }

    func next() -> UInt64 { draw() }
}
