import JSONCoding
import Foundation

@testable import ParlorServer
@testable import RoomEngine

/// The scanner takes for JSON what Foundation's reader does, and every message is read or answered.
enum MessagesCheck {
    static func check(_ input: [UInt8]) throws(FuzzTarget.Broken) {
        // The frame decoder lets nothing else through.
        guard String(validating: input, as: UTF8.self) != nil else { return }
        try compare(input)
        switch Result(catching: { () throws(MessageReader.Failure) in try MessageReader.read(input[...]) }) {
        case .success(let message):
            guard message.request.cost > 0 else { throw FuzzTarget.Broken("a message that costs nothing") }
        case .failure(let failure):
            let answer = ServerMessage.failure(failure.resultType, id: failure.id, failure.problem)
            guard (try? JSONSerialization.jsonObject(with: Data(answer))) is [String: Any] else {
                throw FuzzTarget.Broken("the answer to a bad message is no object")
            }
        }
    }

    private static func compare(_ input: [UInt8]) throws(FuzzTarget.Broken) {
        let other = try? JSONSerialization.jsonObject(with: Data(input), options: .fragmentsAllowed)
        guard let members = try? JSONScanner.members(of: input[...]) else { return try compareRewritten(other) }
        guard let other else {
            // A number of any size is JSON, and not always a Double.
            guard input.contains(where: { "eE".utf8.contains($0) }) else {
                throw FuzzTarget.Broken("read by the scanner alone")
            }
            return
        }
        guard members.count == (other as? [String: Any])?.count else {
            throw FuzzTarget.Broken("other members than Foundation reads")
        }
    }

    /// Foundation's reader is not as strict, but what its writer makes of what it has read is JSON.
    private static func compareRewritten(_ value: Any?) throws(FuzzTarget.Broken) {
        guard let object = value as? [String: Any], JSONSerialization.isValidJSONObject(object),
            let text = try? JSONSerialization.data(withJSONObject: object)
        else { return }
        switch Result(catching: { () throws(JSONFault) in try JSONScanner.members(of: Array(text)[...]) }) {
        case .success(let members?) where members.count == object.count: break
        case .failure(.tooDeep): break
        default: throw FuzzTarget.Broken("refused by the scanner alone")
        }
    }
}
