/// Cuts out the elements of a JSON list, as JSONScanner cuts out the members of an object.
enum JSONList {
    /// The text of each element, or nil when `text` is no list.
    /// - Precondition: JSONScanner has passed over `text`: brackets match and strings end.
    static func elements(of text: ArraySlice<UInt8>) -> [ArraySlice<UInt8>]? {
        guard text.first == UInt8(ascii: "["), text.count > 1 else { return nil }
        let inner = text.dropFirst().dropLast()
        var elements: [ArraySlice<UInt8>] = []
        var start = inner.startIndex
        var depth = 0
        var isInString = false
        var isEscaped = false
        for (index, byte) in zip(inner.indices, inner) {
            if isInString {
                isInString = isEscaped || byte != UInt8(ascii: "\"")
                isEscaped = !isEscaped && byte == UInt8(ascii: "\\")
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): isInString = true
            case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
            case UInt8(ascii: ",") where depth == 0:
                elements.append(inner[start..<index])
                start = index + 1
            default: break
            }
        }
        let last = inner[start...]
        // An empty list has no elements rather than one that is blank.
        return last.allSatisfy { $0 <= 0x20 } ? elements : elements + [last]
    }
}
