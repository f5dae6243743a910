import NIOCore
import Testing

@testable import ParlorServer

/// What a connection does with tokens in messages.
@Suite struct RouterTokenTests {
    private static let join = #"{"type":"join_room","id":"j","gameType":"dice"}"#
    private static let authenticate = #"{"type":"authenticate","id":"a","data":{"token":"t"}}"#
    private static let refresh = #"{"type":"refresh_token","id":"r","data":{"token":"t"}}"#

    private static func router(_ proof: Proof? = nil, mustProve: Bool = false) -> MessageRouter {
        MessageRouter(
            defaultGame: nil, limits: Limits(), takesTokens: true,
            identity: Identity(proof: proof, mustProve: mustProve, at: .start, wallClock: TokenLab.now), now: .start)
    }

    private static func proof(_ user: String = "ann", expiresIn seconds: Int64 = 3600) throws -> Proof {
        let claims = TokenLab.claims(["sub": #""\#(user)""#, "exp": "\(TokenLab.seconds + seconds)"])
        return try Proof(try UntrustedToken(try SigningKey.secret(TokenLab.secret).token(claims)).claims)
    }

    private static func name(_ action: MessageRouter.Action) -> String {
        switch action {
        case .send(let message): text(message)
        case .prove(let token, _, let isRefresh): "\(isRefresh ? "refresh" : "prove") \(token)"
        case .join: "join"
        case .close(let code): "close \(code.rawValue)"
        default: "other"
        }
    }

    private static func receive(_ message: String, _ router: inout MessageRouter) -> [String] {
        router.received(bytes(message)[...], at: .start).map(name)
    }

    private static func judge(
        _ outcome: TokenVerdict.Outcome, isRefresh: Bool = false, _ router: inout MessageRouter
    ) -> [String] {
        let verdict = TokenVerdict(connection: .numbered(1), id: .text("a"), isRefresh: isRefresh, outcome: outcome)
        return router.judged(verdict, at: TokenLab.now).map(name)
    }

    @Test func `what is behind a token waits until it was judged`() throws {
        var router = Self.router()
        #expect(Self.receive(Self.authenticate, &router) == ["prove t"])
        #expect(Self.receive(Self.join, &router).isEmpty && !router.mayRead)
        #expect(
            Self.judge(.proven(try Self.proof()), &router) == [
                #"{"type":"authenticate_result","id":"a","success":true,"data":{"userId":"ann","expiresAt":\#(TokenLab.now + 3_600_000)}}"#,
                "join",
            ])
        #expect(router.mayRead && router.identity.proof?.user.text == "ann")
    }

    @Test func `a bad token ends the connection, and nothing behind it is done`() throws {
        var router = Self.router()
        _ = Self.receive(Self.authenticate, &router)
        _ = Self.receive(Self.join, &router)
        let answers = Self.judge(.refused(.expired), &router)
        #expect(answers.count == 2 && answers[0].contains(#""reason":"expired""#) && answers[1] == "close 4002")
        #expect(router.identity.proof == nil)
    }

    @Test func `a user with too many connections gets no further one`() throws {
        var router = Self.router()
        _ = Self.receive(Self.authenticate, &router)
        #expect(Self.judge(.tooMany, &router).last == "close 4006")
    }

    @Test func `another user's token is refused, and the first one stays`() throws {
        var router = Self.router(try Self.proof())
        _ = Self.receive(Self.authenticate, &router)
        _ = Self.receive(Self.join, &router)
        let answers = Self.judge(.anotherUser, &router)
        #expect(answers[0].contains("forbidden") && answers[1] == "join")
        #expect(router.identity.proof?.user.text == "ann")
    }

    @Test func `a refresh holds up nothing but the next one`() throws {
        var router = Self.router(try Self.proof())
        #expect(Self.receive(Self.refresh, &router) == ["refresh t"])
        #expect(Self.receive(Self.join, &router) == ["join"])
        _ = router.settled(.entrance, at: .start)
        #expect(Self.receive(Self.refresh, &router).isEmpty)
        let answers = Self.judge(.refused(.badSignature), isRefresh: true, &router)
        #expect(answers.count == 2 && answers[0].contains("bad_signature") && answers[1] == "refresh t")
        #expect(router.identity.proof != nil, "the one it has may still be good")
    }

    @Test func `whoever must say who they are may ask for nothing else`() throws {
        var router = Self.router(mustProve: true)
        for message in [Self.join, Self.refresh, #"{"type":"get_room_list"}"#, #"{"type":"watch_lobby"}"#] {
            #expect(Self.receive(message, &router).first?.contains(#""code":"unauthorized""#) == true, "\(message)")
        }
        #expect(Self.receive(#"{"type":"ping","data":{}}"#, &router) == ["other"])
        #expect(Self.receive(Self.authenticate, &router) == ["prove t"])
        _ = Self.judge(.proven(try Self.proof()), &router)
        #expect(Self.receive(Self.join, &router) == ["join"])
    }

    @Test func `its end is told, and comes`() throws {
        var router = Self.router(try Self.proof(expiresIn: 61))
        #expect(router.beat(at: .start, wallClock: TokenLab.now).isEmpty)
        let warning = router.beat(at: .start, wallClock: TokenLab.now + 1000).map(Self.name)
        #expect(warning == [#"{"type":"token_expiring","data":{"expiresAt":\#(TokenLab.now + 61_000)}}"#])
        #expect(router.beat(at: .start, wallClock: TokenLab.now + 61_000).map(Self.name) == ["close 4002"])
    }

    @Test func `looking at tokens costs more than other messages`() {
        var router = Self.router()
        for _ in 0..<30 {
            _ = Self.receive(Self.authenticate, &router)
            _ = Self.judge(.anotherUser, &router)
        }
        #expect(Self.receive(Self.authenticate, &router).first?.contains("rate_limited") == true)
    }
}
