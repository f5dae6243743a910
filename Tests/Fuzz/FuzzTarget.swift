/// Something that reads what strangers send. Hostile bytes must neither crash it nor break what it promises.
enum FuzzTarget: String, CaseIterable {
    /// WebSocket frames of a client.
    case frames
    /// Messages of a client, each the text of one frame.
    case messages
    /// Moves and options of every game.
    case moves
    /// Replies of a Redis server.
    case replies

    /// A promise that was not kept.
    struct Broken: Error, CustomStringConvertible {
        let description: String
        init(_ description: String) { self.description = description }
    }

    /// - Throws: ``Broken``; what crashes does not return.
    func check(_ input: [UInt8]) throws(Broken) {
        switch self {
        case .frames: try FramesCheck.check(input)
        case .messages: try MessagesCheck.check(input)
        case .moves: try MovesCheck.check(input)
        case .replies: try RepliesCheck.check(input)
        }
    }
}
