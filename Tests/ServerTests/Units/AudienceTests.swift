import GameKitProtocol
import NIOCore
import SessionStore
import Testing

@testable import ParlorServer

@Suite struct AudienceTests {
    private var audience = Audience()

    private static func member(_ number: Int, seat: Seat? = nil, loop: Int = 0) -> Audience.Member {
        let sender = Sender(
            connection: .numbered(number, loop: loop), client: ClientKey(rawValue: "client\(number)"), user: nil,
            address: .literal("192.0.2.1"))
        return Audience.Member(sender: sender, playerId: "p\(number)", name: "Ann", seat: seat)
    }

    @Test mutating func `players are found by seat and by client, spectators are counted`() {
        audience.add(Self.member(1, seat: 0))
        audience.add(Self.member(2, seat: 1))
        audience.add(Self.member(3))
        #expect(audience.connection(at: 1) == .numbered(2))
        #expect(audience.connection(at: 2) == nil)
        #expect(audience.spectatorCount == 1)
        #expect(audience[.numbered(1)]?.playerId == "p1")
    }

    /// Who gets a parcel on each loop; spectators are named as such.
    private func addressees() -> [Int: [Parcel.Recipients]] {
        var found: [Int: [Parcel.Recipients]] = [:]
        audience.forEachParcel(of: .left(.numbered(1)), from: .numbered(1)) { found[$0, default: []].append($1.to) }
        return found
    }

    @Test mutating func `the players of each loop get one parcel, and its spectators one`() {
        audience.add(Self.member(1, seat: 0))
        audience.add(Self.member(2, loop: 1))
        audience.add(Self.member(3))
        audience.add(Self.member(3, seat: 1))
        audience.add(Self.member(4))
        audience.add(Self.member(5, loop: 1))
        #expect(
            addressees() == [
                0: [.each([.numbered(1), .numbered(3)]), .gallery(.room(.numbered(1)))],
                1: [.gallery(.room(.numbered(1)))],
            ])
        audience.remove(.numbered(4))
        audience.remove(.numbered(2, loop: 1))
        audience.remove(.numbered(5, loop: 1))
        #expect(addressees() == [0: [.each([.numbered(1), .numbered(3)])]])
    }

    @Test mutating func `a spectator who sits down, and a player who gets up, are counted anew`() {
        audience.add(Self.member(1))
        audience.add(Self.member(1, seat: 0))
        #expect(audience.spectatorCount == 0)
        #expect(audience.connection(at: 0) == .numbered(1))
        audience.add(Self.member(1))
        #expect(audience.spectatorCount == 1)
        #expect(audience.connection(at: 0) == nil)
    }

    @Test mutating func `whoever leaves is in no list`() {
        audience.add(Self.member(1, seat: 0))
        #expect(audience.remove(.numbered(1))?.seat == 0)
        #expect(audience.remove(.numbered(1)) == nil)
        #expect(audience.isEmpty)
        #expect(addressees().isEmpty)
        #expect(audience.connection(at: 0) == nil)
    }

    @Test mutating func `a seat that another connection has taken over stays theirs when the first one goes`() {
        audience.add(Self.member(1, seat: 0))
        audience.add(Self.member(2, seat: 0))
        audience.remove(.numbered(1))
        #expect(audience.connection(at: 0) == .numbered(2))
    }

    @Test mutating func `a seat that another connection has taken over stays theirs when the first one watches`() {
        audience.add(Self.member(1, seat: 0))
        audience.add(Self.member(2, seat: 0))
        audience.add(Self.member(1))
        #expect(audience.connection(at: 0) == .numbered(2))
        #expect(audience.spectatorCount == 1)
    }

    @Test mutating func `one connection is not another that had its slot before`() {
        audience.add(Self.member(1, seat: 0))
        #expect(audience.remove(ConnectionID(loop: 0, slot: 1, serial: 99)) == nil)
        #expect(!audience.isEmpty)
    }
}

@Suite struct AlarmTests {
    @Test func `rooms come in the order of their times, and none before it`() {
        var alarm = Alarm()
        #expect(alarm.earliest == nil)
        for (number, seconds) in [(1, 30), (2, 10), (3, 20), (4, 10)] {
            alarm.add(.numbered(number), at: .at(.seconds(Int64(seconds))))
        }
        #expect(alarm.earliest == .at(.seconds(10)))
        #expect(alarm.next(until: .at(.seconds(9)))?.room == nil)
        var rooms: [RoomID] = []
        while let next = alarm.next(until: .at(.seconds(20))) { rooms.append(next.room) }
        #expect(Set(rooms.prefix(2)) == [.numbered(2), .numbered(4)])
        #expect(rooms.dropFirst(2) == [.numbered(3)])
        #expect(alarm.earliest == .at(.seconds(30)))
        #expect(alarm.next(until: .at(.seconds(30)))?.at == .at(.seconds(30)))
        #expect(alarm.earliest == nil)
    }

    @Test func `a room may be there more than once`() {
        var alarm = Alarm()
        alarm.add(.numbered(1), at: .at(.seconds(1)))
        alarm.add(.numbered(1), at: .at(.seconds(2)))
        #expect(alarm.next(until: .at(.seconds(5)))?.at == .at(.seconds(1)))
        #expect(alarm.next(until: .at(.seconds(5)))?.at == .at(.seconds(2)))
    }

    @Test func `the alarm knows what its timer is set to`() {
        var alarm = Alarm()
        #expect(alarm.isSetTo == nil)
        alarm.set(.at(.seconds(3)), timer: nil)
        #expect(alarm.isSetTo == .at(.seconds(3)))
        alarm.set(nil, timer: nil)
        #expect(alarm.isSetTo == nil)
    }
}
