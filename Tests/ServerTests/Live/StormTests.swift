import NIOCore
import Testing

@testable import ParlorServer

@Suite(.serialized) struct `After an outage` {
    private static let people = 1000

    /// The type of the first message of a kind, however long it takes when everybody comes at once.
    private static func message(_ type: String, to client: TestClient) async throws -> JSON {
        while true {
            guard case .text(let text) = try await client.event(within: .seconds(60)) else {
                throw Missing(description: "closed, not a \(type)")
            }
            let message = try JSON(text)
            if message.type == type { return message }
        }
    }

    /// A new client's seat, and the secret that it can be had back by.
    private static func sit(
        _ envelope: String, _ data: String, _ server: TestServer
    ) async throws -> (secret: String, room: String) {
        let client = try await TestClient.open(port: server.port)
        let welcome = try await message("welcome", to: client)
        try await client.send(#"{"type":"join_room",\#(envelope),"data":{\#(data)}}"#)
        let joined = try await message("join_room_result", to: client)
        #expect(joined["success"] == true, "\(joined)")
        return (welcome.data["clientId"]?.string ?? "", joined["roomId"]?.string ?? "")
    }

    /// Does something so many times at once.
    private static func all<Value: Sendable>(
        _ count: Int, _ body: @escaping @Sendable (Int) async throws -> Value
    ) async throws -> [Value] {
        try await withThrowingTaskGroup(of: (Int, Value).self) { group in
            for number in 0..<count { group.addTask { (number, try await body(number)) } }
            var values: [Int: Value] = [:]
            for try await (number, value) in group { values[number] = value }
            return (0..<count).compactMap { values[$0] }
        }
    }

    @Test func `A thousand people behind one address all come back at once, and are let in`() async throws {
        let folder = try ScratchFolder()
        let setup = ServerSetup(games: ["dice": #""graceSeconds":120"#], flags: [.data: folder.path + "/data"])
        var secrets: [String] = []
        try await TestServer.run(setup) { server in
            // Tables of five, and nobody waits: a seat in a game is held for longer.
            let hosts = try await Self.all(Self.people / 5) { _ in
                try await Self.sit(#""gameType":"dice""#, #""create":true,"options":{"seats":5}"#, server)
            }
            let others = try await Self.all(Self.people - hosts.count) { number in
                try await Self.sit(#""roomId":"\#(hosts[number % hosts.count].room)""#, "", server)
            }
            secrets = (hosts + others).map(\.secret)
        }
        try #require(Set(secrets).count == Self.people)
        try await TestServer.run(setup) { [secrets] server in
            let clients = try await Self.all(Self.people) { number in
                let client = try await TestClient.open(port: server.port)
                try await client.send(#"{"type":"reconnect","data":{"clientId":"\#(secrets[number])"}}"#)
                let back = try await Self.message("reconnect_result", to: client)
                #expect(back["success"] == true, "\(back)")
                #expect(back.data["role"] == "player")
                return client
            }
            #expect(clients.count == Self.people)
            #expect(server.node.metrics.read().refusals.values.allSatisfy { $0 == 0 })
            #expect(server.node.metrics.read().closes.isEmpty)
        }
    }
}
