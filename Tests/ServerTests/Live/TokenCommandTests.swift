import Foundation
import Testing

@testable import ParlorServer

@Suite struct `Tokens on the command line` {
    private let folder: ScratchFolder
    private let config: String

    init() throws {
        folder = try ScratchFolder()
        let secret = try folder.file("secret", TokenLab.secret + "\n")
        config = try folder.file(
            "parlor.conf", "PARLOR_JWT_SECRET_FILE=\(secret)\nPARLOR_JWT_ISSUER=me\nPARLOR_JWT_AUDIENCE=you\n")
    }

    @Test func `what it prints is a token and nothing else, and opens what it says`() async throws {
        try await withTokens("required", flags: [.jwtIssuer: "me", .jwtAudience: "you"]) { server in
            let made = try await ParlorExecutable.run("token", "--config", config, "--user", "ann")
            #expect(made.status == 0 && made.lines.count == 1 && made.complaint.isEmpty, "\(made)")
            var ann = try await server.guest(headers: Tokens.header(try #require(made.lines.first)))
            _ = try await ann.join(#""gameType":"dice""#, #""create":true,"visibility":"invited""#)

            let invitation = try await ParlorExecutable.run(
                "token", "--config", config, "--user", "bob", "--room", ann.room, "--game", "dice", "--role",
                "spectator",
                "--expires", "90s")
            let token = try #require(invitation.lines.first)
            let bob = try await server.guest(headers: Tokens.header(token))
            let play = #"{"type":"join_room","id":1,"roomId":"\#(ann.room)"}"#
            #expect(try await bob.ask(play, "join_room_result").code == "forbidden")
            let watch = #"{"type":"join_room","id":2,"roomId":"\#(ann.room)","data":{"as":"spectator"}}"#
            #expect(try await bob.ask(watch, "join_room_result")["success"] == true)
            let claims = try await TokenLab(rules: TokenRules(issuer: "me", audience: "you")).verifier.verify(
                token, at: server.node.wallClock())
            #expect(claims.expiresAt - (claims.issuedAt ?? 0) == 90_000)
        }
    }

    @Test func `without a secret there is no token`() async throws {
        let none = try await ParlorExecutable.run("token", "--user", "ann")
        #expect(none.status == 78 && none.output.isEmpty && none.complaint.contains("PARLOR_JWT_SECRET"))
        let short = try folder.file("short.conf", "PARLOR_JWT_SECRET=0123456789abcdef\n")
        let refused = try await ParlorExecutable.run("token", "--user", "ann", "--config", short)
        #expect(refused.status == 78 && refused.output.isEmpty && !refused.complaint.contains("0123456789abcdef"))
    }

    @Test(arguments: [
        ["--user", "a b"], ["--user", ""], ["--user", "ann", "--room", "x"], ["--user", "ann", "--role", "admin"],
        ["--user", "ann", "--expires", "0s"], ["--user", "ann", "--expires", "367d"],
        ["--user", "ann", "--expires", "soon"],
        ["--user", "ann", "--secret", "x"], [],
    ]) func `what makes no sense is refused`(arguments: [String]) async throws {
        let refused = try await ParlorExecutable.run(["token", "--config", config] + arguments)
        #expect(refused.status == 64 && refused.output.isEmpty, "\(refused)")
    }
}
