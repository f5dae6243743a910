internal import GameKitProtocol
internal import NIOCore
internal import Pong
internal import SessionStore

@testable internal import ParlorServer
@testable internal import RoomEngine

/// What waits between the parts.
extension Workload {
    static let queues = [
        Workload("outbox", "appends an event, a state, the next state and an answer, and takes out the three") { _ in
            let frame = Frame.text([UInt8](repeating: UInt8(ascii: "x"), count: 120))
            let room = try Rounds.room(of: Pong.self, players: 2)
            let state = state(of: room, try room.view(.spectator))
            var outbox = Outbox()
            return {
                outbox.append(frame)
                outbox.append(state)
                outbox.append(state)
                outbox.append(answer: frame, about: state.room)
                while let item = outbox.next() { keep(item) }
            }
        },
        Workload("mailbox", "posts eight messages, and handles them in one pass") { _ in
            let loop = HandLoop()
            let mailbox = Mailbox<Int>(on: loop)
            mailbox.open { keep($0) }
            return {
                for message in 0..<8 { mailbox.post(message) }
                loop.run()
            }
        },
        Workload("gate", "holds back what eight commits led to until their batch is stored") { _ in
            let room = try roomID()
            let commits = (1...8).map {
                RoomCommit(room: room, term: 1, epoch: 1, version: $0, change: .input(bytes("{}"), snapshot: nil))
            }
            var gate = OutputGate<Int>()
            return {
                for commit in commits {
                    gate.commit(commit)
                    gate.say(1, about: room, restingOn: gate.current)
                    gate.say(2, about: room, restingOn: gate.current)
                }
                keep(gate.nextBatch())
                keep(gate.succeeded().safe)
            }
        },
    ]
}
