import NIOCore
import SessionStore
import Testing

@testable import ParlorServer

@Suite struct ClientDirectoryTests {
    private var directory = ClientDirectory()
    private let ann = ClientKey(rawValue: "ann")
    private let home = ClientAddress.literal("192.0.2.1")

    private mutating func admit(_ address: ClientAddress, most: Int, mostPerAddress: Int) -> Bool {
        directory.admit(address, most: most, mostPerAddress: mostPerAddress) == nil
    }

    @Test mutating func `as many connections are let in as there may be, and from one address`() {
        #expect(admit(home, most: 3, mostPerAddress: 2) == true)
        #expect(admit(home, most: 3, mostPerAddress: 2) == true)
        #expect(admit(home, most: 3, mostPerAddress: 2) == false)
        let other = ClientAddress.literal("192.0.2.2")
        #expect(admit(other, most: 3, mostPerAddress: 2) == true)
        #expect(admit(.literal("192.0.2.3"), most: 3, mostPerAddress: 2) == false)
        #expect(directory.connectionCount == 3)
        directory.closed(.numbered(1), as: ann, from: home)
        #expect(directory.connectionCount == 2)
        #expect(admit(home, most: 3, mostPerAddress: 2) == true)
    }

    @Test mutating func `zero is no limit`() {
        for _ in 0..<100 { #expect(admit(home, most: 0, mostPerAddress: 0) == true) }
    }

    @Test mutating func `the newest connection of a client is the client`() {
        directory.opened(.numbered(1), as: ann, user: nil)
        #expect(directory.replaced(ann, by: .numbered(2)) == .numbered(1))
        #expect(directory.replaced(ann, by: .numbered(2)) == nil)
        directory.closed(.numbered(1), as: ann, from: home)
        #expect(directory.connection(of: ann) == .numbered(2), "the old one's end comes late")
        directory.closed(.numbered(2), as: ann, from: home)
        #expect(directory.connection(of: ann) == nil)
    }

    @Test mutating func `a void id is forgotten, unless somebody else has it by now`() {
        directory.opened(.numbered(1), as: ann, user: nil)
        directory.forget(ann, of: .numbered(2))
        #expect(directory.connection(of: ann) == .numbered(1))
        directory.forget(ann, of: .numbered(1))
        #expect(directory.connection(of: ann) == nil)
    }

    @Test mutating func `a user with two pages is one user`() {
        for number in 1...2 { directory.opened(.numbered(number), as: ann, user: UserKey(rawValue: "u")) }
        #expect(directory.userCount == 1)
        directory.closed(.numbered(1), as: ann, from: home)
        #expect(directory.userCount == 1)
        directory.closed(.numbered(2), as: ann, from: home)
        #expect(directory.userCount == 0)
    }

    @Test mutating func `clients are counted by game`() {
        directory.entered(game: "dice")
        directory.entered(game: "dice")
        directory.entered(game: "pong")
        directory.left(game: "dice")
        directory.left(game: "pong")
        directory.left(game: "pong")
        #expect(directory.clientsByGame == ["dice": 1])
    }
}

@Suite struct ClientAddressTests {
    @Test(arguments: [
        ("192.0.2.1", "192.0.2.1", true), ("192.0.2.1", "192.0.2.2", false),
        ("2001:db8::1", "2001:db8::ffff", true), ("2001:db8::1", "2001:db8:0:0:1::1", true),
        ("2001:db8::1", "2001:db8:0:1::1", false), ("::ffff:192.0.2.1", "192.0.2.1", true),
        ("2001:DB8::1", "2001:db8:0:0::1", true),
    ])
    func `an address counts alone, but with all of its IPv6 network`(one: String, other: String, isSame: Bool) {
        #expect((ClientAddress.literal(one) == .literal(other)) == isSame)
    }

    @Test(arguments: ["", "localhost", "192.0.2", "192.0.2.256", "192.0.2.1:80", "[::1]", "0x7f.0.0.1"])
    func `what is no address is none`(text: String) {
        #expect(ClientAddress(text: text) == nil)
    }

    @Test func `a peer counts by its address, not its port`() throws {
        let one = try SocketAddress(ipAddress: "192.0.2.1", port: 1)
        let other = try SocketAddress(ipAddress: "192.0.2.1", port: 2)
        #expect(ClientAddress(one) == ClientAddress(other))
        #expect(ClientAddress(one) == .literal("192.0.2.1"))
    }
}
