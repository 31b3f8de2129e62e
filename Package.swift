// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    // A struct that stores a RawSpan needs this in Swift 6.3.
    .enableExperimentalFeature("Lifetimes"),
    .treatAllWarnings(as: .error),
]

let package = Package(
    name: "btcshark",
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    ],
    targets: [
        .target(name: "Dissection", swiftSettings: settings),
        .target(
            name: "BitcoinP2P", dependencies: ["Dissection", .product(name: "Crypto", package: "swift-crypto")],
            swiftSettings: settings),
    ],
    swiftLanguageModes: [.v6]
)
