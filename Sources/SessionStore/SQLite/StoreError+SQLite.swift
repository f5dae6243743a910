internal import GRDB

extension StoreError {
    /// What a failure means to whoever uses a store. SQLite's messages name tables and columns, never what is in them.
    init(_ error: any Error) {
        switch error {
        case let error as StoreError: self = error
        case let error as DatabaseError:
            let what = error.message ?? "SQLite error \(error.resultCode.rawValue)"
            switch error.resultCode {
            case .SQLITE_CORRUPT, .SQLITE_NOTADB: self.init(.corrupt, what)
            default: self.init(.unavailable, what)
            }
        // All else is what GRDB or a decoder made of the bytes they found.
        default: self.init(.corrupt, "what is stored cannot be read")
        }
    }
}
