import GameKitProtocol
import SessionStore
import Testing

@testable import ParlorServer

@Suite struct MessageReaderTests {
    private static func read(_ message: String) throws -> ClientMessage { try MessageReader.read(bytes(message)[...]) }

    private static func failure(_ message: String) -> MessageReader.Failure? {
        do throws(MessageReader.Failure) {
            _ = try MessageReader.read(bytes(message)[...])
            return nil
        } catch {
            return error
        }
    }

    @Test(
        arguments: [
            // No JSON.
            ("", .badJSON, nil), ("{", .badJSON, nil), ("nonsense", .badJSON, nil),
            (#"{"type":"ping"} x"#, .badJSON, nil),
            (#"{'type':'ping'}"#, .badJSON, nil), (#"{"type":"ping",}"#, .badJSON, nil), (#"{"id":01}"#, .badJSON, nil),
            (String(repeating: "[", count: 100), .badJSON, nil),
            // No message.
            ("[]", .badMessage, nil), ("null", .badMessage, nil), ("7", .badMessage, nil),
            (#""ping""#, .badMessage, nil),
            (#"{"type":"ping","type":"ping"}"#, .badMessage, "type"),
            (#"{"type":"ping","typ\u0065":"ping"}"#, .badMessage, "type"),
            (#"{"type":"ping","data":{"a":{"b":1,"b":1}}}"#, .badMessage, "b"),
            // The envelope.
            ("{}", .badMessage, "type"), (#"{"type":7}"#, .badMessage, "type"),
            (#"{"type":null}"#, .badMessage, "type"),
            (#"{"type":"fly"}"#, .unknownType, nil), (#"{"type":""}"#, .unknownType, nil),
            (#"{"type":"PING"}"#, .unknownType, nil), (#"{"type":"ping","id":""}"#, .badMessage, "id"),
            (#"{"type":"ping","id":-1}"#, .badMessage, "id"), (#"{"type":"ping","id":1.5}"#, .badMessage, "id"),
            (#"{"type":"ping","id":null}"#, .badMessage, "id"), (#"{"type":"ping","id":[1]}"#, .badMessage, "id"),
            (#"{"type":"resync","roomId":7}"#, .badMessage, "roomId"),
            (#"{"type":"resync","gameType":7}"#, .badMessage, "gameType"),
            (#"{"type":"resync","data":7}"#, .badMessage, "data"),
            (#"{"type":"resync","data":null}"#, .badMessage, "data"),
            (#"{"type":"resync","data":[]}"#, .badMessage, "data"),
            // Rooms that cannot be.
            (#"{"type":"resync","roomId":"short"}"#, .notInRoom, nil),
            (#"{"type":"join_room","roomId":"../../etc"}"#, .roomNotFound, nil),
            (#"{"type":"reconnect","roomId":"short","data":{"clientId":"x"}}"#, .sessionNotFound, nil),
            (#"{"type":"reconnect","data":{"roomId":"short","clientId":"x"}}"#, .sessionNotFound, nil),
            (#"{"type":"reconnect","data":{"roomId":7,"clientId":"x"}}"#, .badMessage, "roomId"),
            // Joining.
            (#"{"type":"join_room","data":{"name":""}}"#, .badMessage, "name"),
            (#"{"type":"join_room","data":{"name":7}}"#, .badMessage, "name"),
            (#"{"type":"join_room","data":{"name":"a\u0000b"}}"#, .badMessage, "name"),
            (#"{"type":"join_room","data":{"as":"god"}}"#, .badMessage, "as"),
            (#"{"type":"join_room","data":{"seat":-1}}"#, .badMessage, "seat"),
            (#"{"type":"join_room","data":{"seat":64}}"#, .badMessage, "seat"),
            (#"{"type":"join_room","data":{"seat":"0"}}"#, .badMessage, "seat"),
            (#"{"type":"join_room","data":{"seat":0.0}}"#, .badMessage, "seat"),
            (#"{"type":"join_room","data":{"create":1}}"#, .badMessage, "create"),
            (#"{"type":"join_room","data":{"visibility":"secret"}}"#, .badMessage, "visibility"),
            (#"{"type":"join_room","data":{"sync":"half"}}"#, .badMessage, "sync"),
            (#"{"type":"join_room","data":{"history":51}}"#, .badMessage, "history"),
            (#"{"type":"join_room","data":{"options":[]}}"#, .badMessage, "options"),
            (#"{"type":"join_room","data":{"options":null}}"#, .badMessage, "options"),
            (
                #"{"type":"join_room","data":{"options":{"a":"\#(String(repeating: "a", count: 5000))"}}}"#,
                .badMessage, "options"
            ),
            (#"{"type":"join_room","data":{"token":7}}"#, .badMessage, "token"),
            // Coming back.
            (#"{"type":"reconnect"}"#, .badMessage, "clientId"),
            (#"{"type":"reconnect","data":{"clientId":7}}"#, .badMessage, "clientId"),
            (#"{"type":"reconnect","data":{"clientId":"x","lastSeq":-1}}"#, .badMessage, "lastSeq"),
            (#"{"type":"reconnect","data":{"clientId":"x","lastSeq":9007199254740992}}"#, .badMessage, "lastSeq"),
            (#"{"type":"reconnect","data":{"clientId":"x","lastVersion":"1"}}"#, .badMessage, "lastVersion"),
            (#"{"type":"reconnect","data":{"clientId":"x","lastEpoch":1e2}}"#, .badMessage, "lastEpoch"),
            // The rest.
            (#"{"type":"make_move"}"#, .badMessage, "data"),
            (#"{"type":"make_move","data":"up"}"#, .badMessage, "data"),
            (#"{"type":"ready","data":{"ready":"yes"}}"#, .badMessage, "ready"),
            (#"{"type":"add_bot","data":{"level":0}}"#, .badMessage, "level"),
            (#"{"type":"add_bot","data":{"level":4}}"#, .badMessage, "level"),
            (#"{"type":"remove_bot","data":{"seat":"all"}}"#, .badMessage, "seat"),
            (#"{"type":"kick"}"#, .badMessage, "seat"),
            (#"{"type":"chat"}"#, .badMessage, "text"), (#"{"type":"chat","data":{"text":"  "}}"#, .badMessage, "text"),
            (#"{"type":"authenticate"}"#, .badMessage, "token"), (#"{"type":"refresh_token"}"#, .badMessage, "token"),
            (#"{"type":"ping","data":{"a":"\#(String(repeating: "a", count: 249))"}}"#, .badMessage, "data"),
        ] as [(String, ErrorCode, String?)])
    func `what is malformed is answered with a code and the field`(message: String, code: ErrorCode, field: String?) {
        let problem = Self.failure(message)?.problem
        #expect(problem?.code == code)
        #expect(problem?.field == field)
    }

    @Test(
        arguments: [
            (#"{"type":"authenticate","data":{"token":"t"}}"#, "authenticate_result"),
            (#"{"type":"refresh_token","data":{"token":"t"}}"#, "refresh_token_result"),
            (#"{"type":"join_room"}"#, "join_room_result"), (#"{"type":"leave_room"}"#, "leave_room_result"),
            (#"{"type":"reconnect","data":{"clientId":"x"}}"#, "reconnect_result"),
            (#"{"type":"make_move","data":{}}"#, "make_move_result"), (#"{"type":"resync"}"#, nil),
            (#"{"type":"ready"}"#, "ready_result"), (#"{"type":"rematch"}"#, "rematch_result"),
            (#"{"type":"add_bot"}"#, "add_bot_result"), (#"{"type":"remove_bot"}"#, "remove_bot_result"),
            (#"{"type":"kick","data":{"seat":1}}"#, "kick_result"), (#"{"type":"lock"}"#, "lock_result"),
            (#"{"type":"unlock"}"#, "unlock_result"), (#"{"type":"chat","data":{"text":"hi"}}"#, "chat_result"),
            (#"{"type":"get_room_list"}"#, nil), (#"{"type":"watch_lobby"}"#, "watch_lobby_result"),
            (#"{"type":"unwatch_lobby"}"#, "unwatch_lobby_result"), (#"{"type":"ping"}"#, nil),
        ] as [(String, String?)])
    func `every type is read, and failed with the same result as it is answered with`(
        message: String, resultType: String?
    ) throws {
        #expect(try Self.read(message).request.resultType == resultType)
        let broken = message.dropLast() + #","gameType":7,"id":"m1"}"#
        let failure = Self.failure(String(broken))
        #expect(failure?.resultType == resultType)
        #expect(failure?.id == .text("m1"))
    }

    @Test func `a join says all that it wants`() throws {
        let message = try Self.read(
            #"{"type":"join_room","id":7,"roomId":"room0001","gameType":"dice","extra":1,"data":{"name":" Ann ","#
                + #""as":"spectator","seat":63,"create":true,"visibility":"private","sync":"patch","history":50,"#
                + #""options":{"target": 50}}}"#)
        guard case .join(let join) = message.request else { throw Unexpected() }
        var wanted = JoinRequest()
        wanted.name = "Ann"
        wanted.isSpectator = true
        wanted.seat = 63
        wanted.creates = true
        wanted.visibility = .private
        wanted.options = bytes(#"{"target": 50}"#)
        wanted.sync = .patch
        wanted.history = 50
        #expect(join == wanted)
        #expect(message.id == .number(7))
        #expect(message.room == .numbered(1))
        #expect(message.gameType == "dice")
    }

    @Test func `a join that says nothing wants a seat in a public room`() throws {
        guard case .join(let join) = try Self.read(#"{"type":"join_room"}"#).request else { throw Unexpected() }
        #expect(join == JoinRequest())
        #expect(!join.isSpectator && !join.creates && join.visibility == .public)
    }

    @Test func `a return says where it has been`() throws {
        let message = try Self.read(
            #"{"type":"reconnect","data":{"clientId":"secret","roomId":"room0001","lastSeq":5,"lastEpoch":2}}"#)
        guard case .reconnect(let request) = message.request else { throw Unexpected() }
        #expect(request == ReconnectRequest(clientId: "secret", last: LastSeen(seq: 5, epoch: 2)))
        #expect(message.room == .numbered(1))
    }

    @Test func `a move is handed on as it was written`() throws {
        let message = try Self.read(#"{"type":"make_move","data":{ "row" : 1 }}"#)
        guard case .inRoom(.move(let move)) = message.request else { throw Unexpected() }
        #expect(text(move) == #"{ "row" : 1 }"#)
    }

    @Test func `what a bot is not told, it is a middling one on any seat`() throws {
        guard case .inRoom(.addBot(let seat, let level)) = try Self.read(#"{"type":"add_bot"}"#).request else {
            throw Unexpected()
        }
        #expect(seat == nil)
        #expect(level == .medium)
    }

    @Test func `ready means ready, unless it says otherwise`() throws {
        for (message, ready) in [(#"{"type":"ready"}"#, true), (#"{"type":"ready","data":{"ready":false}}"#, false)] {
            guard case .inRoom(.ready(let said)) = try Self.read(message).request else { throw Unexpected() }
            #expect(said == ready)
        }
    }

    private struct Unexpected: Error {}
}
