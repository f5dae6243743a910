/// What is said before a connection is ready, in one write, and what the answers mean.
struct Handshake {
    /// What comes of one reply.
    enum Step: Equatable {
        case goesOn
        case done
        case failed(RedisError)
    }

    private enum Question: Equatable {
        case authenticate, select, ping, name, information, role
    }

    let commands: [RedisCommand]
    private let questions: [Question]
    private var answered = 0
    private(set) var runID: String?
    private(set) var version: String?

    init(user: String? = nil, password: String? = nil, database: Int = 0, mustBeMaster: Bool = false) {
        var asked: [(Question, RedisCommand)] = []
        if let password {
            asked.append((.authenticate, RedisCommand("AUTH", (user.map { [.text($0)] } ?? []) + [.text(password)])))
        }
        if database != 0 { asked.append((.select, RedisCommand("SELECT", [.integer(Int64(database))]))) }
        // The one harmless command that a server refuses while it is loading.
        asked.append((.ping, RedisCommand("PING")))
        asked.append((.name, RedisCommand("CLIENT", ["SETNAME", "parlor"])))
        asked.append((.information, RedisCommand("INFO", ["server"])))
        if mustBeMaster { asked.append((.role, RedisCommand("ROLE"))) }
        questions = asked.map(\.0)
        commands = asked.map(\.1)
    }

    mutating func answered(_ reply: Result<RedisValue, RedisError>) -> Step {
        guard answered < questions.count else { return .failed(.unasked) }
        let question = questions[answered]
        answered += 1
        if let error = judge(reply, to: question) { return .failed(error) }
        return answered == questions.count ? .done : .goesOn
    }

    private mutating func judge(_ reply: Result<RedisValue, RedisError>, to question: Question) -> RedisError? {
        switch (question, reply) {
        case (.authenticate, .failure(let error)):
            // Servers before 6 say ERR to a wrong password, as do later ones that have none.
            return error.code == .refused ? RedisError(.notAllowed, error.description) : error
        case (.select, .failure(let error)): return error
        case (.role, .failure(let error)): return error
        case (.role, .success(let role)): return role.isMaster ? nil : .notMaster
        case (.ping, .failure(let error)), (.name, .failure(let error)), (.information, .failure(let error)):
            return error.keepsOut ? error : nil
        case (.information, .success(.bytes(let text))):
            note(String(decoding: text, as: UTF8.self))
            return nil
        case (_, .success): return nil
        }
    }

    private mutating func note(_ information: String) {
        for line in information.split(whereSeparator: \.isNewline) {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, parts[1].utf8.count <= Self.longestFact else { continue }
            if parts[0] == "run_id" { runID = String(parts[1]) }
            if parts[0] == "redis_version" { version = String(parts[1]) }
        }
    }

    /// A `run_id` has 40 characters; they are shown and compared.
    private static let longestFact = 64
}

extension RedisError {
    static let unasked = RedisError(.protocolViolation, "a reply that nobody asked for")
    static let notMaster = RedisError(.notWritable, "not a master")

    /// Whether the whole server is out of reach for us, and not one command that is forbidden to us.
    fileprivate var keepsOut: Bool {
        code == .notReady || asksForAnotherServer || (code == .notAllowed && description != "NOPERM")
    }
}

extension RedisValue {
    fileprivate var isMaster: Bool {
        if case .array(let parts) = self, parts.first == .bytes(Array("master".utf8)) { return true }
        return false
    }
}
