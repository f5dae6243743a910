internal import JSONCoding
internal import Foundation
internal import RoomEngine

/// A game in a file, for whoever has the same games: a line that says what it is and where it begins, and a line for each
/// entry of its log. A file from elsewhere is untrusted.
enum ReplayFile {
    static let format = "parlor-replay-1"
    /// A room's state is at most `Limits.snapshotBytes`, and an entry not much more than a message; whole lines all the same.
    static let mostBytesOfLine = 2 * Limits.snapshotBytes
    /// What a full archive comes to when it is unpacked, and more.
    static let mostBytes = 1 << 30

    /// The first line.
    static func head(of game: RecordedGame) -> [UInt8] {
        var head = JSONObject()
        head.set("format", format)
        head.set("game", game.gameType)
        head.set("rules", game.rulesVersion)
        head.set("hash", game.hash.map { String($0, radix: 16) })
        switch game.beginning {
        case .new(let room): head.set("new", json: room)
        case .state(let room): head.set("state", json: room)
        }
        return head.closed()
    }

    /// - Parameters:
    ///   - path: `-` is the standard input.
    ///   - isTrusted: whether a file may begin at a state, on which rules may trap.
    static func read(_ path: String, isTrusted: Bool) throws -> RecordedGame {
        let lines = BoundedLines(try handle(path), mostBytesOfLine: mostBytesOfLine, mostBytes: mostBytes)
        guard let head = try lines.next(), let members = (try? JSONScanner.members(of: head[...])) ?? nil else {
            throw CommandFailure(description: "\(path) is no replay")
        }
        let fields = Fields(members)
        guard let format = try? fields.string("format"), let game = try? fields.string("game"),
            let rules = try? fields.integer("rules", in: 0...Int.max), format == Self.format
        else { throw CommandFailure(description: "\(path) is no replay, or one of another version") }
        let beginning: Playback.Beginning
        switch (fields.raw("new"), fields.raw("state")) {
        case (let room?, nil): beginning = .new(Array(room))
        case (nil, let room?):
            guard isTrusted else {
                let why = "it begins at a state, which a stranger can make such that this program crashes"
                throw CommandFailure(description: "\(path): \(why); give --trusted if you know who made it")
            }
            beginning = .state(Array(room))
        default: throw CommandFailure(description: "\(path) is no replay")
        }
        var hash: UInt64?
        if let raw = fields.raw("hash") {
            // One that cannot be read must not pass for one that is not there.
            hash = JSONScanner.string(raw).flatMap { UInt64($0, radix: 16) }
            guard hash != nil else { throw CommandFailure(description: "\(path) is no replay: its hash is none") }
        }
        return RecordedGame(gameType: game, rulesVersion: rules, beginning: beginning, hash: hash) { body in
            while let line = try lines.next() { try body(line) }
        }
    }

    private static func handle(_ path: String) throws(CommandFailure) -> FileHandle {
        if path == "-" { return .standardInput }
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw CommandFailure(description: "\(path) cannot be read")
        }
        return handle
    }
}

/// The lines of a file, read as they are asked for.
final class BoundedLines {
    private let handle: FileHandle
    private let mostBytesOfLine: Int
    private var bytesLeft: Int
    private var buffer: ArraySlice<UInt8> = []

    init(_ handle: FileHandle, mostBytesOfLine: Int, mostBytes: Int) {
        self.handle = handle
        self.mostBytesOfLine = mostBytesOfLine
        bytesLeft = mostBytes
    }

    /// - Throws: when the file cannot be read, or is longer than it may be, in all or in this line.
    func next() throws -> [UInt8]? {
        var searched = buffer.startIndex
        while true {
            if let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                defer { buffer = buffer[(end + 1)...] }
                return Array(buffer[..<end])
            }
            searched = buffer.count
            guard buffer.count <= mostBytesOfLine, bytesLeft >= 0 else {
                throw CommandFailure(description: "the file, or a line of it, is too long")
            }
            guard let more = try handle.read(upToCount: 1 << 16), !more.isEmpty else {
                defer { buffer = [] }
                return buffer.isEmpty ? nil : Array(buffer)
            }
            bytesLeft -= more.count
            buffer = ArraySlice(Array(buffer) + more)
        }
    }
}
