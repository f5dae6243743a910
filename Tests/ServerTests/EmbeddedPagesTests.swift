import Foundation
import NIOCore
import Testing

@testable import ParlorServer

@Suite struct EmbeddedPagesTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../Sources/Server/Web").standardizedFileURL

    @Test func `every file of the folder of pages is in the executable, and no other`() throws {
        let files = try FileManager.default.subpathsOfDirectory(atPath: Self.folder.path)
            .filter { !$0.hasPrefix("include") && $0 != "pages.c" && $0 != "games" }
        #expect(Set(EmbeddedFiles.all.map(\.name)) == Set(files))
    }

    @Test func `a page is served as it was written`() throws {
        let page = try #require(Pages(folder: nil)["index.html"])
        let file = try Data(contentsOf: Self.folder.appending(path: "index.html"))
        #expect(Array(page.content.readableBytesView) == Array(file))
        #expect(page.mediaType == "text/html; charset=utf-8")
    }

    @Test(arguments: ["../Package.swift", "/etc/passwd", "games/../../x", ".hidden", "a/b/c", "", "games/"])
    func `no name leads out of the folder`(_ name: String) {
        #expect(Pages(folder: Self.folder.path)[name] == nil)
    }
}
