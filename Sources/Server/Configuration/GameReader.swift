internal import JSONCoding
internal import GameKitProtocol
internal import RoomEngine

/// Reads one game of `games.json`, member by member, over what its author wrote.
struct GameReader {
    enum Key: String, CaseIterable {
        case type, enabled, graceSeconds, turnSeconds, spectators, history, historySeconds, durability, anonymous, bots
        case create, replayDays, options
    }

    struct Fault: Error, Equatable {
        let key: String
        let reason: String
    }

    private(set) var settings: GameSettings
    private(set) var isEnabled = true

    init(_ entry: GameEntry) { settings = GameSettings(entry) }

    mutating func read(_ member: JSONScanner.Member) throws(Fault) {
        guard let key = Key(rawValue: member.key) else {
            let hint = ClosestName.hint(member.key, among: Key.allCases.map(\.rawValue))
            throw Fault(key: member.key, reason: "there is no such key" + hint)
        }
        switch key {
        case .type: break
        case .enabled: isEnabled = try truth(member)
        case .graceSeconds: settings.rules.grace = .seconds(try integer(member, in: GameBounds.grace))
        case .turnSeconds:
            let seconds = try integer(member, in: GameBounds.turn)
            settings.rules.turnLimit = seconds == 0 ? nil : .seconds(seconds)
        case .spectators: settings.maxSpectators = try integer(member, in: GameBounds.spectators)
        case .history: settings.rules.historyLimit = try integer(member, in: GameBounds.history)
        case .historySeconds: settings.rules.historyAge = .seconds(try integer(member, in: GameBounds.historyAge))
        case .durability: settings.durability = try durability(member)
        case .anonymous: settings.allowsAnonymous = try truth(member)
        case .bots: settings.allowsBots = try truth(member) && settings.entry.hasBot
        case .create: settings.creators = try creators(member)
        case .replayDays: settings.replayTime = .seconds(try integer(member, in: GameBounds.replayDays) * 86_400)
        case .options: settings.options = try options(member)
        }
    }

    private func truth(_ member: JSONScanner.Member) throws(Fault) -> Bool {
        switch String(decoding: member.value, as: UTF8.self) {
        case "true": return true
        case "false": return false
        default: throw Fault(key: member.key, reason: "is not true or false")
        }
    }

    private func integer(_ member: JSONScanner.Member, in range: ClosedRange<Int>) throws(Fault) -> Int {
        guard let number = try? JSONReader.decode(Int.self, from: member.value), range.contains(number) else {
            let reason = "is not a whole number from \(range.lowerBound) to \(range.upperBound)"
            throw Fault(key: member.key, reason: reason)
        }
        return number
    }

    private func creators(_ member: JSONScanner.Member) throws(Fault) -> GameSettings.Creators {
        guard let creators = JSONScanner.string(member.value).flatMap(GameSettings.Creators.init(rawValue:)) else {
            let words = GameSettings.Creators.allCases.map { "\"\($0)\"" }.joined(separator: ", ")
            throw Fault(key: member.key, reason: "is not one of \(words)")
        }
        return creators
    }

    private func durability(_ member: JSONScanner.Member) throws(Fault) -> GameManifest.Durability {
        let periodic = "periodic:"
        switch JSONScanner.string(member.value) {
        case "everyInput": return .everyInput
        case "none": return .none
        case let text? where text.hasPrefix(periodic):
            guard let interval = DurationText.read(String(text.dropFirst(periodic.count))),
                GameBounds.snapshotInterval.contains(interval)
            else {
                throw Fault(key: member.key, reason: "is not periodic:TIME with a time from 50ms to 60s")
            }
            return .periodic(interval)
        default: throw Fault(key: member.key, reason: "is not \"everyInput\", \"none\" or \"periodic:250ms\"")
        }
    }

    /// A room's maker may still choose other options; these are the ones that hold when nothing was chosen.
    private func options(_ member: JSONScanner.Member) throws(Fault) -> [UInt8] {
        guard member.value.count <= Limits.optionsBytes else {
            throw Fault(key: member.key, reason: "is longer than \(Limits.optionsBytes) bytes")
        }
        let options = Array(member.value)
        let checked: CheckedOptions
        do throws(OptionsFault) {
            checked = try settings.entry.options(Array("{}".utf8), options)
        } catch {
            throw Fault(key: member.key, reason: "the game refuses them: \(error.message)")
        }
        // A decoder passes over names it does not know, but whatever the game understood it also writes.
        let known = Self.names(in: checked.text)
        if let unknown = Self.names(in: options).first(where: { !known.contains($0) }) {
            let hint = ClosestName.hint(unknown, among: known)
            throw Fault(key: "\(member.key).\(unknown)", reason: "the game has no such option" + hint)
        }
        return options
    }

    private static func names(in object: [UInt8]) -> [String] {
        ((try? JSONScanner.members(of: object[...])) ?? nil)?.map(\.key) ?? []
    }
}
