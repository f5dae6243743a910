import Foundation
import GameKitProtocol
import RoomEngine

@testable import ParlorServer

/// A folder that is gone when the test is.
final class ScratchFolder {
    let path: String

    init() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "parlor-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        path = folder.path()
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Writes a file and says where.
    func file(_ name: String, _ text: String) throws -> String {
        let file = path + "/" + name
        try Data(text.utf8).write(to: URL(filePath: file))
        return file
    }
}

/// Reads a configuration that offers no games, whatever `games.json` lies where the tests run.
struct ConfigurationSetup {
    let folder: ScratchFolder
    private let games: String

    init() throws {
        folder = try ScratchFolder()
        games = try folder.file("no-games.json", #"{"games": []}"#)
    }

    func configuration(
        flags: [Setting: String] = [:], environment: [String: String] = [:]
    ) throws(ConfigurationFaults) -> Configuration {
        let flags = flags.merging([.games: games]) { said, _ in said }
        return try Configuration(SettingValues(flags: flags, environment: environment), offering: [])
    }

    /// The lines an operator gets to see; none when all is well.
    func faults(flags: [Setting: String] = [:], environment: [String: String] = [:]) -> [String] {
        do throws(ConfigurationFaults) {
            _ = try configuration(flags: flags, environment: environment)
            return []
        } catch {
            return error.faults.map(\.description)
        }
    }
}

/// A game with options and a bot, as small as can be.
struct Draughts: Game {
    struct Move: Codable, Sendable {}
    struct Options: Codable, Equatable, Sendable {
        var size: Int
        var title: String?
    }
    typealias View = Self

    static let manifest = GameManifest(
        type: "draughts", name: "Draughts", seats: 2...2, turnLimit: .seconds(60), grace: .seconds(20))
    static let defaultOptions = Options(size: 8)
    static var hasBot: Bool { true }
    static func seats(for options: Options) throws(Refusal) -> ClosedRange<Int> {
        guard 4...12 ~= options.size else { throw Refusal("bad_size", "A board is 4 to 12 wide.") }
        return 2...2
    }

    init(at table: inout Table, after previous: Self?) {}
    var outcome: Outcome? { nil }
    mutating func play(_ move: Move, by seat: Seat, at table: inout Table) throws(Refusal) {}
}

/// A game in real time that has neither options nor bots.
struct Skittles: Game {
    struct Move: Codable, Sendable {}
    typealias View = Self

    static let manifest = GameManifest(
        type: "skittles", name: "Skittles", seats: 2...8, ticksPerSecond: 30, durability: .periodic(.milliseconds(250)))

    init(at table: inout Table, after previous: Self?) {}
    var outcome: Outcome? { nil }
    mutating func play(_ move: Move, by seat: Seat, at table: inout Table) throws(Refusal) {}
}
