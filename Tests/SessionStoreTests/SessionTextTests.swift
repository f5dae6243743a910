import Foundation
import Testing

@testable import SessionStore

/// What earlier versions have written is read by this one.
@Suite struct SessionTextTests {
    @Test func `a session from before there were users is an anonymous one`() throws {
        let text =
            #"{"client":"a1","rooms":["room-one"],"expired":[],"joins":[],"revision":3,"expiresAt":1000}"#
        let session = try JSONDecoder().decode(Session.self, from: Data(text.utf8))
        #expect(session.user == nil && session.rooms.map(\.rawValue) == ["room-one"] && session.revision == 3)
    }

    @Test func `the receipt of a join is one text`() throws {
        let text = "[\"12.7.room-one\"]"
        let receipts = try JSONDecoder().decode([Session.JoinReceipt].self, from: Data(text.utf8))
        #expect(receipts == [.init(id: 12, content: 7, room: try Sample.room("room-one"))])
        #expect(String(decoding: try JSONEncoder().encode(receipts), as: UTF8.self) == text)
    }

    @Test(arguments: ["", "1", "1.2", "1.2.room-one.3", "x.2.room-one", "1.-2.room-one", "1.2.no", "1.2."])
    func `what has not all parts of a receipt is none`(_ text: String) {
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode([Session.JoinReceipt].self, from: Data("[\"\(text)\"]".utf8))
        }
    }

    @Test(arguments: [(0, RoomVisibility.public), (1, .private), (2, .invited), (3, .invited), (-1, .invited)])
    func `a number that is not known is taken for the strictest`(stored: Int, visibility: RoomVisibility) {
        #expect(RoomVisibility(stored: stored) == visibility)
        #expect((0...2).contains(stored) == (visibility.rawValue == stored))
    }
}
