internal import ArgumentParser
internal import Foundation

/// Why a command could not do what it was asked for, for the shell.
struct CommandFailure: Error, CustomStringConvertible {
    let description: String
    var code: Int32 = 1
}

/// Where a server's data is, said as it is said to `parlor serve`.
struct DataOptions: ParsableArguments {
    @Option(.config) var config: String?
    @Option(.data) var data: String?

    /// - Throws: what is wrong with these two settings; the others are the server's business.
    func folder() throws -> String {
        let flags: [Setting: String?] = [.config: config, .data: data]
        let values = SettingValues(
            flags: flags.compactMapValues(\.self), environment: ProcessInfo.processInfo.environment)
        guard values.faults.isEmpty else { throw ConfigurationFaults(faults: values.faults) }
        guard let text = values[.data]?.text, case .folder(let folder) = DataPlace(text) else {
            throw CommandFailure(description: "a server with --data \(DataPlace.memoryName) leaves nothing to look at")
        }
        return folder
    }
}

/// How far a long copy is, for whoever watches it: on a terminal alone, and gone when it is done.
struct ProgressLine {
    private let isShown = isatty(STDERR_FILENO) == 1

    func show(_ part: Double) {
        guard isShown else { return }
        let text = part < 1 ? "\r\(Int(part * 100)) % copied" : "\r\u{1b}[K"
        FileHandle.standardError.write(Data(text.utf8))
    }
}
