internal import BenchHeap
internal import Glibc
internal import NIOCore
internal import NIOPosix
internal import RedisClient

/// usage: redis-bench PORT set|get DEPTH COMMANDS each|made|batch
///        redis-bench PORT hung COMMANDS      what commands cost that wait; asks for a line before and after
///        redis-bench PORT save|load RATE SECONDS      sessions, as the server keeps them
///
/// Prints one line of JSON.
@main enum RedisBench {
    static func main() async {
        let arguments = CommandLine.arguments.dropFirst()
        guard let port = arguments.first.flatMap({ Int($0) }), arguments.count >= 3 else { exit(2) }
        var configuration = RedisConfiguration(.one(.init(host: "127.0.0.1", port: port)))
        configuration.deadline = .seconds(60)
        let loop = MultiThreadedEventLoopGroup(numberOfThreads: 1).next()
        let redis = RedisConnection(configuration, on: loop)
        let rest = Array(arguments.dropFirst())
        if rest[0] == "hung", let commands = Int(rest[1]) {
            await hang(redis, on: loop, commands)
        } else if rest.count == 3, ["save", "load"].contains(rest[0]), let rate = Int(rest[1]),
            let seconds = Int(rest[2])
        {
            let isSaving = rest[0] == "save"
            _ = await Sessions.run(redis, rate: rate, seconds: 1, saving: isSaving)
            let cpu = cpuSeconds()
            let outcome = await Sessions.run(redis, rate: rate, seconds: seconds, saving: isSaving)
            let micros = (cpuSeconds() - cpu) * 1e6 / Double(rate * seconds)
            print(
                """
                {"p50": \(outcome.quantile(0.5)), "p99": \(outcome.quantile(0.99)), "max": \(outcome.quantile(1)), \
                "micros": \(micros), "failures": \(outcome.failures)}
                """)
        } else if rest.count == 4, let workload = Workload(rawValue: rest[0]), let depth = Int(rest[1]),
            let commands = Int(rest[2]), let way = Way(rawValue: rest[3])
        {
            await run(redis, on: loop, .set, depth: 1000, commands: 1000, way: .batch)
            await run(redis, on: loop, workload, depth: depth, commands: commands / 10, way: way)
            let cpu = cpuSeconds()
            let start = ContinuousClock.now
            let done = await run(redis, on: loop, workload, depth: depth, commands: commands, way: way)
            let seconds = (ContinuousClock.now - start) / .seconds(1)
            print("{\"commands\": \(done), \"cpu\": \(cpuSeconds() - cpu), \"seconds\": \(seconds)}")
        } else {
            exit(2)
        }
        await redis.close()
    }

    @discardableResult
    private static func run(
        _ redis: RedisConnection, on loop: any EventLoop, _ workload: Workload, depth: Int, commands: Int, way: Way
    ) async -> Int {
        await withCheckedContinuation { continuation in
            loop.execute {
                let bursts = Bursts(redis, workload, depth: depth, commands: commands, way: way) {
                    continuation.resume(returning: $0)
                }
                bursts.next()
            }
        }
    }

    private static func hang(_ redis: RedisConnection, on loop: any EventLoop, _ commands: Int) async {
        _ = try? await redis.send(RedisCommand("PING"))
        print("ready")
        fflush(nil)
        _ = readLine()
        let (heap, resident) = memory()
        for number in 0..<commands { redis.send(Workload.set.command(number)) { _ in } }
        // Behind them on the loop, so they are written.
        try? await loop.submit {}.get()
        let (heapAfter, residentAfter) = memory()
        print("{\"heap\": \(heapAfter - heap), \"resident\": \(residentAfter - resident)}")
        fflush(nil)
        _ = readLine()
    }

    private static func memory() -> (heap: Int, resident: Int) {
        var pages = 0
        if let file = fopen("/proc/self/statm", "r") {
            var line = [CChar](repeating: 0, count: 128)
            fgets(&line, 128, file)
            fclose(file)
            let text = String(decoding: line.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            pages = Int(text.split(separator: " ")[1]) ?? 0
        }
        return (heap_bytes(), pages * Int(getpagesize()))
    }

    private static func cpuSeconds() -> Double {
        var usage = rusage()
        getrusage(RUSAGE_SELF.rawValue, &usage)
        let seconds = usage.ru_utime.tv_sec + usage.ru_stime.tv_sec
        return Double(seconds) + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
    }
}
