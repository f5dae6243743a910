import Foundation
import GRDB
import Testing

@testable import SessionStore

@Suite struct IntegrityTests {
    @Test func `a folder that was new or was closed has ended cleanly`() async throws {
        try await withFolder { folder in
            for _ in 0..<2 {
                let database = try SQLiteDatabase(folder: folder)
                #expect(!database.endedUncleanly)
                _ = try await SQLiteRoomStore(database).append([Sample.created(try Sample.room())])
                await database.close()
            }
        }
    }

    @Test func `a folder whose server was killed has not, once`() async throws {
        try await withFolder { folder in
            let running = try SQLiteDatabase(folder: "\(folder)-running")
            _ = try await SQLiteRoomStore(running).append([Sample.created(try Sample.room())])
            try FileManager.default.copyItem(atPath: "\(folder)-running", toPath: folder)
            await running.close()
            try FileManager.default.removeItem(atPath: "\(folder)-running")
            for isFirst in [true, false] {
                let database = try SQLiteDatabase(folder: folder)
                #expect(database.endedUncleanly == isFirst)
                try await database.checkIntegrity()
                await database.close()
            }
        }
    }

    @Test func `the check needs neither the writer nor the end of its transaction`() async throws {
        try await withDatabase { database in
            let gate = await WriterGate(database)
            try await database.checkIntegrity()
            gate.open()
        }
    }

    @Test func `a check whose task was cancelled does not call the file damaged`() async throws {
        try await withDatabase { database in
            let error = await Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return await #expect(throws: StoreError.self) { try await database.checkIntegrity() }
            }.value
            #expect(error?.code == .unavailable)
        }
    }
}
