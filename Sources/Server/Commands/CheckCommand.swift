internal import ArgumentParser
internal import Foundation

/// `parlor check`
struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Try every part of the configuration, and say what is wrong in a line each.",
        discussion: """
            Nothing is changed, and a server may run meanwhile. Ends with 0 if a server could start and keep its promises, \
            with 1 if not, and with 78 if the configuration itself is wrong.
            """)

    @OptionGroup var options: ServeOptions

    func run() async throws {
        let values = SettingValues(flags: options.values, environment: ProcessInfo.processInfo.environment)
        let configuration: Configuration
        do throws(ConfigurationFaults) {
            configuration = try Configuration(values, offering: CommandLineTool.games)
        } catch {
            for fault in error.faults { print(Finding.fault("setting", fault.description).line) }
            throw ExitCode(78)
        }
        var findings = await MachineCheck(configuration: configuration).run()
        findings += await TokenCheck(settings: configuration.auth).run()
        if let redis = configuration.redis { findings += await RedisCheck(settings: redis).run() }
        for finding in findings { print(finding.line) }
        if findings.contains(where: { $0.verdict == .fault }) { throw ExitCode(1) }
    }
}
