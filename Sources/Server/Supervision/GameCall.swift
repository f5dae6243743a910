internal import RoomEngine

/// One way into a game's code, as notes and reports name it.
enum GameCall: UInt32, CaseIterable {
    case options = 1
    case make, restore, replay, snapshot, view, bot
    case move, seat, leave, away, back, ready, rematch, lock, tick, time, resume, takeOver

    init<Move>(_ input: RoomInput<Move>) {
        self =
            switch input {
            case .moved: .move
            case .seated: .seat
            case .left: .leave
            case .takenOver: .takeOver
            case .away: .away
            case .back: .back
            case .readied: .ready
            case .voted: .rematch
            case .locked: .lock
            case .ticked: .tick
            case .timePassed: .time
            case .resumed: .resume
            }
    }
}
