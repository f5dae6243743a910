import Foundation
import Testing

/// The same rounds in two processes. Within one process a `Dictionary` in a state can go unnoticed.
@Suite struct FingerprintTests {
    @Test func `every game plays the same in processes that hash differently`() throws {
        let random = try fingerprints(hashing: nil)
        let fixed = try fingerprints(hashing: "1")
        #expect(random == fixed)
        #expect(random.split(separator: "\n").count == 4)
    }

    /// What the executable `game-fingerprints`, which was built beside this bundle of tests, prints.
    private func fingerprints(hashing: String?) throws -> String {
        // On Linux the bundle of tests is a plain executable, and its bundle the folder that it lies in.
        let bundle = Bundle(for: Marker.self).bundleURL
        let folder = bundle.pathExtension == "xctest" ? bundle.deletingLastPathComponent() : bundle
        let program = folder.appendingPathComponent("game-fingerprints").path
        let environment = hashing.map { "SWIFT_DETERMINISTIC_HASHING=\($0) " } ?? ""
        // Foundation's `Process` looks at every open file of this one, and crashes at times when they are thousands.
        let output = try #require(popen("env -i \(environment)'\(program)'", "r"))
        var text: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while case let count = fread(&buffer, 1, buffer.count, output), count > 0 { text += buffer[..<count] }
        try #require(pclose(output) == 0)
        return String(decoding: text, as: UTF8.self)
    }

    private final class Marker {}
}
