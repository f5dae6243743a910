internal import FoundationEssentials

/// Reads the small files that an operator writes.
enum OperatorFile {
    /// Far more than any of them needs; a path to something else is noticed before it is parsed.
    static let mostBytes = 1024 * 1024

    static func read(_ path: String, atMost mostBytes: Int = mostBytes) throws(UnreadableFile) -> [UInt8] {
        do {
            let bytes = try Data(contentsOf: URL(filePath: path))
            if bytes.count <= mostBytes { return Array(bytes) }
        } catch let error as CocoaError {
            throw UnreadableFile(path: path, cause: error.code == .fileReadNoSuchFile ? .absent : .unreadable)
        } catch {
            throw UnreadableFile(path: path, cause: .unreadable)
        }
        throw UnreadableFile(path: path, cause: .tooLarge)
    }

    static func isReadable(_ path: String) -> Bool { FileManager.default.isReadableFile(atPath: path) }

    static func isFolder(_ path: String) -> Bool {
        var isFolder = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder
    }
}

/// Why a file was not read.
struct UnreadableFile: Error, Equatable, CustomStringConvertible {
    enum Cause { case absent, unreadable, tooLarge, empty }

    let path: String
    let cause: Cause

    var description: String {
        switch cause {
        case .absent: "there is no file \(path)"
        case .unreadable: "\(path) cannot be read"
        case .tooLarge: "\(path) is larger than \(OperatorFile.mostBytes) bytes"
        case .empty: "\(path) is empty"
        }
    }
}
