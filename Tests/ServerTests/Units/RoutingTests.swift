import GameKitProtocol
import NIOCore
import SessionStore
import Testing

@testable import ParlorServer

@Suite struct TokenBucketTests {
    @Test func `a full bucket is a burst, then it is so many a second`() {
        var bucket = TokenBucket(perSecond: 10, burst: 20, now: .start)
        for _ in 0..<20 { #expect(bucket.take(at: .start) == nil) }
        let waits = [0, 99, 100, 100].map { bucket.take(at: .at(.milliseconds($0)))?.milliseconds }
        #expect(waits == [101, 2, nil, 101])
    }

    @Test func `whoever waits as long as told is let through`() throws {
        var bucket = TokenBucket(perSecond: 3, burst: 3, now: .start)
        for _ in 0..<3 { _ = bucket.take(at: .start) }
        let told = bucket.take(2, at: .start)
        let wait = try #require(told)
        #expect(bucket.take(2, at: .at(.milliseconds(wait.milliseconds))) == nil)
    }

    @Test func `a bucket holds no more than its burst`() {
        var bucket = TokenBucket(perSecond: 10, burst: 2, now: .start)
        #expect(bucket.take(2, at: .at(.hours(1))) == nil)
        #expect(bucket.take(at: .at(.hours(1))) != nil)
    }

    @Test func `what costs more than the bucket holds takes a full one`() {
        var bucket = TokenBucket(perSecond: 1, burst: 2, now: .start)
        #expect(bucket.take(4, at: .start) == nil)
        #expect(bucket.take(4, at: .at(.seconds(1))) == .milliseconds(1001))
        #expect(bucket.take(4, at: .at(.seconds(2))) == nil)
    }

    @Test func `no rate is no limit`() {
        var bucket = TokenBucket(perSecond: 0, burst: 0, now: .start)
        for _ in 0..<1000 { #expect(bucket.take(100, at: .start) == nil) }
    }
}

@Suite struct MessageRouterTests {
    private var router = MessageRouter(defaultGame: "dice", limits: Limits(), now: .start)

    private mutating func receive(_ message: String, at time: TimeAmount = .zero) -> [String] {
        router.received(bytes(message)[...], at: .at(time)).map(Self.name)
    }

    private mutating func settle(_ settled: Settled) -> [String] { router.settled(settled, at: .start).map(Self.name) }

    private mutating func enter(_ room: Int, gameType: String = "dice", isRealTime: Bool = false) {
        router.entered(
            .numbered(room), Membership(seat: 0, sync: .full, gameType: gameType, isRealTime: isRealTime))
    }

    private static func name(_ action: MessageRouter.Action) -> String {
        func id(_ id: MessageID?) -> String {
            id.map { id in if case .text(let text) = id { text } else { "?" } } ?? "-"
        }
        return switch action {
        case .send(let message): text(message)
        case .toRoom(let room, let request): "\(room) \(request.command.resultType ?? "resync") \(id(request.id))"
        case .prove(_, let message, let isRefresh): "\(isRefresh ? "refresh" : "prove") \(id(message))"
        case .join(_, let message, let room, let game): "join \(id(message)) \(room?.rawValue ?? "-") \(game ?? "-")"
        case .reconnect(_, let message, let room): "reconnect \(id(message)) \(room?.rawValue ?? "-")"
        case .listRooms(let message, let game): "list \(id(message)) \(game ?? "-")"
        case .watchLobby(let message, let game): "watch \(id(message)) \(game ?? "-")"
        case .unwatchLobby(let message): "unwatch \(id(message))"
        case .pong(let message, _): "pong \(id(message))"
        case .forgetBase(let room): "forget \(room)"
        case .refused(let limit): "over \(limit.rawValue)"
        case .close(let code): "close \(code.rawValue)"
        }
    }

    private static func move(_ id: Int, room: Int? = nil) -> String {
        let room = room.map { #","roomId":"\#(RoomID.numbered($0))""# } ?? ""
        return #"{"type":"make_move","id":"m\#(id)"\#(room),"data":{}}"#
    }

    private static let leave = #"{"type":"leave_room","id":"l"}"#
    private static let join = #"{"type":"join_room","id":"j"}"#
    private static let reconnect = #"{"type":"reconnect","id":"r","data":{"clientId":"x"}}"#

    @Test mutating func `what is sent behind a join waits for it, and then goes on in order`() {
        #expect(receive(Self.join) == ["join j - dice"])
        #expect(router.mayRead)
        #expect(receive(Self.move(1)).isEmpty)
        #expect(!router.mayRead)
        #expect(receive(#"{"type":"resync"}"#).isEmpty)
        #expect(receive(#"{"type":"ping"}"#).isEmpty, "it does not overtake")
        enter(1)
        #expect(settle(.request(.numbered(1))).isEmpty)
        #expect(
            settle(.entrance)
                == ["room0001 make_move_result m1", "forget room0001", "room0001 resync -", "pong -"])
        #expect(router.mayRead)
    }

    @Test mutating func `a ping alone does not wait for a join`() {
        _ = receive(Self.join)
        #expect(receive(#"{"type":"ping","id":"p"}"#) == ["pong p"])
    }

    @Test mutating func `a join behind a join waits for the first, and what is behind it for both`() {
        _ = receive(Self.join)
        #expect(receive(#"{"type":"join_room","id":"k","gameType":"pong"}"#).isEmpty)
        #expect(receive(#"{"type":"get_room_list","id":"g"}"#).isEmpty)
        #expect(settle(.entrance) == ["join k - pong"])
        #expect(settle(.entrance) == ["list g -"])
    }

    @Test mutating func `a join by name names no game by itself`() {
        #expect(receive(#"{"type":"join_room","id":"j","roomId":"room0009"}"#) == ["join j room0009 -"])
    }

    @Test mutating func `sixteen moves go ahead of their answers, the next one stops the reading`() {
        enter(1)
        for number in 1...16 { #expect(receive(Self.move(number)).count == 1) }
        #expect(router.mayRead)
        #expect(receive(Self.move(17)).isEmpty)
        #expect(!router.mayRead)
        #expect(receive(Self.move(18)).isEmpty)
        #expect(receive(Self.leave).isEmpty)
        #expect(settle(.move(.numbered(1))) == ["room0001 make_move_result m17"])
        #expect(!router.mayRead)
        #expect(
            settle(.move(.numbered(1))) == ["room0001 make_move_result m18", "room0001 leave_room_result l"])
        #expect(router.mayRead)
    }

    @Test mutating func `the moves of one room do not hold those of another`() {
        enter(1)
        enter(2)
        for number in 1...16 { _ = receive(Self.move(number, room: 1)) }
        #expect(receive(Self.move(17, room: 2)) == ["room0002 make_move_result m17"])
        #expect(receive(Self.move(18, room: 1)).isEmpty)
        #expect(settle(.move(.numbered(2))).isEmpty)
        #expect(settle(.move(.numbered(1))) == ["room0001 make_move_result m18"])
    }

    @Test mutating func `in one room its id may be left out, in several it may not`() {
        enter(1)
        #expect(receive(Self.move(1)) == ["room0001 make_move_result m1"])
        enter(2)
        let answer = receive(Self.move(2)).first ?? ""
        #expect(answer.contains(#""code":"bad_message""#) && answer.contains(#""details":{"field":"roomId"}"#))
        #expect(receive(Self.move(3, room: 2)) == ["room0002 make_move_result m3"])
        router.left(.numbered(2))
        #expect(receive(Self.move(4)) == ["room0001 make_move_result m4"])
    }

    @Test mutating func `whoever is in no room, or in another, is told so`() {
        let answer =
            #"{"type":"make_move_result","id":"m1","success":false,"error":{"code":"not_in_room","#
            + #""message":"You are not in that room.","retryable":false}}"#
        #expect(receive(Self.move(1)) == [answer])
        enter(1)
        #expect(receive(Self.move(2, room: 9)).first?.contains(#""code":"not_in_room""#) == true)
    }

    @Test mutating func `a command for another game than the room's is refused`() {
        enter(1)
        let answer = receive(#"{"type":"ready","gameType":"pong"}"#).first ?? ""
        #expect(answer.contains(#""code":"wrong_game""#) && answer.contains(#""type":"ready_result""#))
        #expect(receive(#"{"type":"ready","gameType":"dice"}"#) == ["room0001 ready_result -"])
    }

    @Test mutating func `a connection that has joined can be nobody else`() {
        enter(1)
        router.left(.numbered(1))
        #expect(receive(Self.reconnect).first?.contains(#""code":"forbidden""#) == true)
        #expect(router.mayRead)
    }

    @Test mutating func `a return holds what is behind it`() {
        #expect(receive(Self.reconnect) == ["reconnect r -"])
        #expect(receive(Self.leave).isEmpty)
        enter(1)
        #expect(settle(.entrance) == ["room0001 leave_room_result l"])
    }

    @Test mutating func `mistakes are answered, too many of them close the connection`() {
        #expect(receive("{").first?.contains(#""type":"error""#) == true)
        for _ in 1..<300 { _ = receive("{") }
        #expect(receive("{").first == "close 4004")
        #expect(receive("{", at: .seconds(60)).first?.contains("bad_json") == true)
    }

    @Test mutating func `whoever is over the rate is told when to come again, and at last closed`() {
        for _ in 0..<240 { #expect(receive(#"{"type":"ping","id":"p"}"#) == ["pong p"]) }
        let answer = receive(#"{"type":"unwatch_lobby","id":"u"}"#).first ?? ""
        #expect(answer.hasPrefix(#"{"type":"unwatch_lobby_result","id":"u","success":false"#))
        #expect(answer.contains(#""code":"rate_limited""#) && answer.contains(#""retryAfterMs":9"#))
        for _ in 1..<300 { _ = receive(#"{"type":"ping"}"#) }
        #expect(receive(#"{"type":"ping"}"#).first == "close 4004")
    }

    @Test mutating func `what makes more work costs more`() {
        for _ in 0..<24 {
            #expect(receive(#"{"type":"get_room_list"}"#) == ["list - -"])
            _ = settle(.list)
        }
        let refused = receive(#"{"type":"get_room_list"}"#)
        #expect(refused.first?.contains("rate_limited") == true)
        #expect(refused.last == "over messages")
    }

    @Test mutating func `one list at a time is asked for, and nothing overtakes the next`() {
        enter(1)
        #expect(receive(#"{"type":"get_room_list","id":"a"}"#) == ["list a -"])
        #expect(receive(Self.move(1)) == ["room0001 make_move_result m1"])
        #expect(receive(#"{"type":"watch_lobby","id":"b"}"#).isEmpty)
        #expect(receive(Self.move(2)).isEmpty)
        #expect(!router.mayRead)
        #expect(settle(.list) == ["watch b -", "room0001 make_move_result m2"])
        #expect(router.mayRead)
    }

    @Test mutating func `a long message costs more than a short one`() {
        let long = #"{"type":"ping","data":{"x":"\#(String(repeating: "x", count: 16_000))"}}"#
        for _ in 0..<30 { _ = receive(long) }
        #expect(receive(#"{"type":"ping"}"#).first?.contains("rate_limited") == true)
    }

    @Test mutating func `chat has a rate of its own`() {
        enter(1)
        let line = #"{"type":"chat","id":"c","data":{"text":"hi"}}"#
        for _ in 0..<60 { #expect(receive(line) == ["room0001 chat_result c"]) }
        let refused = receive(line)
        #expect(refused.first?.contains(#""type":"chat_result","id":"c","success":false"#) == true)
        #expect(refused.last == "over chat")
        #expect(receive(Self.move(1)) == ["room0001 make_move_result m1"])
        #expect(receive(line, at: .milliseconds(250)) == ["room0001 chat_result c"])
    }

    @Test mutating func `frames that only say that one is there are counted too`() {
        for _ in 0..<240 { #expect(router.receivedControl(at: .start).isEmpty) }
        for _ in 0..<300 { #expect(router.receivedControl(at: .start).map(Self.name) == ["over messages"]) }
        #expect(router.receivedControl(at: .start).map(Self.name) == ["over messages", "close 4004"])
    }

    @Test mutating func `whoever guesses names is closed after thirty, and after one a second`() {
        for _ in 0..<30 { #expect(settle(.guess) == ["over guesses"]) }
        #expect(settle(.guess) == ["over guesses", "close 4004"])
        #expect(router.settled(.guess, at: .at(.seconds(1))).map(Self.name) == ["over guesses"])
    }

    @Test mutating func `a connection watches so many rooms and no more, but comes back to each`() {
        for room in 0..<Limits.watchedRooms {
            router.entered(
                .numbered(room), Membership(seat: nil, sync: .full, gameType: "dice", isRealTime: false))
        }
        let another = #"{"type":"join_room","id":"w","roomId":"room0099","data":{"as":"spectator"}}"#
        let refused = receive(another)
        #expect(refused.first == "over watched_rooms")
        #expect(refused.last?.contains(#""code":"too_many_rooms""#) == true)
        #expect(router.mayRead)
        #expect(
            receive(#"{"type":"join_room","id":"b","roomId":"room0001","data":{"as":"spectator"}}"#)
                == ["join b room0001 -"])
        _ = settle(.entrance)
        #expect(receive(#"{"type":"join_room","id":"p","gameType":"dice"}"#) == ["join p - dice"])
    }

    @Test mutating func `what somebody asks for who does not read waits, and then goes on in order`() {
        enter(1)
        router.pause()
        #expect(!router.mayRead)
        #expect(receive(Self.move(1)).isEmpty)
        #expect(receive(#"{"type":"ping","id":"p"}"#).isEmpty)
        #expect(settle(.entrance).isEmpty, "an answer to something else lets nothing through")
        #expect(router.resumed().map(Self.name) == ["room0001 make_move_result m1", "pong p"])
        #expect(router.mayRead)
    }

    @Test mutating func `a room in real time makes the connection one`() {
        enter(1)
        #expect(!router.isInRealTimeRoom)
        enter(2, gameType: "pong", isRealTime: true)
        #expect(router.isInRealTimeRoom)
        router.left(.numbered(2))
        #expect(!router.isInRealTimeRoom)
    }
}
