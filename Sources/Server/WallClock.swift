internal import Foundation

/// The time of day.
enum WallClock {
    static func milliseconds() -> Int64 { Int64(Date().timeIntervalSince1970 * 1000) }
}
