import Foundation
import Testing

/// Inputs that a fuzzer has found worth keeping. Fuzzing itself is `make fuzz`.
@Suite struct CorpusTests {
    @Test(arguments: FuzzTarget.allCases) func `no input of the corpus breaks what reads it`(
        target: FuzzTarget
    ) throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Corpus/\(target.rawValue)")
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        #expect(files.count >= 10)
        for file in files {
            do {
                try target.check(Array(Data(contentsOf: file)))
            } catch {
                Issue.record("\(file.lastPathComponent): \(error)")
            }
        }
    }
}
