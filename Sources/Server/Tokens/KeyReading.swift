internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix

/// Reads the keys from where they are, within bounds of time and size. Never on an event loop.
enum KeyReading {
    /// Why they could not be read, for the log.
    struct Fault: Error, CustomStringConvertible {
        let description: String
    }

    static func read(_ location: KeyLocation) async throws(Fault) -> KeySet {
        let text =
            switch location {
            case .file(let path): try file(path)
            case .url(let url): try await body(of: url)
            }
        do throws(KeySet.Fault) {
            return try KeySet(text)
        } catch {
            throw Fault(description: error.description)
        }
    }

    private static func file(_ path: String) throws(Fault) -> [UInt8] {
        do throws(UnreadableFile) {
            return try OperatorFile.read(path)
        } catch {
            throw Fault(description: error.description)
        }
    }

    /// A client for each time: once a minute at most, and nothing to be closed in between.
    private static func body(of url: String) async throws(Fault) -> [UInt8] {
        var configuration = HTTPClient.Configuration(
            // What was checked of the URL would not hold for where it leads.
            redirectConfiguration: .disallow, timeout: .init(connect: Limits.keySetTime, read: Limits.keySetTime))
        configuration.httpVersion = .http1Only
        let client = HTTPClient(
            eventLoopGroupProvider: .shared(MultiThreadedEventLoopGroup.singleton), configuration: configuration)
        let result: Result<[UInt8], Fault>
        do {
            result = .success(try await inTime { try await body(of: url, by: client) })
        } catch let fault as Fault {
            result = .failure(fault)
        } catch {
            result = .failure(Fault(description: "it cannot be fetched: \(error)"))
        }
        try? await client.shutdown()
        return try result.get()
    }

    private static func body(of url: String, by client: HTTPClient) async throws -> [UInt8] {
        let response = try await client.execute(HTTPClientRequest(url: url), timeout: Limits.keySetTime)
        guard response.status == .ok else { throw Fault(description: "the server answers \(response.status.code)") }
        return Array(buffer: try await response.body.collect(upTo: Limits.keySetBytes))
    }

    /// The client's own limits are for each wait; a body that comes byte by byte would pass them.
    private static func inTime(_ body: @escaping @Sendable () async throws -> [UInt8]) async throws -> [UInt8] {
        try await withThrowingTaskGroup { group in
            group.addTask { try await body() }
            group.addTask {
                try await Task.sleep(for: .nanoseconds(Limits.keySetTime.nanoseconds))
                throw Fault(description: "it did not come in time")
            }
            defer { group.cancelAll() }
            return try await group.next() ?? []
        }
    }
}
