// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "ConnectFour",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "parlor", path: "../..")],
    targets: [
        .target(name: "ConnectFour", dependencies: [.product(name: "GameKitProtocol", package: "parlor")]),
        .executableTarget(
            name: "arcade", dependencies: ["ConnectFour", .product(name: "ParlorServer", package: "parlor")]),
        .testTarget(
            name: "ConnectFourTests",
            dependencies: [
                "ConnectFour",
                .product(name: "GameKitProtocol", package: "parlor"),
                .product(name: "GameKitTesting", package: "parlor"),
            ]),
    ])
