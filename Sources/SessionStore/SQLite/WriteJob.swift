internal import GRDB

/// One thing to do in a transaction that it may share with others, and how to tell whoever waits for it.
struct WriteJob: Sendable {
    typealias Report = @Sendable () -> Void

    /// Does it, in the open transaction. What comes back tells that it was done: to be called after the commit.
    let run: @Sendable (Database) throws -> Report
    /// Tells that it was not done.
    let fail: @Sendable (StoreError) -> Void

    /// - Parameter completion: called once, with what `work` came to or why it was not done.
    init<Value: Sendable>(
        _ work: @escaping @Sendable (Database) throws -> Value,
        completion: @escaping @Sendable (Result<Value, StoreError>) -> Void
    ) {
        run = { db in
            let value = try work(db)
            return { completion(.success(value)) }
        }
        fail = { completion(.failure($0)) }
    }
}
