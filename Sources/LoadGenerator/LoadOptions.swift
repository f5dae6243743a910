internal import NIOCore

/// How a load is run, whatever its scenario.
public struct LoadOptions: Sendable {
    let target: Target
    let seconds: Double
    let warmUpSeconds: Double
    let serverID: Int32?
    let isInsecure: Bool
    let ownsServer: Bool

    /// - Parameters:
    ///   - warmUp: in seconds, before anything is measured.
    ///   - serverID: the process whose use of the machine is reported.
    ///   - isInsecure: any certificate will do.
    ///   - ownsServer: whether more may be sent to another machine than a stranger's server would put up with.
    public init(
        target: Target, seconds: Double, warmUp: Double, serverID: Int32?, isInsecure: Bool, ownsServer: Bool
    ) throws(LoadRefusal) {
        try LoadRefusal.check("--seconds", seconds, in: LoadLimits.seconds)
        try LoadRefusal.check("--warm-up", warmUp, in: LoadLimits.warmUp)
        self.target = target
        self.seconds = seconds
        warmUpSeconds = warmUp
        self.serverID = serverID
        self.isInsecure = isInsecure
        self.ownsServer = ownsServer
    }

    var measured: TimeAmount { .nanoseconds(Int64(seconds * 1e9)) }
    var warmUp: TimeAmount { .nanoseconds(Int64(warmUpSeconds * 1e9)) }

    /// Who measures a machine that is not theirs must not be taken for an attacker.
    func check(_ scenario: any Scenario) throws(LoadRefusal) {
        guard !target.isLoopback, !ownsServer else { return }
        guard scenario.connectionsInAll <= LoadLimits.strangersConnections,
            scenario.messagesPerSecond <= LoadLimits.strangersMessagesPerSecond
        else {
            throw LoadRefusal(
                description: "more than \(LoadLimits.strangersConnections) connections or "
                    + "\(Int(LoadLimits.strangersMessagesPerSecond)) messages a second are for a server of your own: "
                    + "say --i-own-this-server if it is")
        }
    }
}
