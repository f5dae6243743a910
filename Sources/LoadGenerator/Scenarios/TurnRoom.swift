internal import NIOCore

/// A room whose players move in turn, as soon as a move is due and it is somebody's turn. Pure.
struct TurnRoom {
    /// What its players know of the rules.
    enum Rules {
        case ticTacToe, dice

        /// A move that is allowed, as JSON, and good enough for the game to come to an end.
        func move(_ view: JSONSlice) -> String? {
            switch self {
            case .ticTacToe:
                guard let square = view["board"].flatMap(Self.firstEmptySquare) else { return nil }
                return #"{"row":\#(square / 3),"col":\#(square % 3)}"#
            case .dice:
                guard let total = view["turnTotal"]?.integer else { return nil }
                return total < Self.enough ? #"{"action":"roll"}"# : #"{"action":"hold"}"#
            }
        }

        /// What a player of Pig holds at.
        private static let enough = 20

        /// Each square is a string of its mark.
        private static func firstEmptySquare(_ board: JSONSlice) -> Int? {
            var square = 0
            var isInside = false
            var isEmpty = true
            for byte in board.bytes {
                if byte == UInt8(ascii: "\"") {
                    if isInside, isEmpty { return square }
                    if isInside { square += 1 }
                    isInside.toggle()
                    isEmpty = true
                } else if isInside {
                    isEmpty = false
                }
            }
            return nil
        }
    }

    let rules: Rules
    /// The client at each seat, once everybody sits.
    var players: [Int] = []
    /// The newest that its states have told...
    private(set) var version: Int64 = 0
    /// ...and the newest that a result of a move has.
    private(set) var acknowledged: Int64 = 0
    private(set) var isPlaying = false
    private var turn: Int?
    private var move: String?
    private var awaitsAnswer = false
    /// When the moves were due that have not been made yet.
    private var owed: [NIODeadline] = []

    init(_ rules: Rules) { self.rules = rules }

    /// Whether every move that was due has its answer.
    var isSettled: Bool { owed.isEmpty && !awaitsAnswer }
    var owedCount: Int { owed.count }

    mutating func moveIsDue(at due: NIODeadline, _ load: inout Load) {
        owed.append(due)
        play(&load)
    }

    /// - Returns: whether the message was the answer to a move that was made.
    mutating func heard(_ message: Message, answering due: NIODeadline?, _ load: inout Load) -> Bool {
        switch message.kind {
        case .state:
            take(message, &load)
            play(&load)
        case .moveResult where due != nil:
            awaitsAnswer = false
            if !message.isRefusal, let version = message.data?["version"]?.integer {
                acknowledged = max(acknowledged, version)
            }
            play(&load)
            return !message.isRefusal
        default: break
        }
        return false
    }

    private mutating func take(_ state: Message, _ load: inout Load) {
        guard let version = state.version, version > self.version, let data = state.data else { return }
        self.version = version
        let phase = data["phase"]
        if isPlaying, phase?.isString("finished") ?? false {
            // Not everybody has heard that the game is over, but all want another one.
            for player in players { load.ask(player) { #"{"type":"rematch","id":\#($0)}"# } }
        }
        isPlaying = phase?.isString("playing") ?? false
        let view = isPlaying ? data["view"] : nil
        turn = view?["turn"]?.integer.map { Int($0) }
        move = view.flatMap(rules.move)
    }

    private mutating func play(_ load: inout Load) {
        guard !awaitsAnswer, let due = owed.first, let move, let turn, players.indices.contains(turn) else { return }
        owed.removeFirst()
        self.move = nil
        awaitsAnswer = true
        load.ask(players[turn], due: due) { #"{"type":"make_move","id":\#($0),"data":\#(move)}"# }
    }
}
