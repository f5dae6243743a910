import Dispatch
import Foundation
import Testing

/// The executable `parlor`, which was built beside this bundle of tests, as an operator runs it.
enum ParlorExecutable {
    struct Result: Sendable {
        let status: Int32
        let output: String
        let complaint: String

        var lines: [String] { output.split(separator: "\n").map(String.init) }
    }

    /// - Parameter input: a file in place of the standard input.
    static func run(_ arguments: String..., input: String? = nil) async throws -> Result {
        try await run(arguments, input: input)
    }

    static func run(_ arguments: [String], input: String? = nil) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            // It may take long, and the threads of tests are few.
            DispatchQueue.global().async {
                continuation.resume(with: Swift.Result { try start(arguments, input) })
            }
        }
    }

    /// Not with Foundation's `Process`: it looks at every open file of this process, of which tests of servers have
    /// thousands, and crashes at times.
    private static func start(_ arguments: [String], _ input: String?) throws -> Result {
        let scratch = try ScratchFolder()
        let (output, complaint) = (scratch.path + "/output", scratch.path + "/complaint")
        var files = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&files)
        defer { posix_spawn_file_actions_destroy(&files) }
        posix_spawn_file_actions_addopen(&files, 0, input ?? "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&files, 1, output, O_WRONLY | O_CREAT, 0o600)
        posix_spawn_file_actions_addopen(&files, 2, complaint, O_WRONLY | O_CREAT, 0o600)
        let program = folder.appendingPathComponent("parlor").path
        var argv = ([program] + arguments).map { strdup($0) } + [nil]
        defer { for argument in argv { free(argument) } }
        var environment: [UnsafeMutablePointer<CChar>?] = [nil]
        var id: pid_t = 0
        try #require(posix_spawn(&id, program, &files, nil, &argv, &environment) == 0)
        var status: Int32 = 0
        while waitpid(id, &status, 0) < 0 && errno == EINTR {}
        return Result(
            status: status & 0x7f == 0 ? status >> 8 & 0xff : -(status & 0x7f),
            output: try String(contentsOfFile: output, encoding: .utf8),
            complaint: try String(contentsOfFile: complaint, encoding: .utf8))
    }

    private static var folder: URL {
        // On Linux the bundle of tests is a plain executable, and its bundle the folder that it lies in.
        let bundle = Bundle(for: Marker.self).bundleURL
        return bundle.pathExtension == "xctest" ? bundle.deletingLastPathComponent() : bundle
    }

    private final class Marker {}
}
