internal import ArgumentParser
internal import Foundation
internal import SessionStore

/// `parlor token`
struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Make a token that a server with the same secret believes, and print it.",
        discussion: """
            The secret is PARLOR_JWT_SECRET, from the environment, PARLOR_JWT_SECRET_FILE or the file of --config: never a \
            flag, which every process of the machine can read. With --room or --game the token is an invitation.
            """)

    @Option(help: "Who comes with it: 1 to 128 of A-Za-z0-9._:@-.") var user: String
    @Option(help: "The room that it lets them into.") var room: String?
    @Option(help: "The game whose rooms it lets them into.") var game: String?
    @Option(help: ArgumentHelp("Whether they may play, or only watch: player or spectator.", valueName: "role"))
    var role: String?
    @Option(help: ArgumentHelp("How long it lasts: 90s, 15m, 1h or 7d.", valueName: "time")) var expires = "1h"
    @Option(.config) var config: String?
    @Option(.jwtIssuer) var jwtIssuer: String?
    @Option(.jwtAudience) var jwtAudience: String?

    func validate() throws {
        guard UserID(untrusted: user) != nil else { throw ValidationError("--user is 1 to 128 of A-Za-z0-9._:@-.") }
        guard room.map({ RoomID(rawValue: $0) != nil }) ?? true else {
            throw ValidationError("--room is no room's id.")
        }
        guard role.map({ RoomPass.Role(rawValue: $0) != nil }) ?? true else {
            throw ValidationError("--role is player or spectator.")
        }
        guard Self.life(expires) != nil else {
            throw ValidationError("--expires is a time like 90s, 15m, 1h or 7d, at most 366d.")
        }
    }

    func run() async throws {
        let flags: [Setting: String?] = [.config: config, .jwtIssuer: jwtIssuer, .jwtAudience: jwtAudience]
        let values = SettingValues(
            flags: flags.compactMapValues(\.self), environment: ProcessInfo.processInfo.environment)
        var reader = SettingReader(values)
        let (secret, rules) = (AuthSettings.secret(&reader), AuthSettings.rules(&reader))
        guard reader.faults.isEmpty else { throw ConfigurationFaults(faults: reader.faults) }
        guard let secret else {
            throw CommandFailure(description: "there is no PARLOR_JWT_SECRET to sign with", code: 78)
        }
        guard let user = UserID(untrusted: user), let life = Self.life(expires) else { return }
        let pass = RoomPass(
            room: room.flatMap(RoomID.init), gameType: game, role: role.flatMap(RoomPass.Role.init))
        let now = Int64(Date.now.timeIntervalSince1970)
        print(try await TokenMint(secret: secret, rules: rules).mint(user, pass, for: life, at: now))
    }

    /// nil: no time, or one that no token should last.
    static func life(_ text: String) -> Duration? {
        let units = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        guard let unit = text.last.flatMap({ units[String($0)] }), let number = Int32(text.dropLast()), number > 0
        else {
            return nil
        }
        let life = Duration.seconds(Int64(number) * Int64(unit))
        return life <= Limits.mostMintedTokenLife ? life : nil
    }
}
