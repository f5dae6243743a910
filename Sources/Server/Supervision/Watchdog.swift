internal import BlackBox
internal import Foundation
internal import Logging
internal import SessionStore

/// Ends the process for a game that does not return: a thread that looks at the notes now and then, so that those who
/// write them need not look at a clock.
enum Watchdog {
    static func start(_ recorder: TrapRecorder, _ logger: Logger) {
        Thread.detachNewThread {
            var patience = [Patience](repeating: Patience(), count: recorder.count)
            while true {
                Thread.sleep(forTimeInterval: Limits.watchdogInterval / .seconds(1))
                for index in patience.indices {
                    let note = recorder.pointer(index)
                    let sequence = parlor_note_sequence(note)
                    act(patience[index].looked(sequence), note, sequence, logger)
                }
            }
        }
    }

    private static func act(
        _ action: Patience.Action, _ note: UnsafeMutablePointer<parlor_note>, _ sequence: UInt64, _ logger: Logger
    ) {
        switch action {
        case .wait: break
        case .report:
            // The thread is inside the game, so nobody writes this note now.
            let call = Trap(note.pointee)
            logger.warning(
                "a game holds up its event loop",
                metadata: [
                    "game.type": "\(call.game)", "room.id": "\(call.room?.rawValue ?? "none")", "call": "\(call.call)",
                ])
        case .end:
            logger.critical("a game does not return: the server ends")
            parlor_note_doom(note, sequence)
        case .kill: parlor_note_kill(note, sequence)
        }
    }
}

/// How long one note has said the same. Time is counted in looks, not by a clock: a process that stood still, in a
/// debugger or on a machine that slept, took none.
struct Patience {
    enum Action: Equatable { case wait, report, end, kill }

    private var sequence: UInt64 = 0
    private var looks = 0

    /// - Parameter sequence: of the note, now; odd while its shard is inside a game.
    mutating func looked(_ sequence: UInt64) -> Action {
        guard sequence % 2 == 1, sequence == self.sequence else {
            self.sequence = sequence
            looks = 0
            return .wait
        }
        looks += 1
        return switch looks {
        case Self.looks(in: Limits.gameTime): .report
        case Self.looks(in: Limits.gamePatience): .end
        case Self.looks(in: Limits.gamePatience + Limits.endingTime): .kill
        default: .wait
        }
    }

    private static func looks(in time: Duration) -> Int { Int((time / Limits.watchdogInterval).rounded()) }
}
