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

    @Test(arguments: [(0, RoomVisibility.public), (1, .private), (2, .invited), (3, .invited), (-1, .invited)])
    func `a number that is not known is taken for the strictest`(stored: Int, visibility: RoomVisibility) {
        #expect(RoomVisibility(stored: stored) == visibility)
        #expect((0...2).contains(stored) == (visibility.rawValue == stored))
    }
}
