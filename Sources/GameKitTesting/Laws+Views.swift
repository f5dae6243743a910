internal import JSONCoding
internal import GameKitProtocol
internal import RoomEngine

/// What is shown and told.
extension Laws {
    /// Every view and event can be sent: at all times the view is an object of at most 64 KiB without null members, and
    /// an event is one with its name. A game whose views differ says so in its manifest.
    public func views() throws {
        try inEveryPlayout(under: .views) { playout, _ in
            let game = try playout.room.game
            let common = try bytes(of: game, for: .spectator)
            for viewer in viewers(of: playout.room) {
                let view = try bytes(of: game, for: viewer)
                try check(view: view, of: viewer)
                guard G.manifest.hasSecrets || view == common else {
                    throw fault(.views, "\(viewer) sees something else than everybody, without `hasSecrets`")
                }
            }
            for event in playout.room.takeEvents() {
                guard let members = try? JSONScanner.members(of: ArraySlice(event.utf8)), members.first?.key == "event"
                else { throw fault(.views, "an event has a member called `event` too: \(event)") }
            }
        }
    }

    private func check(view: [UInt8], of viewer: Viewer) throws {
        guard view.count <= Self.mostViewBytes else {
            throw fault(.views, "what \(viewer) sees takes \(view.count) bytes, more than \(Self.mostViewBytes)")
        }
        guard (try? JSONScanner.members(of: view[...])) != nil else {
            throw fault(.views, "what \(viewer) sees is no object, too deep, or has a key twice: \(text(view))")
        }
        // A merge patch, which is how changes are sent, says with null that a member is gone.
        guard !JSONTokens(view).contains(where: { $0.isMember && view[$0.range].elementsEqual("null".utf8) }) else {
            throw fault(.views, "a member that is not there must be absent, not null: \(text(view))")
        }
    }

    /// No view shows the source of chance, nor tells states apart that its viewer must not tell apart: those that
    /// `hiding` gives. A game with secrets must say what they are.
    public func secrets() throws {
        guard !G.manifest.hasSecrets || hiding != nil else {
            throw fault(.secrets, "the game has secrets: say with `hiding` which states look the same to a viewer")
        }
        var hidden = 0
        try inEveryPlayout(under: .secrets) { playout, _ in
            let game = try playout.room.game
            for viewer in viewers(of: playout.room) {
                let view = try bytes(of: game, for: viewer)
                guard !text(view).contains(try key(of: playout.room)) else {
                    throw fault(.secrets, "\(viewer) sees the source of chance")
                }
                for other in hiding?(game, viewer) ?? [] where other != game {
                    hidden += 1
                    let otherView = try bytes(of: other, for: viewer)
                    guard otherView == view else {
                        throw fault(.secrets, "\(viewer) can tell \(text(view)) from \(text(otherView))")
                    }
                }
            }
        }
        guard hidden > 0 || !G.manifest.hasSecrets else {
            throw fault(.secrets, "`hiding` never gave another state, so nothing was checked")
        }
    }

    private func viewers(of room: TestRoom<G>) -> [Viewer] { [.spectator] + room.taken.map(Viewer.seat) }

    private func bytes(of game: G, for viewer: Viewer) throws -> [UInt8] {
        try CanonicalJSON.encode(game.view(for: viewer))
    }

    /// The text of the round's source, without the counter that is its last word.
    private func key(of room: TestRoom<G>) throws -> String {
        guard let source = room.engine.random else { throw fault(.secrets, "no round was started") }
        let text = text(try CanonicalJSON.encode(source).dropFirst())
        return text.split(separator: "-").dropLast().joined(separator: "-")
    }

    private static var mostViewBytes: Int { 64 << 10 }
}
