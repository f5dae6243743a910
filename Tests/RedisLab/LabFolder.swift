internal import Foundation

/// A folder of one test's own in the temporary directory.
struct LabFolder: Sendable {
    let path: String

    private static let name = "parlor-lab-"

    /// Of tests that were killed: nobody else removes them.
    private static let sweeping: Void = {
        let folder = FileManager.default.temporaryDirectory.path()
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] where name.hasPrefix(Self.name)
        {
            let owner = name.dropFirst(Self.name.count).prefix { $0.isNumber }
            guard name.dropFirst(Self.name.count + owner.count).first == "-", let owner = pid_t(owner),
                kill(owner, 0) != 0, errno == ESRCH
            else { continue }
            try? FileManager.default.removeItem(atPath: folder + "/" + name)
        }
    }()

    init() throws {
        Self.sweeping
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "\(Self.name)\(getpid())-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        path = folder.path()
    }

    func remove() { try? FileManager.default.removeItem(atPath: path) }

    /// Writes a file that only its owner may read, and says where.
    @discardableResult
    func file(_ name: String, _ text: String) throws -> String {
        let file = path + "/" + name
        guard
            FileManager.default.createFile(
                atPath: file, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
        else { throw LabError("cannot write \(file)") }
        return file
    }

    func text(of name: String) -> String { (try? String(contentsOfFile: path + "/" + name, encoding: .utf8)) ?? "" }

    func remove(_ names: some Sequence<String>) {
        for name in names { try? FileManager.default.removeItem(atPath: path + "/" + name) }
    }

    var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] }
}
