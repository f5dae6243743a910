import Dispatch

@testable import SessionStore

/// Holds the writer in the middle of a transaction, so that what is posted meanwhile waits together.
struct WriterGate {
    private let opened = DispatchSemaphore(value: 0)

    /// Returns once the writer stands at the gate.
    init(_ database: SQLiteDatabase) async {
        let opened = opened
        await withCheckedContinuation { reached in
            database.submit(
                { _ in
                    reached.resume()
                    opened.wait()
                }, completion: { _ in })
        }
    }

    func open() { opened.signal() }
}
