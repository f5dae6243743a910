import SessionStore
import Testing

@testable import ParlorServer

@Suite struct AddressSeatsTests {
    private var seats = AddressSeats()
    private let ann = ClientKey(rawValue: "ann")
    private let bob = ClientKey(rawValue: "bob")
    private let home = ClientAddress.literal("192.0.2.1")
    private let work = ClientAddress.literal("192.0.2.2")

    @Test mutating func `a seat counts until it is given up, once`() {
        seats.took(.numbered(1), ann, from: home)
        seats.took(.numbered(1), bob, from: home)
        seats.took(.numbered(2), ann, from: home)
        #expect(seats.count(of: home) == 3)
        seats.gaveUp(.numbered(1), ann)
        seats.gaveUp(.numbered(1), ann)
        #expect(seats.count(of: home) == 2)
        #expect(seats.count(of: work) == 0)
    }

    @Test mutating func `whoever comes back from elsewhere counts there`() {
        seats.took(.numbered(1), ann, from: home)
        seats.took(.numbered(1), ann, from: home)
        #expect(seats.count(of: home) == 1)
        seats.took(.numbered(1), ann, from: work)
        #expect(seats.count(of: home) == 0)
        #expect(seats.count(of: work) == 1)
    }

    @Test mutating func `with a room all its seats are gone`() {
        seats.took(.numbered(1), ann, from: home)
        seats.took(.numbered(1), bob, from: work)
        seats.ended(.numbered(1))
        seats.ended(.numbered(1))
        seats.gaveUp(.numbered(1), ann)
        #expect(seats.count(of: home) == 0)
        #expect(seats.count(of: work) == 0)
    }
}

@Suite struct BotBookTests {
    @Test func `a bot counts as long as somebody keeps its lease`() {
        let book = BotBook()
        let home = ClientAddress.literal("192.0.2.1")
        var leases = (0..<3).map { _ in BotLease(book, from: home) }
        #expect(book.count(of: home) == 3)
        leases.removeLast()
        #expect(book.count(of: home) == 2)
        leases = []
        #expect(book.count(of: home) == 0)
    }
}
