import JSONCoding
import Dice
import Foundation
import GameKitProtocol
import OweDrahn
import Pong
import RoomEngine
import Testing
import TicTacToe

@testable import ParlorServer

/// The `games.json` at the top of the repository is where operators look up what there is to say.
@Suite struct ConfigurationShippedGamesTests {
    private static let entries = [
        GameEntry(Pong.self), GameEntry(TicTacToe.self), GameEntry(Dice.self), GameEntry(OweDrahn.self),
    ]
    private let text: [UInt8]

    init() throws {
        let here = URL(filePath: #filePath)
        let file = here.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        text = Array(try Data(contentsOf: file.appending(path: "games.json")))
    }

    @Test func `every game is there, with what its author wrote`() throws {
        let file = GamesFile(text, path: "games.json", offering: Self.entries)
        try #require(file.faults.isEmpty)
        #expect(file.games.map(\.entry.manifest.type) == Self.entries.map(\.manifest.type))
        for game in file.games {
            let written = GameSettings(game.entry)
            #expect(game.rules == written.rules)
            #expect(game.durability == written.durability)
            #expect(game.maxSpectators == written.maxSpectators)
            #expect(game.allowsAnonymous == written.allowsAnonymous)
            #expect(game.allowsBots == written.allowsBots)
            #expect(game.creators == written.creators)
            #expect(game.replayTime == written.replayTime)
            let none = Array("{}".utf8)
            #expect(try game.entry.options(none, game.options) == game.entry.options(none, none))
        }
    }

    @Test func `every key of every game is spelled out`() throws {
        let members = try JSONScanner.members(of: text[...]) ?? []
        let games = members.first.flatMap { JSONList.elements(of: $0.value) } ?? []
        #expect(games.count == Self.entries.count)
        for game in games {
            let keys = try JSONScanner.members(of: game)?.map(\.key)
            #expect(keys?.sorted() == GameReader.Key.allCases.map(\.rawValue).sorted())
        }
    }
}
