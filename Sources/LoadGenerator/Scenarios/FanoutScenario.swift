internal import NIOCore

/// One room full of people who say something in turn, and everybody hears all of it, in the same order.
struct FanoutScenario: Scenario {
    static let name = "fanout"

    /// What has been said and was heard by somebody.
    private struct Line {
        let number: Int
        let due: NIODeadline
        var missing: Int
    }

    let messagesPerSecond: Double
    private let burst: Int
    private let bytes: Int
    private var seating: Seating
    private var schedule: Schedule?
    private var hasStopped = false
    /// Before the load begins one line is said, to see how large a frame is with it.
    private var probe = Probe()
    /// When each line was due that nobody has heard yet.
    private var dues: [Int: NIODeadline] = [:]
    /// In the order in which the first one heard them, without those that everybody has heard.
    private var lines: [Line] = []
    private var dropped = 0
    /// How many lines each member has heard.
    private var heard: [Int]

    init(members: Int, perSecond: Double, burst: Int, bytes: Int) throws(LoadRefusal) {
        try LoadRefusal.check("--members", members, in: 2...LoadLimits.connections.upperBound)
        try LoadRefusal.check("--rate", perSecond, in: LoadLimits.perSecond)
        try LoadRefusal.check("--burst", burst, in: LoadLimits.burst)
        try LoadRefusal.check("--bytes", bytes, in: LoadLimits.deliveryBytes)
        try LoadRefusal.check(
            "members", members, sharing: perSecond, of: "lines of chat", atMost: LoadLimits.chatPerSecondOfMember)
        messagesPerSecond = perSecond
        self.burst = burst
        self.bytes = bytes
        seating = Seating("tictactoe", rooms: 1, players: 2, spectators: members - 2)
        heard = Array(repeating: 0, count: members)
    }

    var connections: Int { seating.connections }
    var parameters: [String: Parameter] {
        [
            "members": .int(connections), "rate": .number(messagesPerSecond), "burst": .int(burst),
            "bytes": .int(bytes), "frameBytes": .int(probe.frameBytes(padding: probe.padding(for: bytes))),
        ]
    }

    var isReady: Bool { probe.isDone }

    mutating func welcomed(_ client: Int, _ load: inout Load) { seating.welcomed(client, &load) }

    mutating func begin(_ load: inout Load) {
        schedule = Schedule(from: load.now, perSecond: messagesPerSecond, burst: burst)
    }

    mutating func act(_ load: inout Load) -> NIODeadline? {
        guard !hasStopped, var schedule else { return nil }
        let padding = probe.padding(for: bytes)
        while let due = load.next(of: &schedule) {
            let count = schedule.taken - 1
            dues[count % Probe.numbers] = due
            let text = Probe.text(count % Probe.numbers, padding: padding)
            load.say(count / burst % connections, #"{"type":"chat","data":{"text":"\#(text)"}}"#)
        }
        self.schedule = schedule
        return schedule.next
    }

    mutating func heard(_ message: Message, by client: Int, answering due: NIODeadline?, _ load: inout Load) {
        switch message.kind {
        case .joinResult where seating.heard(message, by: client, &load):
            load.say(0, #"{"type":"chat","data":{"text":"\#(Probe.text(0, padding: 0))"}}"#)
        case .chat where !probe.isDone: probe.heard(message, by: connections)
        case .chat: hear(message, client, &load)
        default: break
        }
    }

    private mutating func hear(_ message: Message, _ client: Int, _ load: inout Load) {
        guard let number = Probe.number(message) else { return load.tally.fault("a line of chat that nobody said") }
        let index = heard[client] - dropped
        if index == lines.count {
            guard let due = dues.removeValue(forKey: number) else {
                return load.tally.fault("a line of chat that was not said, or told before")
            }
            lines.append(Line(number: number, due: due, missing: connections))
        }
        guard lines[index].number == number else {
            return load.tally.fault("lines of chat that come to one member in another order, or not at all")
        }
        heard[client] += 1
        lines[index].missing -= 1
        load.answered(due: lines[index].due)
        load.delivered()
        while let first = lines.first, first.missing == 0 {
            lines.removeFirst()
            dropped += 1
        }
    }

    mutating func stop() { hasStopped = true }

    mutating func settles(_ load: inout Load) -> Bool { dues.isEmpty && lines.isEmpty }

    mutating func finish(_ load: inout Load) {
        let lost = dues.count * connections + lines.reduce(0) { $0 + $1.missing }
        if lost > 0 { load.tally.fault("lines of chat that a member never heard", count: lost) }
    }
}

extension FanoutScenario {
    /// One line that finds out how long a text makes a frame as large as wanted.
    struct Probe {
        /// Lines are numbered from 0 below this, again and again: no more are ever under way.
        static let numbers = 36 * 36 * 36

        private var payloadBytes = 0
        private var heardBy = 0
        private(set) var isDone = false

        mutating func heard(_ message: Message, by members: Int) {
            payloadBytes = message.byteCount
            heardBy += 1
            isDone = heardBy == members
        }

        /// What makes the nearest that a line can be.
        func padding(for bytes: Int) -> Int {
            var padding = max(0, bytes - frameBytes(padding: 0))
            while padding > 0, frameBytes(padding: padding) > bytes { padding -= 1 }
            return padding
        }

        /// With its header, which is longer for more than 125 bytes (RFC 6455, section 5.2).
        func frameBytes(padding: Int) -> Int {
            let payload = payloadBytes + padding
            return payload + (payload < 126 ? 2 : 4)
        }

        static func text(_ number: Int, padding: Int) -> String {
            let digits = String(number, radix: 36)
            return String(repeating: "0", count: 3 - digits.count) + digits + String(repeating: "x", count: padding)
        }

        static func number(_ message: Message) -> Int? {
            guard let text = message.data?["text"]?.quoted, text.count >= 3 else { return nil }
            return Int(String(decoding: text.prefix(3), as: UTF8.self), radix: 36)
        }
    }
}
