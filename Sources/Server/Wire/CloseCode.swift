/// Why the server ends a connection (RFC 6455, section 7.4; 4000 and above are this protocol's). What a client should do
/// stands in docs/protocol.md.
enum CloseCode: UInt16, Sendable {
    case normal = 1000
    case goingAway = 1001
    case protocolError = 1002
    case binaryFrame = 1003
    case badUTF8 = 1007
    case messageTooBig = 1009
    case serverFailed = 1011
    case replaced = 4001
    case badToken = 4002
    case slowConsumer = 4003
    case tooManyViolations = 4004
    case heartbeatMissed = 4005
    case tooManyConnections = 4006
    case kicked = 4007

    var reason: String {
        switch self {
        case .normal: "done"
        case .goingAway: "server going away"
        case .protocolError: "protocol error"
        case .binaryFrame: "text frames only"
        case .badUTF8: "not UTF-8"
        case .messageTooBig: "message too big"
        case .serverFailed: "internal error"
        case .replaced: "active elsewhere"
        case .badToken: "token missing, bad or expired"
        case .slowConsumer: "slow consumer"
        case .tooManyViolations: "too many violations"
        case .heartbeatMissed: "heartbeat missed"
        case .tooManyConnections: "too many connections"
        case .kicked: "kicked"
        }
    }
}
