internal import JSONCoding
internal import Hummingbird
internal import NIOCore
internal import RoomEngine

/// The JSON object that a request comes with: untrusted, and no longer than a message.
enum RequestBody {
    /// - Returns: no fields where there is no body.
    static func read(_ request: Request) async throws -> Fields {
        let body = try await request.body.collect(upTo: Limits.httpBodyBytes)
        let bytes = Array(body.readableBytesView)
        if bytes.isEmpty { return Fields([]) }
        guard String(validating: bytes, as: UTF8.self) != nil,
            let members = (try? JSONScanner.members(of: bytes[...])) ?? nil
        else { throw Problem(.badJSON, "The body is no JSON object.") }
        return Fields(members)
    }
}
