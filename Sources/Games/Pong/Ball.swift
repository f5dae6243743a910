/// The ball as everybody sees it: a square, placed by its top-left corner.
public struct Ball: Codable, Equatable, Sendable {
    static let size = 192
    static let serveSpeed = 80
    static let topSpeed = 240

    var x: Int
    var y: Int
    /// Units a tick; right and down are positive. Both are 0 until the serve, and `vx` is never 0 after it.
    var vx: Int
    var vy: Int

    /// In the middle of the court, at rest.
    static let centred = Ball(x: (Court.width - size) / 2, y: (Court.height - size) / 2, vx: 0, vy: 0)

    /// The speed after a paddle hit: 5 % more, in whole units, up to the top speed.
    static func faster(than speed: Int) -> Int { min(speed + speed / 20, topSpeed) }
}
