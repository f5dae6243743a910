/// Sizes as operators write them: `262144`, `256KiB`, `1MiB`, `2GiB`.
enum ByteCountText {
    static let expected = "a size like 262144, 256KiB or 1MiB"

    static func read(_ text: String) -> Int? {
        let digits = text.prefix(while: \.isWholeASCIIDigit)
        let unit: Int
        switch text[digits.endIndex...].trimmed {
        case "", "B": unit = 1
        case "KiB": unit = 1024
        case "MiB": unit = 1024 * 1024
        case "GiB": unit = 1024 * 1024 * 1024
        default: return nil
        }
        guard let number = Int(digits) else { return nil }
        let (bytes, overflow) = number.multipliedReportingOverflow(by: unit)
        return overflow ? nil : bytes
    }
}

/// Times as operators write them: `10` or `10s`, `500ms`.
enum DurationText {
    static let expected = "a time like 10, 10s or 500ms"

    static func read(_ text: String) -> Duration? {
        let digits = text.prefix(while: \.isWholeASCIIDigit)
        // A Duration traps on more seconds than it can hold; nobody means that many.
        guard let number = Int32(digits) else { return nil }
        switch text[digits.endIndex...].trimmed {
        case "", "s": return .seconds(number)
        case "ms": return .milliseconds(number)
        default: return nil
        }
    }
}

extension Character {
    fileprivate var isWholeASCIIDigit: Bool { isASCII && isWholeNumber }
}
