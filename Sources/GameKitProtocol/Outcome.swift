/// How a round ended. Encodes as the protocol's `outcome`.
public struct Outcome: Codable, Hashable, Sendable {
    public enum Kind: String, Codable, Sendable { case won, draw, abandoned }

    /// What decided a win: the game itself, or the others' giving up.
    public enum Cause: String, Codable, Sendable { case play, forfeit }

    public let kind: Kind
    public let winners: [Seat]?
    public let by: Cause?
    /// One number a seat, where the game counts points.
    public let scores: [Int]?

    private init(kind: Kind, winners: [Seat]? = nil, by: Cause? = nil, scores: [Int]? = nil) {
        self.kind = kind
        self.winners = winners
        self.by = by
        self.scores = scores
    }

    public static func won(by winners: Seat..., scores: [Int]? = nil) -> Self {
        .init(kind: .won, winners: winners, by: .play, scores: scores)
    }

    public static let draw = draw(scores: nil)
    public static func draw(scores: [Int]?) -> Self { .init(kind: .draw, scores: scores) }

    /// The room's own verdict when one seat is left in the round.
    @usableFromInline
    package static func forfeited(to winner: Seat, scores: [Int]?) -> Self {
        .init(kind: .won, winners: [winner], by: .forfeit, scores: scores)
    }

    /// The room's own verdict when nobody is left in the round.
    @usableFromInline package static let abandoned = Outcome(kind: .abandoned)
}
