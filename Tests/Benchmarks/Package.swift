// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

let package = Package(
    name: "Benchmarks",
    dependencies: [
        // Named, because the identity of a path is the name of the folder that was cloned into.
        .package(name: "btcshark", path: "../.."),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    ],
    targets: [
        // Counts calls of malloc; glibc only.
        .target(name: "CAllocations"),
        .target(
            name: "Traffic", dependencies: [.product(name: "Crypto", package: "swift-crypto")], swiftSettings: settings),
        .executableTarget(
            name: "generate",
            dependencies: ["Traffic", .product(name: "ArgumentParser", package: "swift-argument-parser")],
            swiftSettings: settings),
        // BitcoinP2P and Fields are targets behind the product BTCShark: its modules can be imported.
        .executableTarget(
            name: "cursor",
            dependencies: ["Traffic", "CAllocations", .product(name: "BTCShark", package: "btcshark")],
            swiftSettings: settings),
    ],
    swiftLanguageModes: [.v6]
)
