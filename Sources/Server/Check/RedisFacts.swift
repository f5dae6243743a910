/// What a Redis says of itself, and what an operator should know of that. Pure.
struct RedisFacts {
    /// `INFO`, field by field.
    let info: [String: String]
    /// `CONFIG GET appendfsync`; nil: it may not be asked.
    var appendFsync: String?
    /// `CONFIG GET save`; empty: it takes no snapshots. nil: it may not be asked.
    var save: String?

    /// - Parameter info: the text of `INFO`, untrusted.
    init(info: String, appendFsync: String? = nil, save: String? = nil) {
        let fields = info.split(whereSeparator: \.isNewline).compactMap { line -> (String, String)? in
            guard let colon = line.firstIndex(of: ":"), !line.hasPrefix("#") else { return nil }
            return (String(line[..<colon]), String(line[line.index(after: colon)...]))
        }
        self.info = Dictionary(fields) { first, _ in first }
        self.appendFsync = appendFsync
        self.save = save
    }

    var findings: [Finding] { [version, role, persistence, eviction] + cluster }

    /// Before that, scripts had no way to keep a key's time to live when it is set again.
    private static let oldest = (6, 2)

    private var version: Finding {
        guard let text = info["redis_version"] else {
            return .warning("redis", "does not say which version it is: INFO is not allowed?")
        }
        let numbers = text.split(separator: ".").map { Int($0) ?? 0 }
        guard numbers.count >= 2, (numbers[0], numbers[1]) >= Self.oldest else {
            return .fault("redis", "version \(text): at least 6.2 is needed")
        }
        return .ok("redis", "version \(text)")
    }

    private var role: Finding {
        switch info["role"] {
        case "master": .ok("role", "takes writes")
        case "slave": .fault("role", "a replica, which takes no writes: name its master, or the sentinels")
        default: .warning("role", "is not said")
        }
    }

    private var persistence: Finding {
        guard info["aof_enabled"] == "1" else {
            let text = save == "" ? "none: a restart loses everything" : "none, or snapshots alone: a crash loses much"
            return .warning("persistence", "\(text) (set appendonly yes)")
        }
        switch appendFsync {
        case "always": return .ok("persistence", "appendonly, every write is on the disk")
        case nil: return .ok("persistence", "appendonly; how often it reaches the disk may not be asked")
        case let often?:
            return .warning("persistence", "appendfsync \(often): a power cut loses what was acknowledged just before")
        }
    }

    private var eviction: Finding {
        switch info["maxmemory_policy"] {
        case "noeviction": .ok("memory", "nothing is evicted")
        case let policy?: .fault("memory", "maxmemory-policy \(policy) throws rooms away: set noeviction")
        case nil: .warning("memory", "its policy is not said")
        }
    }

    private var cluster: [Finding] {
        guard info["cluster_enabled"] == "1" else { return [] }
        return [
            .fault("cluster", "it is part of a Redis Cluster, whose other nodes are not asked: use one with sentinels")
        ]
    }

    /// How far the clocks are apart; neither is trusted, but logs are compared.
    /// - Parameter seconds: Redis' time less ours.
    static func clock(apart seconds: Double) -> Finding {
        let text = "\(abs((seconds * 1000).rounded()) / 1000) s"
        return abs(seconds) > Limits.clockDifference
            ? .warning("clock", "Redis' is \(text) \(seconds > 0 ? "ahead" : "behind")")
            : .ok("clock", "\(text) apart")
    }
}
