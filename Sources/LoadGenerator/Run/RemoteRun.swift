internal import NIOCore

/// A run as whoever is not on its event loop has it.
struct RemoteRun: Sendable {
    private let loop: any EventLoop
    private let run: NIOLoopBound<LoadRun>

    init(
        _ scenario: any Scenario, _ options: LoadOptions, process: ServerProcess?, on loop: any EventLoop,
        progress: @escaping @Sendable (String) -> Void
    ) async throws {
        self.loop = loop
        let dialer = try Dialer(options.target, isInsecure: options.isInsecure, loop: loop)
        run = try await loop.submit {
            NIOLoopBound(
                LoadRun(scenario, options, process: process, dialer: dialer, progress: progress), eventLoop: loop)
        }.get()
    }

    func prepare() async throws -> Bool { try await loop.flatSubmit { [run] in run.value.prepare() }.get() }
    func begin() async throws -> Bool { try await loop.flatSubmit { [run] in run.value.begin() }.get() }
    func close() async throws -> LoadOutcome { try await loop.flatSubmit { [run] in run.value.close() }.get() }

    /// Once it is prepared.
    func companion() async throws -> (any Scenario)? { try await loop.submit { [run] in run.value.companion }.get() }
}

/// What a run came to.
struct LoadOutcome: Sendable {
    let scenario: any Scenario
    var tally: Tally
    let server: Report.Server?
}
