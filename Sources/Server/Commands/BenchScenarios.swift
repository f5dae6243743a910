internal import ArgumentParser
internal import LoadGenerator

/// The scenarios of `parlor bench`, each with what can be said of it. What they do is in the load generator.
extension BenchCommand {
    struct Echo: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Pings, each answered with a pong.")

        @OptionGroup var options: Options
        @Option var connections = 100
        @Option(help: "Messages a second, in all.") var rate = 10_000.0

        func run() async throws { try await options.run(.echo(connections: connections, perSecond: rate)) }
    }

    struct Moves: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Rooms of tic-tac-toe: from a move to its result.")

        @OptionGroup var options: Options
        @Option var rooms = 50
        @Option(help: "Moves a second, in all.") var rate = 5000.0
        @Flag(help: "Ask at the end whether every move that was acknowledged is there.") var checkDurable = false

        func run() async throws {
            try await options.run(.moves(rooms: rooms, perSecond: rate, checksDurability: checkDurable))
        }
    }

    struct Fanout: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "One room whose members say something in turn, and all hear it.")

        @OptionGroup var options: Options
        @Option(help: "Two of them players, the others spectators.") var members = 500
        @Option(help: "Lines a second, in all.") var rate = 20.0
        @Option(help: "Lines that are said at one moment.") var burst = 1
        @Option(help: "What each member gets of a line, as near as a line can come to it.") var bytes = 120

        func run() async throws {
            try await options.run(.fanout(members: members, perSecond: rate, burst: burst, bytes: bytes))
        }
    }

    struct Pong: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Rooms of two Pong players, and the states they get.")

        @OptionGroup var options: Options
        @Option var rooms = 100
        @Option(help: "How often each player changes direction.") var turnsPerSecond = 4.0
        @Flag(help: "Nobody moves.") var idleHanded = false

        func run() async throws {
            try await options.run(
                .pong(rooms: rooms, turnsPerSecond: turnsPerSecond, isIdleHanded: idleHanded))
        }
    }

    struct Rooms: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Rooms of dice: everybody in them hears of every move.")

        @OptionGroup var options: Options
        @Option var rooms = 100
        @Option(help: "In each room.") var players = 5
        @Option(help: "Moves a second of each player.") var ratePerPlayer = 10.0

        func run() async throws {
            try await options.run(.rooms(rooms: rooms, players: players, perSecondOfPlayer: ratePerPlayer))
        }
    }

    struct Joins: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Quick joins, each followed by leaving.",
            discussion: """
                Without a rate they meet the server's limits: run it with PARLOR_MESSAGES_PER_SECOND=0 and \
                PARLOR_JOINS_PER_MINUTE_PER_ADDRESS=0.
                """)

        @OptionGroup var options: Options
        @Option var connections = 100
        @Option(help: "Joins a second, in all; 0: each connection as soon as it has left.") var rate = 0.0
        @Option(help: "Rooms that wait for players meanwhile; at least as many as have seats for all.") var openRooms =
            0

        func run() async throws {
            try await options.run(.joins(connections: connections, perSecond: rate, openRooms: openRooms))
        }
    }

    struct Idle: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Connections that do nothing, and the memory they take.")

        @OptionGroup var options: Options
        @Option var connections = 5000
        @Flag(help: "Two sit in each room, and nobody moves.") var seated = false

        func run() async throws { try await options.run(.idle(connections: connections, isSeated: seated)) }
    }

    struct Churn: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Guests who connect, join, leave and close.")

        @OptionGroup var options: Options
        @Option(help: "Guests at once, at most.") var connections = 100
        @Option(help: "Guests a second.") var rate = 200.0

        func run() async throws { try await options.run(.churn(connections: connections, perSecond: rate)) }
    }

    struct Crowd: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Two players, and a crowd that watches them: what the players notice of it.")

        @OptionGroup var options: Options
        @Option var spectators = 10_000
        @Option(help: "Moves a second.") var rate = 50.0

        func run() async throws { try await options.run(.crowd(spectators: spectators, perSecond: rate)) }
    }
}
