import NIOCore
import NIOPosix
import Testing

@testable import ParlorServer

/// Takes as long as the deadlines do.
@Suite struct `Connections of pages` {
    private struct Idler: Sendable {
        let name: String
        let first: String
        /// What comes every half second.
        var then = ""
        let seconds: Int
    }

    private static let get = "GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n"
    private static let post = "POST /api/rooms HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10000\r\n\r\n"

    private static let idlers = [
        Idler(name: "nothing at all", first: "", seconds: 10),
        Idler(name: "a head, byte by byte", first: "GET / HTTP/1.1\r\n", then: "X", seconds: 10),
        Idler(name: "a body that never comes", first: post, seconds: 30),
        Idler(name: "a body, byte by byte", first: post, then: "x", seconds: 30),
        Idler(name: "one request, and silence", first: get, seconds: 30),
        Idler(
            name: "one request, and a head byte by byte", first: get + "GET / HTTP/1.1\r\nX: ", then: "x", seconds: 30),
    ]

    @Test func `Whoever keeps the server waiting is not waited for without end`() async throws {
        try await withServer { server in
            try await withThrowingTaskGroup { group in
                for idler in Self.idlers {
                    group.addTask {
                        let time = try await Self.lifetime(of: idler, server)
                        #expect(Double(idler.seconds) - 1 < time, "\(idler.name) ended after \(time) s")
                        #expect(time < Double(idler.seconds) + 15, "\(idler.name) ended after \(time) s")
                    }
                }
                try await group.waitForAll()
            }
            #expect(server.node.door.pageConnections == 0)
        }
    }

    /// In seconds, until the server ends it.
    private static func lifetime(of idler: Idler, _ server: TestServer) async throws -> Double {
        let start = ContinuousClock.now
        let channel = try await server.silent()
        try await channel.writeAndFlush(ByteBuffer(string: idler.first))
        let trickle = channel.eventLoop.scheduleRepeatedTask(
            initialDelay: .milliseconds(500), delay: .milliseconds(500)
        ) { _ in
            if !idler.then.isEmpty { channel.writeAndFlush(ByteBuffer(string: idler.then), promise: nil) }
        }
        // A server that never ends it is not waited for either.
        channel.eventLoop.scheduleTask(in: .seconds(60)) { channel.close(promise: nil) }
        try await channel.closeFuture.get()
        trickle.cancel()
        return start.duration(to: .now) / .seconds(1)
    }
}
