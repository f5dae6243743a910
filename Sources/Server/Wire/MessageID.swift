internal import JSONCoding
internal import RoomEngine

/// The `id` that a client gave a request, echoed on its answer: `7` and `"7"` differ.
enum MessageID: Hashable, Sendable {
    case text(String)
    case number(UInt64)

    static let maxNumber: UInt64 = (1 << 53) - 1

    /// - Parameter json: untrusted; nil unless it is 1...64 printable ASCII characters or a whole number up to 2^53-1.
    init?(_ json: ArraySlice<UInt8>) {
        if let text = JSONScanner.string(json) {
            guard 1...64 ~= text.utf8.count, text.utf8.allSatisfy({ 0x20...0x7e ~= $0 }) else { return nil }
            self = .text(text)
        } else {
            guard let number = UInt64(String(decoding: json, as: UTF8.self)), number <= Self.maxNumber else {
                return nil
            }
            self = .number(number)
        }
    }

    func write(to bytes: inout [UInt8]) {
        switch self {
        case .text(let text): CanonicalJSON.append(text, to: &bytes)
        case .number(let number): CanonicalJSON.append(number, to: &bytes)
        }
    }

    var digest: UInt64 {
        var bytes: [UInt8] = []
        write(to: &bytes)
        return Digest.of(bytes)
    }
}
