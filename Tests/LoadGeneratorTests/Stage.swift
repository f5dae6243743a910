import NIOCore

@testable import LoadGenerator

/// Runs a scenario against a server that is none, on a clock that is none.
struct Stage {
    private(set) var scenario: any Scenario
    private(set) var load: Load
    var server = PretendServer()
    /// What becomes of each text on its way to a client.
    var onTheWay: (Int, String) -> [String] = { [$1] }
    /// Every text that clients have sent, in order.
    private(set) var sent: [(client: Int, text: String)] = []
    /// Who has connected, and from where.
    private(set) var connected: [(client: Int, source: Int)] = []
    private var next: NIODeadline?

    static let start = NIODeadline.uptimeNanoseconds(1_000_000_000)

    init(_ scenario: some Scenario) {
        self.scenario = scenario
        load = Load(connections: scenario.connections, now: Self.start)
    }

    /// From the first connection to the last look.
    mutating func run(seconds: Int = 2) -> Report {
        prepare()
        if scenario.isReady {
            begin(seconds: seconds)
            pass(seconds * 1000 - 1)
            stop()
        } else {
            load.tally.fault("not ready")
        }
        return Report(scenario, load.tally, seconds: Double(seconds), server: nil)
    }

    mutating func prepare() {
        for client in 0..<scenario.firstConnections { connect(client) }
        carryOut()
    }

    mutating func begin(seconds: Int) {
        load.tally.window = load.now..<(load.now + .seconds(Int64(seconds)))
        scenario.begin(&load)
        act()
    }

    /// - Parameter milliseconds: each a step of the clock.
    mutating func pass(_ milliseconds: Int) {
        for _ in 0..<milliseconds {
            load.now = load.now + .milliseconds(1)
            if let next, next <= load.now { act() }
            if (load.now - Self.start).nanoseconds % 50_000_000 == 0 { server.tick() }
            carryOut()
        }
    }

    mutating func stop() {
        scenario.stop()
        for _ in 0..<100 {
            load.now = load.now + .milliseconds(1)
            if scenario.settles(&load) { break }
            carryOut()
        }
        scenario.finish(&load)
    }

    private mutating func act() {
        next = scenario.act(&load)
        carryOut()
    }

    private mutating func connect(_ client: Int) {
        connected.append((client, scenario.source(of: client)))
        server.welcomes(client)
    }

    private mutating func carryOut() {
        while !load.acts.isEmpty || !server.replies.isEmpty {
            let acts = load.acts
            load.acts = []
            for act in acts {
                switch act {
                case .send(let client, let text):
                    sent.append((client, text))
                    server.hears(text, from: client)
                case .connect(let client): connect(client)
                case .close(let client):
                    server.left(client)
                    load.ended(client)
                    if !scenario.ended(client, &load) { load.tally.fault("an end that was not wanted") }
                }
            }
            let replies = server.replies
            server.replies = []
            // What it says to others than this scenario's clients is none of its business.
            for reply in replies where reply.client < scenario.connections {
                for text in onTheWay(reply.client, reply.text) {
                    Array(text.utf8).withUnsafeBytes { scenario.take($0, by: reply.client, &load) }
                }
            }
        }
    }
}
