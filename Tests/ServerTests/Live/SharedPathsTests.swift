import Foundation
import NIOCore
import NIOPosix
import Testing

@testable import ParlorServer

/// What more than one thread touches, used so often that ThreadSanitizer meets the rare interleavings too: `make races`
/// runs these with 300,000 turns, everybody else with a few.
@Suite struct SharedPathsTests {
    static let turns = ProcessInfo.processInfo.environment["PARLOR_TURNS"].flatMap(Int.init) ?? 1600
    private static let threads = 4

    @Test func `a mailbox brings what four threads post, each in its order`() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let mailbox = Mailbox<(thread: Int, number: Int)>(on: group.next())
        let (arrivals, arrived) = AsyncStream.makeStream(of: [(thread: Int, number: Int)].self)
        let each = Self.turns
        for thread in 0..<Self.threads {
            Thread.detachNewThread {
                for number in 0..<each { mailbox.post((thread, number)) }
            }
        }
        // Opened while they post.
        mailbox.open { arrived.yield($0) }
        var next = [Int](repeating: 0, count: Self.threads)
        for await messages in arrivals {
            for (thread, number) in messages {
                #expect(number == next[thread])
                next[thread] = number + 1
            }
            if next.allSatisfy({ $0 == each }) { break }
        }
        mailbox.close()
        try await group.shutdownGracefully()
    }

    @Test func `what is counted by four threads while others read is all there`() async {
        let metrics = Metrics()
        let each = Self.turns
        await withTaskGroup { group in
            for _ in 0..<Self.threads {
                group.addTask {
                    for number in 0..<each {
                        metrics.received(number % 3)
                        metrics.sent(Metrics.Sent(messages: 1, bytes: 1))
                        if number.isMultiple(of: 100) {
                            metrics.closed(.normal)
                            _ = metrics.read()
                        }
                    }
                }
            }
        }
        let reading = metrics.read()
        #expect(reading.messagesIn == each * Self.threads)
        #expect(reading.messagesOut == each * Self.threads)
        #expect(reading.closes[.normal] == (each + 99) / 100 * Self.threads)
    }

    @Test func `rooms and clients on four loops lose no answer while people come and go`() async throws {
        // Everybody is on whichever loop accepted them, and the room on its own.
        let flags: [Setting: String] = [.threads: "4", .messagesPerSecond: "0", .joinsPerMinutePerAddress: "0"]
        try await withServer(flags: flags) { server in
            try await withThrowingTaskGroup { group in
                for pair in 0..<8 { group.addTask { try await play(on: server, turns: Self.turns / 16, pair: pair) } }
                try await group.waitForAll()
            }
        }
    }

    private func play(on server: TestServer, turns: Int, pair: Int) async throws {
        let (first, second) = try await server.pair("dice", #""options":{"target":1000}"#)
        try await withThrowingTaskGroup { group in
            group.addTask { try await roll(first, on: server, turns, returns: pair.isMultiple(of: 2)) }
            group.addTask { try await roll(second, on: server, turns, returns: false) }
            try await group.waitForAll()
        }
    }

    /// Asks for rolls, whoever's turn it is, sixteen at a time, and reads all answers; now and then from a new connection.
    private func roll(_ guest: Guest, on server: TestServer, _ turns: Int, returns: Bool) async throws {
        var guest = guest
        var sent = 0
        while sent < turns {
            let batch = min(Limits.unansweredMoves, turns - sent)
            for number in sent..<sent + batch { try await guest.move(#"{"action":"roll"}"#, id: "m\(number)") }
            for number in sent..<sent + batch {
                try await guest.skip(to: "make_move_result") { $0["id"]?.string == "m\(number)" }
            }
            sent += batch
            if returns, sent.isMultiple(of: 10 * Limits.unansweredMoves) {
                guest = try await server.comeBack(guest.clientId, to: guest.room).0
                try await guest.send(#"{"type":"resync"}"#)
                try await guest.skip(to: "game_state")
                try await guest.ask(#"{"type":"get_room_list"}"#, "room_list")
            }
        }
        try await guest.client.close()
    }
}
