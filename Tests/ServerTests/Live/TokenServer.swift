import Foundation
import NIOCore

@testable import ParlorServer

/// Tokens for servers of tests, good now.
enum Tokens {

    /// - Parameter more: further claims, as JSON, or others in their place.
    static func of(_ user: String, expiresIn seconds: Int = 3600, _ more: [String: String] = [:]) throws -> String {
        let now = Int64(Date.now.timeIntervalSince1970)
        let usual = ["sub": #""\#(user)""#, "exp": "\(now + Int64(seconds))", "iat": "\(now)"]
        let claims = TokenLab.claims(usual.merging(more) { $1 })
        return try SigningKey.secret(TokenLab.secret).token(claims)
    }

    /// An invitation, for whoever has it.
    static func invitation(_ claims: [String: String]) throws -> String {
        let now = Int64(Date.now.timeIntervalSince1970)
        let all = ["exp": "\(now + 60)"].merging(claims) { $1 }
        let text = all.map { #""\#($0)":\#($1)"# }.joined(separator: ",")
        return try SigningKey.secret(TokenLab.secret).token("{\(text)}")
    }

    static func header(_ token: String) -> [(String, String)] { [("Authorization", "Bearer \(token)")] }
}

/// Starts a server that believes ``Tokens``.
func withTokens(
    _ policy: String = "optional", games: [String: String] = [:], flags: [Setting: String] = [:],
    _ test: (TestServer) async throws -> Void
) async throws {
    let usual: [Setting: String] = [.auth: policy, .jwtSecret: TokenLab.secret]
    try await withServer(games: games, flags: usual.merging(flags) { $1 }, test)
}

extension TestServer {
    /// A user's client, welcomed.
    func user(_ name: String, _ more: [String: String] = [:]) async throws -> Guest {
        try await guest(headers: Tokens.header(try Tokens.of(name, more)))
    }

    /// A page of this server, welcomed or not.
    func page(path: String = "/ws") async throws -> TestClient {
        try await TestClient.open(port: port, path: path, headers: [("Origin", "http://127.0.0.1:\(port)")])
    }
}

extension TestClient {
    /// The code that the server closes with, whatever comes before it.
    func closeCode(within time: TimeAmount = patience) async throws -> UInt16? {
        while true {
            switch try await event(within: time) {
            case .close(let code): return code
            case .ended: throw Missing(description: "ended without a close frame")
            case .text: break
            }
        }
    }
}

extension ScratchFolder {
    /// All files in it as one text, byte for byte as far as they are ASCII.
    func contents() throws -> String {
        let names = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
        return names.compactMap { FileManager.default.contents(atPath: path + "/" + $0) }
            .map { String(decoding: $0.map { $0 < 0x80 ? $0 : 0x3f }, as: UTF8.self) }.joined(separator: "\n")
    }
}
