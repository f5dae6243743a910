import Foundation
import GRDB

@testable import SessionStore

/// A file as version 1 of the schema left it, which kept a room's epoch in its state and no archives.
enum OldFile {
    /// Rooms `room-0001` to `room-0003` of epochs 1, 7 and, in a state that is no JSON, none; each with two inputs.
    /// - Parameter last: up to which version the file is then brought.
    static func make(in folder: String, upTo last: String = "1: sessions, rooms and inputs") throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let file = try DatabaseQueue(path: "\(folder)/parlor.sqlite")
        try Schema.migrator.migrate(file, upTo: "1: sessions, rooms and inputs")
        try file.write { db in
            let states = [
                #"{"settled":true,"epoch":1,"rules":1,"room":{}}"#, #"{"settled":true,"epoch":7,"rules":1,"room":{}}"#,
                "no JSON",
            ]
            for (index, state) in states.enumerated() {
                let room = "room-000\(index + 1)"
                try db.execute(
                    sql: "INSERT INTO rooms VALUES (?, 'dice', ?, 1700000000000, 4, 64, ?)",
                    arguments: [room, index == 1, Data(state.utf8)])
                for version in 65...66 {
                    try db.execute(
                        sql: "INSERT INTO inputs VALUES (?, ?, ?)",
                        arguments: [room, version, Data("input \(version)".utf8)])
                }
            }
            let session = try JSONEncoder().encode(Self.session)
            try db.execute(sql: "INSERT INTO sessions VALUES ('a', 3, 10, ?)", arguments: [session])
        }
        try Schema.migrator.migrate(file, upTo: last)
        try file.close()
    }

    static var session: Session {
        var session = Session(client: ClientKey(rawValue: "a"), user: UserKey(rawValue: "Jörg"), expiresAt: 10)
        session.revision = 3
        return session
    }
}
