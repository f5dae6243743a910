import Foundation
import NIOCore
import Synchronization
import Testing

@testable import ParlorServer

@Suite struct `Keys from a server` {
    private static func token(_ key: SigningKey, _ user: String = "ann") throws -> [(String, String)] {
        let exp = Int(Date.now.timeIntervalSince1970) + 60
        return Tokens.header(try key.token(#"{"sub":"\#(user)","exp":\#(exp)}"#))
    }

    private static func status(_ server: TestServer, _ key: SigningKey) async throws -> Int {
        try await server.upgrade(headers: try token(key)).status
    }

    @Test func `new keys are found when somebody comes with one, and no more than once a minute`() async throws {
        let (first, second, third) = (SigningKey.p256(), SigningKey.ed25519(), SigningKey.p384())
        try await KeyServer.run(.answer(KeyServer.set(first))) { keys in
            try await withServer(flags: [.auth: "required", .jwks: keys.url]) { server async throws in
                #expect(keys.requests == 1, "read at the start")
                #expect(try await Self.status(server, first) == 101)
                keys.behave(.answer(KeyServer.set(first, second)))
                #expect(try await Self.status(server, second) == 101)
                #expect(keys.requests == 2)
                for _ in 0..<5 { #expect(try await Self.status(server, third) == 401) }
                #expect(keys.requests == 2, "it was read just now")
            }
        }
    }

    @Test(arguments: ["fail", "huge", "no set", "redirect", "gone"])
    func `old keys serve on while there are none to be had`(trouble: String) async throws {
        let (known, unknown) = (SigningKey.p256(), SigningKey.ed25519())
        try await KeyServer.run(.answer(KeyServer.set(known))) { keys in
            try await withServer(flags: [.auth: "required", .jwks: keys.url]) { server async throws in
                switch trouble {
                case "huge": keys.behave(.answer(KeyServer.set(unknown) + String(repeating: " ", count: 70_000)))
                case "no set": keys.behave(.answer("<html>Not found</html>"))
                case "redirect":
                    keys.behave(.redirect(to: keys.url + "2"))
                case "gone": keys.behave(.answer(#"{"keys":{}}"#))
                default: keys.behave(.fail)
                }
                #expect(try await Self.status(server, unknown) == 401)
                #expect(keys.requests == 2)
                #expect(try await Self.status(server, known) == 101)
            }
        }
    }

    @Test(arguments: [KeyServer.Behaviour.hang, .drip])
    func `a server of keys that does not answer holds up only those who need it`(
        behaviour: KeyServer.Behaviour
    ) async throws {
        let (known, unknown) = (SigningKey.p256(), SigningKey.ed25519())
        try await KeyServer.run(.answer(KeyServer.set(known))) { keys in
            try await withServer(flags: [.auth: "required", .jwks: keys.url, .threads: "1"]) { server async throws in
                keys.behave(behaviour)
                let slow = Waiting()
                async let refused = slow.wait { try await Self.status(server, unknown) }
                try await server.eventually {
                    _ = try await server.get("/livez")
                    return keys.requests == 2
                }
                #expect(try await Self.status(server, known) == 101)
                #expect(slow.isWaiting, "the others have not waited for it")
                #expect(try await refused == 401, "and it does not wait for ever")
            }
        }
    }

    @Test func `a server starts without its keys, and finds them later`() async throws {
        let key = SigningKey.p256()
        try await KeyServer.run(.fail) { keys in
            try await withServer(flags: [.auth: "required", .jwks: keys.url]) { server async throws in
                keys.behave(.answer(KeyServer.set(key)))
                #expect(try await Self.status(server, key) == 101)
            }
        }
    }

    @Test func `the check says how many keys there are`() async throws {
        let (key, secret) = (SigningKey.p256(), SigningKey.secret(TokenLab.secret))
        try await KeyServer.run(.answer(KeyServer.set(key, secret))) { keys in
            let data = try ScratchFolder()
            let run = ["check", "--port", "0", "--data", data.path, "--jwks", keys.url]
            let good = try await ParlorExecutable.run(run)
            #expect(good.output.contains("1 keys at \(keys.url) can be used, 1 more cannot"), "\(good.output)")
            keys.behave(.fail)
            let bad = try await ParlorExecutable.run(run)
            #expect(bad.status == 1 && bad.output.contains("the keys at \(keys.url) cannot be read"), "\(bad.output)")
        }
    }
}

/// Somebody who waits, for others to see.
private final class Waiting: Sendable {
    private let state = Mutex(true)

    var isWaiting: Bool { state.withLock { $0 } }

    func wait<Value: Sendable>(_ body: () async throws -> Value) async throws -> Value {
        defer { state.withLock { $0 = false } }
        return try await body()
    }
}
