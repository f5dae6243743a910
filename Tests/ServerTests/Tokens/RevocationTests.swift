import Foundation
import SessionStore
import Testing

@testable import ParlorServer

@Suite struct RevocationTests {
    private let ann = UserKey(rawValue: "ann")
    private let bob = UserKey(rawValue: "bob")

    @Test func `what was issued up to then is refused, and what comes later is not`() {
        var list = Revocations()
        #expect(!list.refuse(ann, issuedAt: 0, at: 1000))
        #expect(list.revoke(ann, for: .seconds(10), at: 1000) == 11_000)
        #expect(list.refuse(ann, issuedAt: 1000, at: 1000) && list.refuse(ann, issuedAt: 999, at: 10_999))
        #expect(list.refuse(ann, issuedAt: nil, at: 1000), "nobody knows when it was issued")
        #expect(!list.refuse(ann, issuedAt: 1001, at: 1000))
        #expect(!list.refuse(ann, issuedAt: 1000, at: 11_000), "all of them have expired")
        #expect(!list.refuse(bob, issuedAt: 0, at: 1000))
    }

    @Test func `a second word refuses more, and never ends sooner`() {
        var list = Revocations()
        _ = list.revoke(ann, for: .seconds(100), at: 1000)
        #expect(list.revoke(ann, for: .seconds(1), at: 2000) == 101_000)
        #expect(list.refuse(ann, issuedAt: 2000, at: 100_000))
        #expect(list.count == 1)
    }

    @Test func `a full list forgets nobody, but those who are through`() {
        var list = Revocations()
        for number in 0..<Limits.revokedUsers {
            _ = list.revoke(UserKey(rawValue: "u\(number)"), for: .seconds(number == 0 ? 1 : 100), at: 0)
        }
        #expect(list.revoke(ann, for: .seconds(1), at: 999) == nil)
        #expect(list.revoke(UserKey(rawValue: "u1"), for: .seconds(1), at: 999) != nil, "who is on it can be again")
        #expect(list.revoke(ann, for: .seconds(1), at: 1000) != nil)
        #expect(list.count == Limits.revokedUsers)
    }

    @Test func `the list outlives the process, in a file that nobody else reads`() async throws {
        let folder = try ScratchFolder()
        let until = try await DenyList(folder: folder.path).revoke(ann, for: .seconds(100), at: 1000)
        #expect(until == 101_000)
        let file = folder.path + "/revoked.json"
        let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? NSNumber
        #expect(mode?.intValue == 0o600)
        let again = try DenyList(folder: folder.path)
        #expect(again.refuses(ann, issuedAt: 1000, at: 2000) && !again.refuses(bob, issuedAt: 1000, at: 2000))
    }

    @Test func `a list that cannot be read stops the server, since it may name somebody`() throws {
        let folder = try ScratchFolder()
        _ = try folder.file("revoked.json", #"[{"user":"#)
        #expect(throws: StoreError.self) { try DenyList(folder: folder.path) }
    }

    @Test func `a disk that does not take it is told, and the user stays away all the same`() async throws {
        let folder = try ScratchFolder()
        let list = try DenyList(folder: folder.path + "/gone")
        await #expect(throws: Problem.storeUnavailable) { try await list.revoke(ann, for: .seconds(100), at: 0) }
        #expect(list.refuses(ann, issuedAt: 0, at: 1))
    }
}

@Suite struct RoomPassTests {
    @Test(
        arguments: [
            (RoomPass(room: .numbered(1)), 1, "dice", false, nil),
            (RoomPass(room: .numbered(1)), 2, "dice", false, .wrongRoom),
            (RoomPass(room: .numbered(1)), nil, "dice", false, .wrongRoom),
            (RoomPass(gameType: "dice"), 2, "dice", false, nil),
            (RoomPass(gameType: "dice"), nil, "dice", false, nil),
            (RoomPass(gameType: "dice"), 2, "pong", false, .wrongRoom),
            (RoomPass(room: .numbered(1), gameType: "pong"), 1, "dice", false, .wrongRoom),
            (RoomPass(role: .spectator), 1, "dice", true, nil),
            (RoomPass(role: .spectator), 1, "dice", false, .watchOnly),
            (RoomPass(role: .player), 1, "dice", true, nil), (RoomPass(role: .player), 1, "dice", false, nil),
        ] as [(RoomPass, Int?, String, Bool, Problem?)])
    func `a pass lets in where it says, and as what it says`(
        pass: RoomPass, room: Int?, gameType: String, asSpectator: Bool, refusal: Problem?
    ) {
        #expect(
            pass.refusal(room: room.map { .numbered($0) }, gameType: gameType, asSpectator: asSpectator) == refusal)
    }
}
