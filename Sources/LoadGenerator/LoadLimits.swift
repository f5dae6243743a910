internal import NIOCore

/// Every bound of the load generator, each with the reason for its value.
enum LoadLimits {
    // MARK: What a server takes of one client; its defaults

    /// A server takes no more of one connection, weighed by the work they make (its `messagesPerSecond`).
    static let messagesPerSecondOfConnection = 120.0
    /// And no more lines of chat.
    static let chatPerSecondOfMember = 4.0
    /// Lines at once: what a server lets a quick talker say in a burst.
    static let chatBurst = 60
    /// Rooms that one client may be in.
    static let roomsPerClient = 4
    /// Of those that a server takes from one address (200), with two players to a room these make a quarter.
    static let connectionsPerAddress = 100
    /// Who makes as many rooms as a client may: together all that a server takes of one address.
    static let roomMakersPerAddress = 50
    /// Joins a second from one source address: half of what a server takes.
    static let joinsPerSecondOfAddress = 5.0

    // MARK: What may be asked for

    /// What a system's 20,000 files and the ports of a machine leave.
    static let connections = 1...18_000
    /// Rooms that stay open, four to a client.
    static let openRooms = 0...60_000
    /// Guests who are there at once.
    static let guests = 1...10_000
    /// Half of the handshakes that a server takes.
    static let churnPerSecond = 0.01...500.0
    /// Far beyond what one thread can send.
    static let perSecond = 0.001...1_000_000.0
    /// One message a minute and player, up to what a connection may send.
    static let perSecondOfPlayer = 0.01...100.0
    static let burst = 1...chatBurst
    /// The smallest that a line of chat can be is bigger than the first, and its text at most has 500 characters.
    static let deliveryBytes = 1...600
    /// A dice game's seats.
    static let dicePlayers = 2...6
    /// An hour shows what a leak shows.
    static let seconds = 0.1...3600.0
    static let warmUp = 0.0...600.0

    // MARK: Somebody else's server

    /// What a small server does not notice: whoever measures another machine than their own must say so for more.
    static let strangersConnections = 200
    static let strangersMessagesPerSecond = 1000.0

    // MARK: Getting there

    /// How often is looked whether the preparations, or the end, have come to something.
    static let tick = TimeAmount.milliseconds(10)
    /// A server lets in 1,000 a second once its burst is used up.
    static let opensPerSecond = 900.0
    /// Clients who make four rooms each: as many joins a second as of the others.
    static let roomMakersPerSecond = 225.0
    /// Handshakes under way: fewer than a listener's backlog.
    static let openingAtOnce = 100
    /// How long one connection may take until it is welcomed.
    static let connectTime = TimeAmount.seconds(10)
    /// How long nothing may come of the preparations before they are given up.
    static let preparationPatience = TimeAmount.seconds(15)
    /// How long what is still under way at the end is waited for.
    static let settlingTime = TimeAmount.seconds(5)
    /// A head with all that proxies add.
    static let headBytes = 16 * 1024
    /// The largest view sixteen times over: what is larger is no message of this protocol.
    static let messageBytes = 1024 * 1024

    // MARK: What is counted

    /// A send that goes out later than this after it was due is one that the generator did not keep up with.
    static let lateness = TimeAmount.milliseconds(10)
    /// Kinds of faults that are told apart; one fault can have thousands of others behind it.
    static let faultKinds = 20
    /// Longer latencies are recorded as this one.
    static let longestLatency = TimeAmount.minutes(2)
}
