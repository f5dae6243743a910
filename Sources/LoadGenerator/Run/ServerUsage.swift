/// What a server has used before a load, and while it was measured.
struct ServerUsage {
    private let process: ServerProcess
    private let before: ServerProcess.Memory?
    private var cpuAtBegin: Int?
    private var cpu = 0
    private var after: ServerProcess.Memory?
    private var threads = 0

    init(of process: ServerProcess) {
        self.process = process
        before = process.memory()
    }

    /// The measured time begins.
    mutating func begin() { cpuAtBegin = process.cpuNanoseconds() }

    /// It is over. Its CPU comes first: to look at its memory takes the system some milliseconds.
    mutating func end() {
        cpu = (process.cpuNanoseconds() ?? 0) - (cpuAtBegin ?? 0)
        after = process.memory()
        threads = process.threadCount
    }

    /// - Returns: nil when nothing was measured, or the process has ended meanwhile.
    func report(seconds: Double) -> Report.Server? {
        guard let before, let after else { return nil }
        return Report.Server(
            cpuSeconds: Double(cpu) / 1e9, cores: Double(cpu) / 1e9 / seconds, residentBefore: before.resident,
            residentAfter: after.resident, privateBefore: before.private, privateAfter: after.private,
            threads: threads)
    }
}
