/// One thing that is wrong with the configuration.
struct ConfigurationFault: Equatable, Sendable, CustomStringConvertible {
    /// What to change, and where it was said: `PARLOR_PORT (--port)`, `games.json: pong.graceSeconds`.
    let key: String
    /// Why. Names no secret.
    let reason: String

    var description: String { "\(key): \(reason)" }
}

/// All that is wrong with the configuration, so that an operator need not start the server once per fault.
struct ConfigurationFaults: Error, Equatable, Sendable, CustomStringConvertible {
    let faults: [ConfigurationFault]

    /// One line each.
    var description: String { faults.map(\.description).joined(separator: "\n") }
}
