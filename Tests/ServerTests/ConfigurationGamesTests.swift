import GameKitProtocol
import RoomEngine
import Testing

@testable import ParlorServer

@Suite struct ConfigurationGamesTests {
    private static let entries = [GameEntry(Draughts.self), GameEntry(Skittles.self)]

    private func read(_ text: String) -> GamesFile {
        GamesFile(Array(text.utf8), path: "games.json", offering: Self.entries)
    }

    @Test func `a game of which nothing is said is as its author wrote it`() throws {
        let file = read(#"{"games": [{"type": "draughts"}, {"type": "skittles"}]}"#)
        #expect(file.faults.isEmpty)
        try #require(file.games.map(\.entry.manifest.type) == ["draughts", "skittles"])
        let (draughts, skittles) = (file.games[0], file.games[1])
        #expect(draughts.rules == RoomRules(grace: .seconds(20), turnLimit: .seconds(60)))
        #expect(draughts.rules.historyLimit == 64)
        #expect(draughts.rules.historyAge == .seconds(300))
        #expect(draughts.durability == .everyInput)
        #expect(draughts.maxSpectators == 200)
        #expect(draughts.allowsAnonymous)
        #expect(draughts.allowsBots)
        #expect(draughts.creators == .anyone)
        #expect(draughts.replayTime == .seconds(604_800))
        #expect(draughts.options == Array("{}".utf8))
        #expect(skittles.rules.turnLimit == nil)
        #expect(skittles.durability == .periodic(.milliseconds(250)))
        #expect(!skittles.allowsBots)
    }

    @Test func `everything can be said of a game`() throws {
        let file = read(
            #"""
            {"games": [{"type": "draughts", "enabled": true, "graceSeconds": 5, "turnSeconds": 0, "spectators": 0,
              "history": 10, "historySeconds": 30, "durability": "periodic:1s", "anonymous": false, "bots": false,
              "create": "server", "replayDays": 1, "options": {"size": 10, "title": "a, \"b ]}\\"}}, {"type": "skittles"}]}
            """#)
        #expect(file.faults.isEmpty)
        let game = try #require(file.games.first)
        #expect(
            game.rules
                == RoomRules(grace: .seconds(5), turnLimit: nil, historyLimit: 10, historyAge: .seconds(30)))
        #expect(game.durability == .periodic(.seconds(1)))
        #expect(game.maxSpectators == 0)
        #expect(!game.allowsAnonymous)
        #expect(!game.allowsBots)
        #expect(game.creators == .server)
        #expect(game.replayTime == .seconds(86_400))
        let options = try game.entry.options(Array("{}".utf8), game.options)
        #expect(String(decoding: options.text, as: UTF8.self) == #"{"size":10,"title":"a, \"b ]}\\"}"#)
        #expect(file.games.map(\.entry.manifest.type) == ["draughts", "skittles"])
    }

    @Test func `a game that is switched off or not listed is not offered`() {
        let file = read(#"{"games": [{"type": "draughts", "enabled": false}]}"#)
        #expect(file.faults.isEmpty)
        #expect(file.games.isEmpty)
    }

    @Test(arguments: [
        ("", "games.json: is no JSON at line 1, column 1"),
        ("{\n \"games\": [,]}", "games.json: is no JSON at line 2, column 12"),
        ("[]", "games.json: is no object"),
        ("{}", "games.json: games: is missing"),
        (#"{"games": {}}"#, "games.json: games: is no list"),
        (#"{"games": [], "game": 1}"#, "games.json: game: there is no such key; did you mean games?"),
        (#"{"games": [], "games": []}"#, #"games.json: "games" is there twice in one object"#),
        (
            #"{"games": [{"type": "skittles", "type": "skittles"}]}"#,
            #"games.json: "type" is there twice in one object"#
        ),
        (#"{"games": [{"type": "skittles"}, 7]}"#, "games.json: games[1]: is no object"),
        (#"{"games": [{}]}"#, "games.json: games[0].type: is missing"),
        (#"{"games": [{"type": 7}]}"#, "games.json: games[0].type: is no text"),
        (#"{"games": [{"type": "drafts"}]}"#, #"games.json: games[0].type: there is no game "drafts""#),
        (
            #"{"games": [{"type": "draught"}]}"#,
            #"games.json: games[0].type: there is no game "draught"; did you mean draughts?"#
        ),
        (
            #"{"games": [{"type": "skittles"}, {"type": "skittles"}]}"#,
            "games.json: games[1].type: skittles is there twice"
        ),
    ])
    func `a file that cannot be read as a list of games is refused`(text: String, fault: String) {
        #expect(read(text).faults.map(\.description) == [fault])
    }

    @Test(arguments: [
        (#""graceSecond": 1"#, "graceSecond: there is no such key; did you mean graceSeconds?"),
        (#""colour": "red""#, "colour: there is no such key"),
        (#""enabled": 1"#, "enabled: is not true or false"),
        (#""enabled": "true""#, "enabled: is not true or false"),
        (#""graceSeconds": -1"#, "graceSeconds: is not a whole number from 0 to 86400"),
        (#""graceSeconds": 86401"#, "graceSeconds: is not a whole number from 0 to 86400"),
        (#""graceSeconds": 1.5"#, "graceSeconds: is not a whole number from 0 to 86400"),
        (#""graceSeconds": "10""#, "graceSeconds: is not a whole number from 0 to 86400"),
        (#""graceSeconds": null"#, "graceSeconds: is not a whole number from 0 to 86400"),
        (#""graceSeconds": true"#, "graceSeconds: is not a whole number from 0 to 86400"),
        (#""turnSeconds": 604801"#, "turnSeconds: is not a whole number from 0 to 604800"),
        (#""turnSeconds": [60]"#, "turnSeconds: is not a whole number from 0 to 604800"),
        (#""spectators": 10001"#, "spectators: is not a whole number from 0 to 10000"),
        (#""history": 513"#, "history: is not a whole number from 0 to 512"),
        (#""historySeconds": 1e300"#, "historySeconds: is not a whole number from 0 to 86400"),
        (#""replayDays": 366"#, "replayDays: is not a whole number from 0 to 365"),
        (#""durability": "always""#, #"durability: is not "everyInput", "none" or "periodic:250ms""#),
        (#""durability": null"#, #"durability: is not "everyInput", "none" or "periodic:250ms""#),
        (#""durability": "periodic""#, #"durability: is not "everyInput", "none" or "periodic:250ms""#),
        (#""durability": "periodic:""#, "durability: is not periodic:TIME with a time from 50ms to 60s"),
        (#""durability": "periodic:49ms""#, "durability: is not periodic:TIME with a time from 50ms to 60s"),
        (#""durability": "periodic:61s""#, "durability: is not periodic:TIME with a time from 50ms to 60s"),
        (#""anonymous": 0"#, "anonymous: is not true or false"),
        (#""bots": {}"#, "bots: is not true or false"),
        (#""create": "nobody""#, #"create: is not one of "anyone", "users", "server""#),
        (#""create": true"#, #"create: is not one of "anyone", "users", "server""#),
        (#""options": []"#, "options: the game refuses them: Options are an object."),
        (#""options": {"size": 3}"#, "options: the game refuses them: A board is 4 to 12 wide."),
        (#""options": {"size": "8"}"#, "options: the game refuses them: These are no options of this game."),
        (#""options": {"sizes": 8}"#, "options.sizes: the game has no such option; did you mean size?"),
        (
            #""options": {"title": "\#(String(repeating: "x", count: 4096))"}"#,
            "options: is longer than 4096 bytes"
        ),
    ])
    func `a faulty value is named with file, game and key`(member: String, fault: String) {
        let file = read(#"{"games": [{"type": "draughts", \#(member)}]}"#)
        #expect(file.faults.map(\.description) == ["games.json: draughts.\(fault)"])
    }

    @Test func `all faults of all games are told, those of games that are off too`() {
        let file = read(
            #"{"games": [{"type": "draughts", "bots": 1, "history": -1}, {"type": "skittles", "enabled": false, "bots": 1}]}"#
        )
        #expect(
            file.faults.map(\.key) == [
                "games.json: draughts.bots", "games.json: draughts.history", "games.json: skittles.bots",
            ])
    }

    @Test func `without a file all games are offered, unless the file was asked for`() throws {
        let folder = try ScratchFolder()
        let absent = folder.path + "/games.json"
        let file = try GamesFile.load(absent, mustExist: false, offering: Self.entries)
        #expect(file.faults.isEmpty)
        #expect(file.games.map(\.entry.manifest.type) == ["draughts", "skittles"])
        #expect(throws: UnreadableFile(path: absent, cause: .absent)) {
            try GamesFile.load(absent, mustExist: true, offering: Self.entries)
        }
    }
}
