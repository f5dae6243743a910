import GameKitProtocol
import Foundation
import NIOCore
import RoomEngine
import SessionStore

@testable import ParlorServer

/// One run: rooms full of clients over a faulty store, in a process that crashes, stops, and is suspended; then quiet,
/// in which all must come to stand where the store stands. The seed decides everything.
final class Simulation {
    struct Result: Equatable {
        let trace: String
        let faults: [String]
        let moves: Int
        let events: Int
    }

    /// How long there is trouble, and how long all have to recover from it.
    static let troubled = TimeAmount.seconds(4)
    static let quiet = TimeAmount.seconds(2)

    let agenda = Agenda()
    let chance: Chance
    let judge: Judge
    private let store: FaultyStore
    private let games: [GameSettings]
    private var house: House?
    private var houses = 0
    private var zombies: [House] = []
    private let wall: Wall
    private var rooms: [(id: RoomID, gameType: String)] = []
    private var clients: [SimulatedClient] = []
    private var connections: [ConnectionID: SimulatedClient] = [:]
    private var serial: UInt64 = 0
    /// Where the server has told a connection that it sits.
    private var seats: [ConnectionID: Int] = [:]
    /// Until when a connection's messages are under way: what is sent later comes later.
    private var arrivals: [ConnectionID: NIODeadline] = [:]
    private var departures: [ConnectionID: NIODeadline] = [:]
    private var numbers = 0
    private var isTroubled = true

    init(seed: UInt64) {
        chance = Chance(seed: seed)
        games = [GameSettings(GameEntry(Ledger.self)), GameSettings(GameEntry(Metronome.self))]
        judge = Judge(
            agenda, games: Dictionary(uniqueKeysWithValues: games.map { ($0.entry.manifest.type, $0.entry) }))
        store = FaultyStore(agenda, chance, judge)
        wall = Wall()
    }

    func run() -> Result {
        start()
        for number in 0..<4 { furnish(number, "ledger", seats: 2) }
        for number in 4..<6 { furnish(number, "metronome", seats: 2) }
        for client in clients { play(client) }
        trouble()
        agenda.run(until: agenda.now + Self.troubled)
        calm()
        agenda.run(until: agenda.now + Self.quiet)
        checkAgreement()
        house?.die()
        return Result(trace: judge.trace, faults: judge.faults, moves: numbers, events: agenda.count)
    }

    // MARK: The process

    var isUp: Bool { house != nil }

    private func start() {
        houses += 1
        let wall = wall
        let agenda = UncheckedAgenda(agenda: agenda)
        let house = House(
            number: houses, games: games, agenda: self.agenda, chance: chance, store: store,
            wallClock: { wall.offset + Int64(agenda.agenda.now.uptimeNanoseconds / 1_000_000) })
        house.deliver = { [unowned self] in leave($0, $1) }
        self.house = house
        house.recover(rooms.map(\.id).filter { judge.records[$0] != nil })
        for client in clients { comeBackSoon(client) }
    }

    private func crash() {
        guard let house else { return }
        house.die()
        store.crash()
        goDown()
    }

    /// The process stalls, another one takes its place, and then it wakes up and goes on as if nothing had been.
    private func usurp() {
        guard let old = house else { return }
        old.suspend(for: chance.millis(50...600))
        zombies.append(old)
        goDown()
        later(chance.millis(300...1500)) { old.die() }
    }

    private func stop() {
        guard let house else { return }
        for client in clients where client.connection != nil { client.disconnect(isKnown: true) }
        house.stop { [self] in
            guard self.house === house else { return }
            house.die()
            goDown()
        }
    }

    private func goDown() {
        house = nil
        for client in clients { client.disconnect(isKnown: false) }
        connections = [:]
        later(chance.millis(5...400)) { [self] in if house == nil { start() } }
    }

    // MARK: The rooms

    private func furnish(_ number: Int, _ gameType: String, seats: Int) {
        guard let room = RoomID(rawValue: "room-number-\(number)"),
            let game = games.first(where: { $0.entry.manifest.type == gameType }),
            let options = try? game.entry.options(Array("{}".utf8), game.options)
        else { return judge.accuse("no such game") }
        rooms.append((room, gameType))
        let header = RoomHeader(id: room, gameType: gameType, createdAt: 0)
        house?.post(.create(NewRoom(header: header, options: options), nil), to: room)
        for seat in 0..<seats {
            let client = SimulatedClient("c\(number)-\(seat)", room: room, in: self)
            clients.append(client)
            comeBackSoon(client)
        }
    }

    func isExact(_ room: RoomID) -> Bool { rooms.contains { $0.id == room && $0.gameType == "ledger" } }

    func newNumber() -> Int {
        numbers += 1
        return numbers
    }

    func anyNumber(of room: RoomID) -> Int {
        let written = (judge.written[room] ?? [:]).keys.sorted()
        return isExact(room) && !written.isEmpty ? written[chance.below(written.count)] : newNumber()
    }

    // MARK: The network

    func later(_ delay: TimeAmount, _ body: @escaping () -> Void) { agenda.add(in: delay, body) }

    func connect(_ client: SimulatedClient) -> ConnectionID {
        serial += 1
        let connection = ConnectionID(loop: chance.below(2), slot: Int(serial), serial: serial)
        connections[connection] = client
        return connection
    }

    /// Messages of one connection arrive in order, but for a few.
    func send(_ message: Shard.Message, from connection: ConnectionID) {
        var arrival = max(arrivals[connection] ?? agenda.now, agenda.now + chance.micros(200...8000))
        if isTroubled, chance.once(in: 30) {
            arrival = arrival + chance.millis(1...30)
        } else {
            arrivals[connection] = arrival
        }
        agenda.add(at: arrival) { [self] in
            if let client = connections[connection] { narrate(client.room, "\(client.name) sends \(message)") }
            switch message {
            case .request(let room, _, _), .join(let room, _), .rejoin(let room, _), .disconnected(_, let room):
                house?.post(message, to: room)
            default: judge.accuse("clients do not send that")
            }
        }
    }

    private func leave(_ connection: ConnectionID, _ delivery: Delivery) {
        guard let client = connections[connection] else { return }
        switch delivery {
        case .entered(_, let membership): seats[connection] = membership.seat?.rawValue
        case .left: seats[connection] = nil
        case .message(let frame), .answer(let frame, _):
            let message = Message(frame)
            narrate(client.room, "\(client.name) over \(connection.serial) is told \(text(message.bytes))")
            judge.left(message, seat: seats[connection])
            bring(to: connection) { client.told(message, over: connection) }
        case .state(let state):
            narrate(client.room, "\(client.name) is shown \(state.version): \(text(state.view ?? []))")
            judge.left(state, seat: seats[connection])
            bring(to: connection) { client.told(state, over: connection) }
        case .settled, .kicked, .lobby, .became, .judged, .close: break
        }
    }

    private func bring(to connection: ConnectionID, _ body: @escaping () -> Void) {
        let arrival = max(departures[connection] ?? agenda.now, agenda.now + chance.micros(200...8000))
        departures[connection] = arrival
        agenda.add(at: arrival, body)
    }

    /// Prints what goes on in the room that `PARLOR_SIMULATION_ROOM` names by its number.
    private func narrate(_ room: RoomID, _ what: @autoclosure () -> String) {
        guard let narrated, room.rawValue.hasSuffix("-\(narrated)") else { return }
        print("\(agenda.now.uptimeNanoseconds / 1_000_000) ms: \(what())")
    }
    private let narrated = ProcessInfo.processInfo.environment["PARLOR_SIMULATION_ROOM"].flatMap(Int.init)

    // MARK: What happens

    private func comeBackSoon(_ client: SimulatedClient) {
        later(chance.millis(1...150)) { client.connect() }
    }

    private func play(_ client: SimulatedClient) {
        later(chance.millis(5...160)) { [self] in
            guard isTroubled else { return }
            switch chance.below(40) {
            case 0: client.request(.resync, id: nil)
            case 1: client.request(.rematch, id: "r\(agenda.count)")
            case 2: client.request(.chat("hello"), id: nil)
            case 3: client.repeatMove()
            case 4:
                client.disconnect(isKnown: !chance.once(in: 4))
                // Now and then for longer than a seat is held.
                later(chance.once(in: 8) ? chance.millis(4000...6000) : chance.millis(1...700)) { client.connect() }
            case 5...8: client.request(.rematch, id: "r\(agenda.count)")
            default: client.move()
            }
            if client.connection == nil, isUp, chance.once(in: 10) { client.connect() }
            play(client)
        }
    }

    private func trouble() {
        later(chance.millis(100...1500)) { [self] in
            guard isTroubled else { return }
            switch chance.below(8) {
            case 0...3: crash()
            case 4: stop()
            case 7: usurp()
            case 5: house?.suspend(for: chance.millis(50...1500))
            case 6: wall.offset += Int64(chance.below(7_200_000)) - 3_600_000
            default: break
            }
            trouble()
        }
    }

    private func calm() {
        isTroubled = false
        store.isFaulty = false
        for zombie in zombies { zombie.die() }
        if house == nil { start() }
        for client in clients { client.connect() }
    }

    private func checkAgreement() {
        for client in clients where !client.isOver {
            guard let record = judge.records[client.room] else { continue }
            let status = record.room.status()
            if client.unanswered > 0 { judge.accuse("\(client.name) waits for \(client.unanswered) answers") }
            guard client.connection != nil else {
                judge.accuse("\(client.name) did not come back")
                continue
            }
            if record.isExact, client.lastSeen.version != status.version {
                judge.accuse("\(client.name) stands at \(client.lastSeen.version), the store at \(status.version)")
            }
            if !record.isExact, status.phase == .playing, agenda.now - client.lastState > .milliseconds(400) {
                judge.accuse("\(client.name) sees a clock that stands still")
            }
        }
    }

    /// The time of day may jump; nothing may be ordered by it. Both unchecked, because a simulation runs in one thread.
    private final class Wall: @unchecked Sendable {
        var offset: Int64 = 1_700_000_000_000
    }

    private struct UncheckedAgenda: @unchecked Sendable {
        let agenda: Agenda
    }
}
