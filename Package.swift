// swift-tools-version: 6.2
import PackageDescription

/// scripts/fuzz builds all that is ours with what libFuzzer and AddressSanitizer need.
let isFuzzing = Context.environment["PARLOR_FUZZING"] == "1"
let sanitizers = ["-sanitize=fuzzer,address"]
/// scripts/guard-costs measures the insides of what is ours as it is released, which only a testable build lets it reach.
let isBenchmarking = Context.environment["PARLOR_BENCHMARKING"] == "1"

let strict: [SwiftSetting] =
    [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
    ] + (isFuzzing ? [.unsafeFlags(sanitizers)] : [])
    + (isBenchmarking ? [.unsafeFlags(["-enable-testing"])] : [])

/// The rules of one game: a library in Sources/Games that may import the game protocol and nothing else.
func game(_ name: String) -> Target {
    .target(name: name, dependencies: ["GameKitProtocol"], path: "Sources/Games/\(name)", swiftSettings: strict)
}

let games: [Target.Dependency] = ["Pong", "TicTacToe", "Dice", "OweDrahn"]

let package = Package(
    name: "parlor",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "parlor", targets: ["parlor"]),
        .library(name: "GameKitProtocol", targets: ["GameKitProtocol"]),
        .library(name: "GameKitTesting", targets: ["GameKitTesting"]),
        .library(name: "ParlorServer", targets: ["ParlorServer"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser.git", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections.git", exact: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto.git", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types.git", exact: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log.git", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio.git", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras.git", exact: "1.35.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl.git", exact: "2.37.6"),
        .package(url: "https://github.com/groue/GRDB.swift.git", exact: "7.10.0"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift.git", exact: "0.2.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", exact: "2.28.1", traits: []),
        .package(url: "https://github.com/swift-server/async-http-client.git", exact: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", exact: "2.13.0"),
        .package(url: "https://github.com/vapor/jwt-kit.git", exact: "5.7.1"),
    ],
    targets: [
        .target(name: "GameKitProtocol", swiftSettings: strict),
        // One form of JSON for all that is stored, hashed and told.
        .target(name: "JSONCoding", swiftSettings: strict),
        .target(name: "RoomEngine", dependencies: ["GameKitProtocol", "JSONCoding"], swiftSettings: strict),
        .target(
            name: "GameKitTesting", dependencies: ["GameKitProtocol", "JSONCoding", "RoomEngine"], swiftSettings: strict
        ),
        game("Pong"), game("TicTacToe"), game("Dice"), game("OweDrahn"),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        // hiredis turns commands into bytes and bytes into replies; all around it is ours.
        .target(name: "RESPCodec", path: "Sources/RedisClient/Hiredis", linkerSettings: [.linkedLibrary("hiredis")]),
        .target(
            name: "RedisClient",
            dependencies: [
                "RESPCodec",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOTLS", package: "swift-nio"),
            ],
            exclude: ["Hiredis"], swiftSettings: strict + [.strictMemorySafety()]),
        .target(
            name: "SessionStore",
            dependencies: [
                "CZlib", "JSONCoding", "RedisClient",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        // The pages live inside the executable, so that a copied binary is a complete server.
        .target(name: "Web", path: "Sources/Server/Web", sources: ["pages.c"], publicHeadersPath: "include"),
        // What must be safe in a handler of signals.
        .target(name: "BlackBox", path: "Sources/Server/BlackBox"),
        // Knows a server by its protocol alone, as its players do.
        .target(
            name: "LoadGenerator",
            dependencies: [
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Histogram", package: "hdrhistogram-swift"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: strict),
        .target(
            name: "ParlorServer",
            dependencies: [
                "BlackBox", "GameKitProtocol", "JSONCoding", "LoadGenerator", "RedisClient", "RoomEngine",
                "SessionStore",
                "Web",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "HeapModule", package: "swift-collections"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HummingbirdTLS", package: "hummingbird"),
                .product(name: "JWTKit", package: "jwt-kit"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            path: "Sources/Server", exclude: ["BlackBox", "Web"], swiftSettings: strict),
        .executableTarget(
            name: "parlor", dependencies: ["ParlorServer"] + games, path: "Sources/Parlor", swiftSettings: strict),
        // Run twice by a test of the games: what they come to must not depend on a process.
        .executableTarget(
            name: "game-fingerprints", dependencies: ["GameKitProtocol", "GameKitTesting"] + games,
            path: "Tests/GameFingerprints", swiftSettings: strict),
        // Killed, crashed and measured by tests and benchmarks.
        .executableTarget(
            name: "trial-server", dependencies: ["GameKitProtocol", "ParlorServer"],
            path: "Tests/TrialServer", swiftSettings: strict),
        // Measured against the loop in C beside it.
        .target(name: "BenchHeap", path: "Benchmarks/redis/Heap"),
        .executableTarget(
            name: "redis-bench",
            dependencies: [
                "BenchHeap", "RedisClient", "SessionStore", .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            path: "Benchmarks/redis/Bench", swiftSettings: strict),
        // A disk that loses its power, put under SQLite, and what the store makes of what is left.
        .target(name: "PowerCutDisk", path: "Tests/PowerCuts/Disk", linkerSettings: [.linkedLibrary("sqlite3")]),
        .executableTarget(
            name: "power-cuts", dependencies: ["PowerCutDisk", "SessionStore"], path: "Tests/PowerCuts/Run",
            swiftSettings: strict + [.strictMemorySafety()]),
        .testTarget(name: "GameKitProtocolTests", dependencies: ["GameKitProtocol"], swiftSettings: strict),
        .testTarget(name: "JSONCodingTests", dependencies: ["JSONCoding"], swiftSettings: strict),
        .testTarget(
            name: "RoomEngineTests",
            dependencies: ["GameKitProtocol", "GameKitTesting", "JSONCoding", "RoomEngine", "TicTacToe"],
            swiftSettings: strict),
        .testTarget(
            name: "GamesTests", dependencies: ["GameKitProtocol", "GameKitTesting"] + games, swiftSettings: strict),
        // Real servers for tests: Redis, sentinels, certificates, and a wire that can be cut, held and garbled.
        .target(
            name: "RedisLab",
            dependencies: [
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
            ],
            path: "Tests/RedisLab", swiftSettings: strict),
        .testTarget(
            name: "RedisClientTests",
            dependencies: [
                "RedisClient", "RedisLab",
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "SessionStoreTests",
            dependencies: [
                "RedisClient", "RedisLab", "SessionStore", .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "LoadGeneratorTests",
            dependencies: [
                "LoadGenerator", .product(name: "Histogram", package: "hdrhistogram-swift"),
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "ServerTests",
            dependencies: [
                "BlackBox", "GameKitProtocol", "JSONCoding", "LoadGenerator", "ParlorServer", "RedisClient", "RedisLab",
                "RoomEngine",
                "SessionStore",
            ] + games
                + [
                    .product(name: "ArgumentParser", package: "swift-argument-parser"),
                    .product(name: "Crypto", package: "swift-crypto"),
                    .product(name: "CryptoExtras", package: "swift-crypto"),
                    .product(name: "Logging", package: "swift-log"),
                    .product(name: "NIOCore", package: "swift-nio"),
                    .product(name: "NIOPosix", package: "swift-nio"),
                    .product(name: "NIOHTTP1", package: "swift-nio"),
                    .product(name: "NIOWebSocket", package: "swift-nio"),
                ],
            swiftSettings: strict),
        .testTarget(
            name: "SimulationTests",
            dependencies: [
                "GameKitProtocol", "JSONCoding", "ParlorServer", "RoomEngine", "SessionStore",
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "HeapModule", package: "swift-collections"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            swiftSettings: strict),
    ])

/// What reads strangers' bytes, held to its promises: by a test with a corpus, by a fuzzer with what it makes up.
let fuzzed: [Target.Dependency] =
    ["GameKitProtocol", "JSONCoding", "ParlorServer", "RedisClient", "RoomEngine"] + games
    + [.product(name: "NIOCore", package: "swift-nio")]
if isFuzzing {
    package.targets += [
        .target(name: "FuzzDriver", path: "Tests/Fuzz/Driver"),
        .executableTarget(
            name: "fuzz", dependencies: ["FuzzDriver"] + fuzzed, path: "Tests/Fuzz",
            exclude: ["Corpus", "CorpusTests.swift", "Dictionaries", "Driver"], swiftSettings: strict,
            // The toolchain's other linker does not understand the sanitizers' symbols.
            linkerSettings: [.unsafeFlags(sanitizers + ["-use-ld=lld"])]),
    ]
} else {
    package.targets.append(
        .testTarget(
            name: "FuzzTests", dependencies: fuzzed, path: "Tests/Fuzz",
            exclude: ["Corpus", "Dictionaries", "Driver", "main.swift"],
            swiftSettings: strict))
}

if isBenchmarking {
    package.dependencies.append(
        .package(url: "https://github.com/ordo-one/benchmark.git", exact: "1.38.1", traits: []))
    package.targets += [
        // Pieces of the server's work: timed by one executable, counted by the other under valgrind.
        .target(
            name: "Workloads",
            dependencies: [
                "GameKitProtocol", "JSONCoding", "ParlorServer", "RoomEngine", "SessionStore",
                .product(name: "Logging", package: "swift-log"), .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
            ] + games,
            path: "Benchmarks/micro/Workloads", swiftSettings: strict),
        .target(name: "Callgrind", path: "Benchmarks/micro/Callgrind"),
        .executableTarget(
            name: "instruction-count", dependencies: ["Callgrind", "Workloads"], path: "Benchmarks/micro/Count",
            swiftSettings: strict),
        .executableTarget(
            name: "micro-benchmarks",
            dependencies: ["Workloads", .product(name: "Benchmark", package: "benchmark")],
            path: "Benchmarks/micro",
            exclude: ["Callgrind", "Count", "Workloads", "costs.py", "run.py", "test_costs.py", "thresholds.json"],
            sources: ["Timings.swift"], swiftSettings: strict,
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]),
    ]
}
