import Foundation
import GameKitTesting
import Testing

@Suite struct ReadmeTests {
    @Test func `the game in the README keeps the laws of all games`() throws { try Laws<Nim>().check() }

    @Test func `the game in the README is the one that is compiled here`() throws {
        let here = URL(filePath: #filePath).deletingLastPathComponent()
        let readme = try String(contentsOf: here.appending(path: "../../README.md"), encoding: .utf8)
        let game = try String(contentsOf: here.appending(path: "ReadmeNim.swift"), encoding: .utf8)
        #expect(readme.contains("```swift\n\(game)```"))
    }
}
