internal import Dispatch
internal import Foundation
internal import SessionStore

@testable internal import ParlorServer

/// What makes moves safe.
extension Workload {
    static let stores = [
        Workload("store-batch", "stores a hundred moves, one of each room, in one transaction of SQLite", turns: 40) {
            _ in
            let folder = FileManager.default.temporaryDirectory.appending(path: "parlor-micro-\(UUID())")
            let store = SQLiteRoomStore(try SQLiteDatabase(folder: folder.path(), synchronous: .normal))
            let rooms = try (0..<100).map { try roomID("room-number-\($0)") }
            append(
                rooms.map { room in
                    let header = RoomHeader(id: room, gameType: "tictactoe", createdAt: 0)
                    return commit(room, 0, .created(header, snapshot: state, isArchived: true))
                }, to: store)
            var version: UInt64 = 0
            return {
                version += 1
                let isWhole = version % UInt64(Limits.inputsPerSnapshot) == 0
                append(
                    rooms.map { commit($0, version, .input(entry, snapshot: isWhole ? state : nil)) }, to: store)
            }
        }
    ]

    /// What a move of tic-tac-toe, and a room of it, are in the store.
    private static let entry = [UInt8](repeating: UInt8(ascii: "x"), count: 90)
    private static let state = [UInt8](repeating: UInt8(ascii: "y"), count: 1200)

    private static func commit(_ room: RoomID, _ version: UInt64, _ change: RoomCommit.Change) -> RoomCommit {
        RoomCommit(room: room, term: 1, epoch: 1, version: version, change: change)
    }

    /// Returns when all is stored.
    private static func append(_ commits: [RoomCommit], to store: SQLiteRoomStore) {
        let isStored = DispatchSemaphore(value: 0)
        store.append(commits) { result in
            guard case .success(let report) = result, report.isEmpty else {
                preconditionFailure("the store took not all: \(result)")
            }
            isStored.signal()
        }
        isStored.wait()
    }
}
