internal import Dispatch
internal import Foundation

/// Waiting for facts that nobody tells us.
public enum LabWait {
    /// How long anything in the laboratory may take: a loaded machine needs seconds to start a server.
    public static let limit = Duration.seconds(20)
    /// How often a fact is looked for.
    private static let step: Int32 = 5

    /// Blocks until there is a result, looking every few milliseconds.
    /// - Throws: what `look` throws; ``LabError`` when the time is over.
    @discardableResult
    public static func until<Result>(
        _ what: String, within limit: Duration = limit, _ look: () throws -> Result?
    ) throws -> Result {
        let end = ContinuousClock.now + limit
        while true {
            if let result = try look() { return result }
            guard ContinuousClock.now < end else { throw LabError("not in \(limit): \(what)") }
            poll(nil, 0, step)
        }
    }

    /// Does what blocks on a thread of its own: those of tests are few.
    static func blocking<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(with: Swift.Result { try work() }) }
        }
    }
}
