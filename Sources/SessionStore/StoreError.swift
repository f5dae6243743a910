/// Why a store could not do what it was asked for. What it holds is unchanged, or as far as the caller can know unknown.
public struct StoreError: Error, Sendable, CustomStringConvertible {
    public enum Code: String, Sendable {
        /// Busy, full, read-only, gone: trying again later may help.
        case unavailable
        /// What is stored cannot be read.
        case corrupt
        /// A newer version of the server wrote the file.
        case newerSchema
        /// An older version wrote the file, and whoever asks may not bring it up to date.
        case olderSchema
        /// The store was closed.
        case closed
    }

    public let code: Code
    /// Safe to log: no ids, no contents.
    public let description: String

    public init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
