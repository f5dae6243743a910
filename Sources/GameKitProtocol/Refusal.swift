/// Why a move or an option was not accepted.
public struct Refusal: Error, Hashable, Sendable {
    /// For programs: `snake_case`, and it never changes meaning.
    public let reason: String
    /// For people: one sentence.
    public let message: String

    public init(_ reason: String, _ message: String) {
        self.reason = reason
        self.message = message
    }

    public static let notYourTurn = Refusal("not_your_turn", "It is not your turn.")
    public static let badMove = Refusal("bad_move", "That is not a move of this game.")
}
