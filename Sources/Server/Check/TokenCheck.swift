/// Whether tokens can be checked with what the configuration names.
struct TokenCheck {
    let settings: AuthSettings

    func run() async -> [Finding] {
        guard settings.policy != .off else { return [.ok("tokens", "off: everybody is anonymous")] }
        var findings: [Finding] = []
        if settings.secret != nil { findings.append(.ok("tokens", "checked with the secret")) }
        if let keys = settings.keys { findings.append(await look(at: keys)) }
        return findings.isEmpty ? [.ok("tokens", "no keys: everybody is anonymous")] : findings
    }

    private func look(at location: KeyLocation) async -> Finding {
        do throws(KeyReading.Fault) {
            return Self.finding(try await KeyReading.read(location), at: location)
        } catch {
            return .fault("tokens", "the keys at \(location) cannot be read: \(error)")
        }
    }

    static func finding(_ set: KeySet, at location: KeyLocation) -> Finding {
        guard !set.keys.isEmpty else {
            return .fault("tokens", "none of the \(set.passedOver) keys at \(location) can be used")
        }
        let rest = set.passedOver == 0 ? "" : ", \(set.passedOver) more cannot"
        return .ok("tokens", "\(set.keys.count) keys at \(location) can be used\(rest)")
    }
}
