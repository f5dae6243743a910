internal import JSONCoding
internal import GameKitProtocol
internal import RoomEngine

/// The text of `games.json`, which says what games are offered and how. A game that is not listed is not offered.
struct GamesFile {
    /// The games that are switched on, in the order of the file.
    private(set) var games: [GameSettings] = []
    private(set) var faults: [ConfigurationFault] = []

    private let path: String
    private let entries: [String: GameEntry]
    private var seen: Set<String> = []

    private init(_ path: String, _ entries: [GameEntry]) {
        self.path = path
        self.entries = Dictionary(entries.map { ($0.manifest.type, $0) }) { first, _ in first }
    }

    /// - Parameter path: for faults.
    init(_ text: [UInt8], path: String, offering entries: [GameEntry]) {
        self.init(path, entries)
        do throws(JSONFault) {
            try read(text)
        } catch {
            refuse(nil, Self.reason(error, in: text))
        }
    }

    /// - Parameter mustExist: otherwise a file that is absent means all games, as their authors wrote them.
    static func load(
        _ path: String, mustExist: Bool, offering entries: [GameEntry]
    ) throws(UnreadableFile) -> GamesFile {
        do throws(UnreadableFile) {
            return GamesFile(try OperatorFile.read(path), path: path, offering: entries)
        } catch {
            guard error.cause == .absent, !mustExist else { throw error }
            var file = GamesFile(path, entries)
            file.games = entries.map { GameSettings($0) }
            return file
        }
    }

    private mutating func read(_ text: [UInt8]) throws(JSONFault) {
        guard let members = try JSONScanner.members(of: text[...]) else { return refuse(nil, "is no object") }
        for member in members where member.key != "games" {
            refuse(member.key, "there is no such key" + ClosestName.hint(member.key, among: ["games"]))
        }
        guard let games = members.first(where: { $0.key == "games" }) else { return refuse("games", "is missing") }
        guard let list = JSONList.elements(of: games.value) else { return refuse("games", "is no list") }
        for (index, game) in list.enumerated() { try read(game, "games[\(index)]") }
    }

    private mutating func refuse(_ key: String?, _ reason: String) {
        faults.append(.init(key: key.map { "\(path): \($0)" } ?? path, reason: reason))
    }

    /// - Parameter position: what the game is called until its type is known.
    private mutating func read(_ game: ArraySlice<UInt8>, _ position: String) throws(JSONFault) {
        guard let members = try JSONScanner.members(of: game) else { return refuse(position, "is no object") }
        let key = "\(position).\(GameReader.Key.type.rawValue)"
        guard let type = members.first(where: { $0.key == GameReader.Key.type.rawValue }) else {
            return refuse(key, "is missing")
        }
        guard let type = JSONScanner.string(type.value) else { return refuse(key, "is no text") }
        guard let entry = entries[type] else {
            let known = entries.keys.sorted()
            return refuse(key, "there is no game \"\(type)\"" + ClosestName.hint(type, among: known))
        }
        guard seen.insert(type).inserted else { return refuse(key, "\(type) is there twice") }
        var reader = GameReader(entry)
        for member in members {
            do throws(GameReader.Fault) {
                try reader.read(member)
            } catch {
                refuse("\(type).\(error.key)", error.reason)
            }
        }
        if reader.isEnabled { games.append(reader.settings) }
    }

    private static func reason(_ fault: JSONFault, in text: [UInt8]) -> String {
        switch fault {
        case .malformed(let offset):
            let before = text.prefix(offset).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            return "is no JSON at line \(before.count), column \((before.last?.count ?? 0) + 1)"
        case .tooDeep: return "is nested deeper than \(JSONScanner.maxDepth) levels"
        case .duplicateKey(let key): return "\"\(key)\" is there twice in one object"
        }
    }
}
