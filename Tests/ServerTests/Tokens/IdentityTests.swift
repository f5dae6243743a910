import NIOCore
import Testing

@testable import ParlorServer

@Suite struct IdentityTests {
    private static func proof(expiresIn seconds: Int64) throws -> Proof {
        try Proof(
            try UntrustedToken(
                try SigningKey.secret(TokenLab.secret).token(TokenLab.claims(["exp": "\(TokenLab.seconds + seconds)"]))
            ).claims)
    }

    private static func wall(_ seconds: Int64) -> Int64 { TokenLab.now + seconds * 1000 }

    @Test func `whoever must say who they are has five seconds for it`() throws {
        var identity = Identity(mustProve: true, at: .start)
        #expect(identity.isUnproven)
        #expect(identity.beat(at: .at(.milliseconds(4999)), wallClock: 0) == .nothing)
        #expect(identity.beat(at: .at(.seconds(5)), wallClock: 0) == .end)
        identity.isProving = true
        #expect(identity.beat(at: .at(.seconds(6)), wallClock: 0) == .nothing, "the token is being looked at")
        identity.accept(try Self.proof(expiresIn: 100), at: TokenLab.now)
        identity.isProving = false
        #expect(!identity.isUnproven && identity.beat(at: .at(.hours(1)), wallClock: TokenLab.now) == .nothing)
    }

    @Test func `the anonymous stay for as long as they like, where they may`() {
        var identity = Identity(at: .start)
        #expect(!identity.isUnproven)
        #expect(identity.beat(at: .at(.hours(1000)), wallClock: .max) == .nothing)
    }

    @Test func `an end is told a minute before, once, and then comes`() throws {
        var identity = Identity(
            proof: try Self.proof(expiresIn: 100), mustProve: true, at: .start, wallClock: TokenLab.now)
        #expect(identity.beat(at: .start, wallClock: Self.wall(39)) == .nothing)
        #expect(identity.beat(at: .start, wallClock: Self.wall(40)) == .warn(expiresAt: Self.wall(100)))
        #expect(identity.beat(at: .start, wallClock: Self.wall(41)) == .nothing)
        #expect(identity.beat(at: .start, wallClock: Self.wall(99)) == .nothing)
        #expect(identity.beat(at: .start, wallClock: Self.wall(100)) == .end)
    }

    @Test func `a new token takes over, and is told of in its turn`() throws {
        var identity = Identity(proof: try Self.proof(expiresIn: 100), at: .start, wallClock: TokenLab.now)
        #expect(identity.beat(at: .start, wallClock: Self.wall(50)) == .warn(expiresAt: Self.wall(100)))
        identity.accept(try Self.proof(expiresIn: 200), at: Self.wall(60))
        #expect(identity.beat(at: .start, wallClock: Self.wall(100)) == .nothing)
        #expect(identity.beat(at: .start, wallClock: Self.wall(140)) == .warn(expiresAt: Self.wall(200)))
        #expect(identity.beat(at: .start, wallClock: Self.wall(200)) == .end)
    }

    @Test func `with less than a minute left the end is told at once`() throws {
        var identity = Identity(proof: try Self.proof(expiresIn: 3), at: .start, wallClock: TokenLab.now)
        #expect(identity.beat(at: .start, wallClock: TokenLab.now) == .warn(expiresAt: Self.wall(3)))
        #expect(identity.beat(at: .start, wallClock: Self.wall(3)) == .end)
    }

    @Test func `a token that a slow clock let in lasts as long as that difference may be`() throws {
        var identity = Identity(proof: try Self.proof(expiresIn: -10), at: .start, wallClock: TokenLab.now)
        #expect(identity.beat(at: .start, wallClock: TokenLab.now) == .warn(expiresAt: Self.wall(-10)))
        #expect(identity.beat(at: .start, wallClock: Self.wall(19)) == .nothing)
        #expect(identity.beat(at: .start, wallClock: Self.wall(20)) == .end)
    }
}
