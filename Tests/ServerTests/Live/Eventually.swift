import Testing

/// Waits for what happens by itself, though not for ever. For what no message tells.
func eventually(
    within time: Duration = .seconds(30), sourceLocation: SourceLocation = #_sourceLocation,
    _ hasHappened: () async throws -> Bool
) async throws {
    let end = ContinuousClock.now + time
    while try await !hasHappened() {
        try #require(ContinuousClock.now < end, "it does not happen", sourceLocation: sourceLocation)
        await Task.yield()
    }
}
