public import GameKitProtocol

/// A game's state in a snapshot. One that older rules wrote is read by the game's own ``Game/migrate(from:_:)``.
@propertyWrapper
@usableFromInline
struct UnderTheseRules<G: Game>: Codable, Equatable, Sendable {
    @usableFromInline var wrappedValue: G

    @inlinable
    init(wrappedValue: G) { self.wrappedValue = wrappedValue }

    @usableFromInline
    init(from decoder: any Decoder) throws {
        guard let version = decoder.userInfo[.rulesVersion] as? Int, version != G.manifest.rulesVersion else {
            wrappedValue = try G(from: decoder)
            return
        }
        guard let game = try G.migrate(from: version, decoder) else { throw RulesChanged() }
        wrappedValue = game
    }

    @usableFromInline
    func encode(to encoder: any Encoder) throws { try wrappedValue.encode(to: encoder) }
}

/// A game does not take what its older rules have written.
public struct RulesChanged: Error {}

extension CodingUserInfoKey {
    @usableFromInline static var rulesVersion: Self {
        guard let key = Self(rawValue: "rulesVersion") else { preconditionFailure("any text is a key") }
        return key
    }
}
