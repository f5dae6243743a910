internal import Foundation

/// What the system says a server has used so far. Linux only: it is read from `/proc` (proc(5)).
struct ServerProcess {
    struct Memory: Equatable {
        let resident: Int
        /// What is this process' alone.
        let `private`: Int
    }

    private let id: Int32
    private let folder: String

    init(id: Int32) throws(LoadRefusal) {
        self.id = id
        folder = "/proc/\(id)"
        #if !os(Linux)
            throw LoadRefusal(description: "--server-pid needs Linux, whose /proc says what a process uses")
        #else
            guard id > 0, cpuNanoseconds() != nil, memory() != nil else {
                throw LoadRefusal(description: "--server-pid \(id) is no process that may be looked at")
            }
        #endif
    }

    /// Of all its threads, those that have ended too (clock_getcpuclockid(3)).
    func cpuNanoseconds() -> Int? {
        #if os(Linux)
            var clock = clockid_t()
            var time = timespec()
            guard clock_getcpuclockid(id, &clock) == 0, clock_gettime(clock, &time) == 0 else { return nil }
            return time.tv_sec * 1_000_000_000 + time.tv_nsec
        #else
            return nil
        #endif
    }

    var threadCount: Int {
        (try? FileManager.default.contentsOfDirectory(atPath: folder + "/task").count) ?? 0
    }

    func memory() -> Memory? {
        guard let text = try? String(contentsOfFile: folder + "/smaps_rollup", encoding: .utf8) else { return nil }
        var kilobytes: [Substring: Int] = [:]
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            if words.count == 3, words[2] == "kB" { kilobytes[words[0]] = Int(words[1]) }
        }
        guard let resident = kilobytes["Rss:"], let clean = kilobytes["Private_Clean:"],
            let dirty = kilobytes["Private_Dirty:"]
        else {
            return nil
        }
        return Memory(resident: resident * 1024, private: (clean + dirty) * 1024)
    }
}
