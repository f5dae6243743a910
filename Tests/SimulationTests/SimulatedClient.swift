import GameKitProtocol
import NIOCore
import RoomEngine
import SessionStore

@testable import ParlorServer

/// Somebody at a table, over a network that delays, repeats and breaks off: joins, moves without waiting for answers,
/// comes back with what was not answered, and believes nothing that does not fit what was told before.
final class SimulatedClient {
    private struct Outstanding {
        let id: Int
        let number: Int
    }

    let name: String
    let room: RoomID
    private let world: Simulation
    private let key: ClientKey
    private(set) var connection: ConnectionID?
    private(set) var seat: Int?
    private var isSeated: Bool { seat != nil }
    private var hasSeat = false
    /// Since when it is away from a seat that it has.
    private var awaySince: NIODeadline?
    private var joinNumber = 0
    private var moveNumber = 0
    private var outstanding: [Outstanding] = []
    /// What every move was, and the version that it was answered with.
    private var numbers: [Int: Int] = [:]
    private var answered: [Int: UInt64] = [:]
    private var isEntering = false

    /// How far the room's history was told: over all connections, and of the events over this one.
    private(set) var lastSeen = RoomPosition(epoch: 0, seq: 0, version: 0)
    private(set) var lastState = NIODeadline.uptimeNanoseconds(0)
    private var lastSeq: UInt64 = 0
    private var nextSeq: UInt64?
    private var stateSeq: UInt64?
    private(set) var isOver = false

    init(_ name: String, room: RoomID, in world: Simulation) {
        self.name = name
        self.room = room
        self.world = world
        key = ClientKey(rawValue: "holder-of-\(name)")
    }

    var unanswered: Int { outstanding.count }

    private func sender(_ connection: ConnectionID) -> Sender {
        Sender(connection: connection, client: key, user: nil, address: ClientAddress(nil))
    }

    // MARK: Coming

    func connect() {
        guard connection == nil, !isOver, world.isUp else { return }
        let connection = world.connect(self)
        self.connection = connection
        nextSeq = nil
        stateSeq = nil
        enter()
    }

    private func enter() {
        guard let connection, !isEntering, !isOver else { return }
        isEntering = true
        joinNumber += 1
        if hasSeat {
            let request = ReturnRequest(
                sender: sender(connection), id: .number(UInt64(joinNumber)), clientId: "secret of \(name)",
                last: LastSeen(seq: lastSeq, epoch: lastSeen.epoch), sync: .full, isAnswered: true, wasExpired: false)
            world.send(.rejoin(room, request), from: connection)
        } else {
            let order = JoinOrder(
                sender: sender(connection), id: .number(UInt64(joinNumber)), join: JoinRequest(name: name),
                isPromised: false)
            world.send(.join(room, order), from: connection)
        }
    }

    private func enterLater() {
        isEntering = false
        let connection = connection
        world.later(.milliseconds(200)) { [weak self] in
            guard let self, self.connection == connection, self.connection != nil else { return }
            enter()
        }
    }

    // MARK: Playing

    func move() {
        guard let connection, isSeated, !isEntering, outstanding.count < Limits.unansweredMoves else { return }
        moveNumber += 1
        // Now and then one that is written down already.
        let number = world.chance.once(in: 12) ? world.anyNumber(of: room) : world.newNumber()
        let move = Outstanding(id: moveNumber, number: number)
        outstanding.append(move)
        numbers[moveNumber] = number
        send(move, over: connection)
        if world.chance.once(in: 15) { send(move, over: connection) }
    }

    /// One that was answered, sent again: it must get the same answer.
    func repeatMove() {
        guard let connection, isSeated, !isEntering, outstanding.isEmpty, let id = answered.keys.max(),
            let number = numbers[id]
        else { return }
        send(Outstanding(id: id, number: number), over: connection)
    }

    private func send(_ move: Outstanding, over connection: ConnectionID) {
        let text = Array(#"{"add":\#(move.number)}"#.utf8)
        request(.move(text[...]), id: "m\(move.id)", over: connection)
    }

    func request(_ command: RoomCommand, id: String?) {
        guard let connection, isSeated, !isEntering else { return }
        request(command, id: id, over: connection)
    }

    private func request(_ command: RoomCommand, id: String?, over connection: ConnectionID) {
        let request = RoomRequest(id: id.map { .text($0) }, command: command)
        world.send(.request(room, request, from: sender(connection)), from: connection)
    }

    /// - Parameter isKnown: whether the server hears of it.
    func disconnect(isKnown: Bool) {
        guard let connection else { return }
        self.connection = nil
        isEntering = false
        seat = nil
        if hasSeat { awaySince = awaySince ?? world.agenda.now }
        if isKnown { world.send(.disconnected(connection, room), from: connection) }
    }

    // MARK: Being told

    func told(_ message: Message, over connection: ConnectionID) {
        guard connection == self.connection else { return }
        switch message.type {
        case "join_room_result": entered(message, isReturn: false)
        case "reconnect_result": entered(message, isReturn: true)
        case "make_move_result": answered(message)
        case "room_closed": isOver = true
        default: if message.isEvent { told(event: message) }
        }
    }

    private func told(event message: Message) {
        guard let seq = message.seq, let epoch = message.epoch else { return }
        if epoch != lastSeen.epoch { nextSeq = nil }
        if let nextSeq, seq != nextSeq { world.judge.accuse("\(name) was told event \(seq) after \(nextSeq - 1)") }
        if let stateSeq, seq <= stateSeq { world.judge.accuse("\(name) was told event \(seq) after the state with it") }
        nextSeq = seq + 1
        lastSeq = seq
    }

    func told(_ state: RoomState, over connection: ConnectionID) {
        guard connection == self.connection else { return }
        let now = RoomPosition(epoch: state.epoch, seq: state.seq, version: state.version)
        if (now.epoch, now.version) < (lastSeen.epoch, lastSeen.version) {
            world.judge.accuse("\(name) went back from \(lastSeen) to \(now)")
        }
        if world.isExact(room), lastSeen.epoch > 0, now.epoch != lastSeen.epoch {
            world.judge.accuse("the epoch of \(room) rose")
        }
        if now.epoch != lastSeen.epoch { nextSeq = state.seq + 1 }
        lastSeen = now
        lastState = world.agenda.now
        lastSeq = state.seq
        stateSeq = state.seq
    }

    private func entered(_ message: Message, isReturn: Bool) {
        guard message.id == nil, isEntering else { return }
        guard message.isSuccess else { return turnedAway(message, isReturn) }
        isEntering = false
        if let before = seatBefore, hasSeat, message.seat != before {
            world.judge.accuse("\(name) sat on \(before) and now on \(message.seat ?? -1)")
        }
        seat = message.seat
        seatBefore = message.seat
        hasSeat = true
        awaySince = nil
        if let epoch = message.epoch, epoch != lastSeen.epoch {
            lastSeen = RoomPosition(epoch: epoch, seq: 0, version: 0)
        }
        nextSeq = isReturn && message.isRecovered ? lastSeq + 1 : (message.seq ?? 0) + 1
        guard let connection else { return }
        for move in outstanding { send(move, over: connection) }
    }
    private var seatBefore: Int?

    private func turnedAway(_ message: Message, _ isReturn: Bool) {
        switch message.code {
        case "session_not_found", "session_expired", "not_in_room":
            let away = awaySince.map { world.agenda.now - $0 } ?? .zero
            if isReturn, world.isExact(room), away < .milliseconds(3500) {
                world.judge.accuse("\(name) lost its seat after \(away.nanoseconds / 1_000_000) ms")
            }
            hasSeat = false
            seatBefore = nil
            awaySince = nil
            outstanding = []
            enterLater()
        case "room_not_found", "room_closed": isOver = true
        default: enterLater()
        }
    }

    private func answered(_ message: Message) {
        guard let id = message.id.flatMap({ Int($0.dropFirst()) }) else { return }
        let index = outstanding.firstIndex { $0.id == id }
        if message.isSuccess, let version = message.resultVersion {
            if let number = numbers[id] { world.judge.acknowledged(number, in: room, at: version) }
            if let before = answered[id], before != version, world.isExact(room) {
                world.judge.accuse("\(name)'s move \(id) was answered \(before), then \(version)")
            }
            answered[id] = version
        } else if let before = answered[id], world.isExact(room), message.code == "move_refused" {
            world.judge.accuse("\(name)'s move \(id) was answered \(before), then refused")
        }
        switch message.code {
        case "store_unavailable":
            guard let index, let connection else { return }
            let move = outstanding[index]
            world.later(.milliseconds(200)) { [weak self] in
                guard let self, self.connection == connection, isSeated,
                    outstanding.contains(where: { $0.id == move.id })
                else { return }
                send(move, over: connection)
            }
        case "not_in_room":
            // Somebody who is not in the room though it thinks so comes back.
            seat = nil
            enterLater()
        default: if let index { outstanding.remove(at: index) }
        }
    }
}
