internal import NIOCore

@testable internal import ParlorServer

/// From the bytes of a socket to a request.
extension Workload {
    static let move = #"{"type":"make_move","id":"m-1042","roomId":"k7m2q9xw","data":{"row":1,"col":2}}"#

    static let frames = [
        Workload("frame-decode", "takes a move's frame, masked, out of what was read") { _ in
            var reader = FrameReader(
                .init(messageBytes: Limits.messageBytes, fragments: Limits.fragments, allowsBinary: false))
            let frame = clientFrame(bytes(move))
            return {
                reader.append(frame)
                while let event = try? reader.next() { keep(event) }
            }
        },
        Workload("frame-encode", "makes a frame of a text of 120 bytes") { _ in
            let text = [UInt8](repeating: UInt8(ascii: "x"), count: 120)
            return { keep(Frame.text(text)) }
        },
    ]

    static let messages = [
        reading("read-move", "reads a move", move),
        reading(
            "read-chat", "reads a line of chat",
            #"{"type":"chat","roomId":"k7m2q9xw","data":{"text":"Well played! Another one after lunch?"}}"#),
        reading(
            "read-join", "reads a join with all that a page says",
            #"{"type":"join_room","id":"j-1","gameType":"tictactoe","data":{"name":"Ada","sync":"patch","history":20}}"#
        ),
        reading("read-ping", "reads a ping", #"{"type":"ping","id":7,"data":{"t":1712345678901}}"#),
    ]

    private static func reading(_ name: String, _ what: String, _ text: String) -> Workload {
        Workload(name, what) { _ in
            let text = bytes(text)
            guard (try? MessageReader.read(text[...])) != nil else { throw Unfit("\(name) is no message") }
            return { keep(try? MessageReader.read(text[...])) }
        }
    }

    /// A whole text message as a browser sends it (RFC 6455, section 5.3). At most 125 bytes.
    static func clientFrame(_ text: [UInt8]) -> ByteBuffer {
        let key: [UInt8] = [0x37, 0xfa, 0x21, 0x3d]
        precondition(text.count <= 125, "a longer one has a longer header")
        return ByteBuffer(
            bytes: [0x81, 0x80 | UInt8(text.count)] + key + text.enumerated().map { $1 ^ key[$0 % key.count] })
    }
}

/// A workload that does not do what it says it measures.
struct Unfit: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
