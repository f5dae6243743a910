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

    private static func start(_ arguments: [String], _ input: String?) throws -> Result {
        let process = Process()
        process.executableURL = folder.appendingPathComponent("parlor")
        process.arguments = arguments
        process.environment = [:]
        process.standardInput = input.flatMap { FileHandle(forReadingAtPath: $0) } ?? FileHandle.nullDevice
        let (output, complaint) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = complaint
        try process.run()
        // What it complains about is short, and waits in the pipe meanwhile.
        let text = output.fileHandleForReading.readDataToEndOfFile()
        let complaints = complaint.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return Result(
            status: process.terminationStatus, output: String(decoding: text, as: UTF8.self),
            complaint: String(decoding: complaints, as: UTF8.self))
    }

    private static var folder: URL {
        // On Linux the bundle of tests is a plain executable, and its bundle the folder that it lies in.
        let bundle = Bundle(for: Marker.self).bundleURL
        return bundle.pathExtension == "xctest" ? bundle.deletingLastPathComponent() : bundle
    }

    private final class Marker {}
}
