internal import Foundation
internal import SessionStore

/// What the developer of a game is left of a room that it failed in: enough to load the room and play its last input.
/// Who sent it is left out.
struct TrapReport {
    let room: RoomID
    private let text: [UInt8]

    init(_ stored: StoredRoom, traps: [Trap]) {
        room = stored.header.id
        var object = JSONObject()
        object.set("room", stored.header.id.rawValue)
        object.set("game", stored.header.gameType)
        object.set("rules", traps.last?.rules)
        object.set("server", Server.version)
        object.set("traps", traps) { trap, object in
            object.set("fault", trap.fault)
            object.set("call", trap.call)
            object.set("input", trap.input)
            object.set("digest", trap.digest)
            object.set("at", trap.at)
        }
        object.set("snapshotVersion", stored.snapshotVersion)
        object.set("snapshot", json: stored.snapshot)
        object.set("log", array: stored.inputs)
        text = object.closed()
    }

    /// - Throws: `unavailable` when it cannot be written. Where there are very many reports already, none is.
    func write(to folder: String) throws(StoreError) {
        do {
            let files = FileManager.default
            try files.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            guard try files.contentsOfDirectory(atPath: folder).count < Limits.trapReports else { return }
        } catch {
            throw StoreError(.unavailable, "cannot write to \(folder): \(error.localizedDescription)")
        }
        try DurableFile.write(text, to: "\(folder)/\(room).json")
    }
}
