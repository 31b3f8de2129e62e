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
    products: [
        .executable(name: "btcshark", targets: ["btcshark"]),
        .library(name: "BTCShark", targets: ["BTCShark"]),
    ],
    traits: [
        .trait(name: "Peer", description: "The commands connect and survey, which need SwiftNIO."),
        .trait(name: "Web", description: "The command serve, which needs SwiftNIO and Hummingbird."),
        .default(enabledTraits: ["Peer", "Web"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        // Its default traits bring Foundation with its tables of ICU, which make the program three times as large.
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0", traits: []),
        .package(url: "https://github.com/apple/swift-log", from: "1.14.0"),
    ],
    targets: [
        .systemLibrary(name: "CLinux"),
        .systemLibrary(name: "CPcap", pkgConfig: "libpcap", providers: [.apt(["libpcap-dev"])]),
        .target(name: "CConfinement"),
        .target(name: "System", dependencies: ["CConfinement", "CLinux"], swiftSettings: settings),
        .target(name: "Capture", dependencies: ["CPcap", "CLinux", "System"], swiftSettings: settings),
        .target(name: "Keys", dependencies: ["BitcoinP2P", "Fields", "System"], swiftSettings: settings),
        .target(name: "Reassembly", swiftSettings: settings),
        .target(name: "Fields", swiftSettings: settings),
        .target(name: "Layers", dependencies: ["Fields"], swiftSettings: settings),
        .target(
            name: "BitcoinP2P",
            dependencies: [
                "Fields", .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
            ],
            swiftSettings: settings),
        .target(name: "DisplayFilter", dependencies: ["Fields"], swiftSettings: settings),
        .target(name: "Records", dependencies: ["BitcoinP2P", "Fields"], swiftSettings: settings),
        .target(name: "Output", dependencies: ["BitcoinP2P", "Fields", "Records"], swiftSettings: settings),
        // What relates the messages of a conversation, and answers questions about a whole capture.
        .target(
            name: "Insight",
            dependencies: [
                "BitcoinP2P", "Fields", "Output", "Reassembly", "Records",
                .product(name: "Histogram", package: "hdrhistogram-swift"),
            ],
            swiftSettings: settings),
        // What people look at in a browser.
        .target(
            name: "Report",
            dependencies: [
                "BitcoinP2P", "Fields", "Insight", "Output", "Records",
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: settings),
        // Meets nodes: what we send them, and what they say. Without the trait it is empty.
        .target(
            name: "Peer",
            dependencies: [
                "BitcoinP2P", "Capture", "Fields", "Layers", "Output", "System",
                .product(name: "NIOCore", package: "swift-nio", condition: .when(traits: ["Peer"])),
                .product(name: "NIOPosix", package: "swift-nio", condition: .when(traits: ["Peer"])),
            ],
            swiftSettings: settings),
        // The files of the page of serve, in the program.
        .target(name: "CWeb", exclude: ["assets"]),
        // Shows a capture in a browser: a server for this host. Without the trait it is empty.
        .target(
            name: "Web",
            dependencies: [
                "BitcoinP2P", "Capture", "CWeb", "DisplayFilter", "Dissector", "Fields", "Insight", "Keys", "Output",
                "Records", "Report", "System",
                .product(name: "HTTPTypes", package: "swift-http-types", condition: .when(traits: ["Web"])),
                .product(name: "HummingbirdCore", package: "hummingbird", condition: .when(traits: ["Web"])),
                .product(name: "Logging", package: "swift-log", condition: .when(traits: ["Web"])),
                .product(name: "NIOCore", package: "swift-nio", condition: .when(traits: ["Web"])),
                .product(name: "NIOHTTP1", package: "swift-nio", condition: .when(traits: ["Web"])),
                .product(name: "NIOPosix", package: "swift-nio", condition: .when(traits: ["Web"])),
            ],
            swiftSettings: settings),
        .target(
            name: "Dissector",
            dependencies: [
                "Capture", "Reassembly", "Layers", "BitcoinP2P", "Fields", "DisplayFilter", "Insight", "Keys", "Output",
                "Records", "System",
            ],
            swiftSettings: settings),
        // What users of the library import.
        .target(
            name: "BTCShark",
            dependencies: [
                "Dissector", "BitcoinP2P", "Capture", "Fields", "DisplayFilter", "Keys", "Output", "Records",
            ],
            swiftSettings: settings),
        .executableTarget(
            name: "btcshark",
            dependencies: [
                "Dissector", "BitcoinP2P", "Capture", "Fields", "DisplayFilter", "Insight", "Keys", "Layers", "Output",
                "Peer", "Records", "Report", "System", "Web",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: settings),
        .testTarget(name: "BTCSharkTests", dependencies: ["BTCShark", "Support"], swiftSettings: settings),
        .testTarget(name: "FieldsTests", dependencies: ["Fields", "Support"], swiftSettings: settings),
        .testTarget(
            name: "DisplayFilterTests", dependencies: ["DisplayFilter", "Fields", "Support"],
            swiftSettings: settings),
        .testTarget(
            name: "OutputTests", dependencies: ["BitcoinP2P", "Output", "Fields", "Records", "Support"],
            swiftSettings: settings),
        // They run the program itself.
        .testTarget(
            name: "GoldenTests",
            dependencies: [
                "btcshark", "Capture", "Dissector", "Fields", "Insight", "Keys", "Output", "Records", "Support",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            exclude: ["Encapsulations", "Pyshark", "Shells", "Termshark", "Transcripts"], swiftSettings: settings),
        // What several test targets need: no tests, and nothing of ours.
        .target(
            name: "Support", dependencies: [.product(name: "Crypto", package: "swift-crypto")], path: "Tests/Support",
            swiftSettings: settings),
        // They run the program itself, on networks of their own.
        .testTarget(name: "LiveTests", dependencies: ["btcshark", "Support"], swiftSettings: settings),
        .testTarget(name: "CaptureTests", dependencies: ["Capture", "Support", "System"], swiftSettings: settings),
        // They run the program as the helper of its own.
        .testTarget(
            name: "KeysTests", dependencies: ["btcshark", "BitcoinP2P", "Keys", "Support", "System"],
            swiftSettings: settings),
        .testTarget(
            name: "InsightTests",
            dependencies: ["BitcoinP2P", "Fields", "Insight", "Output", "Reassembly", "Records", "Support"],
            swiftSettings: settings),
        .testTarget(
            name: "ReportTests",
            dependencies: ["BitcoinP2P", "Fields", "Insight", "Output", "Records", "Report", "Support"],
            swiftSettings: settings),
        // They show pages in a real browser.
        .testTarget(
            name: "BrowserTests", dependencies: ["btcshark", "Support"],
            exclude: ["Captures", "fetch-axe", "shrink-picture", "take-pictures"], swiftSettings: settings),
        // They run the program itself, and ask its server.
        .testTarget(
            name: "WebTests",
            dependencies: [
                "btcshark", "BitcoinP2P", "Capture", "Dissector", "Fields", "Output", "Records", "Support", "System",
                "Web",
            ],
            swiftSettings: settings),
        // They run the program itself against scripted peers.
        .testTarget(
            name: "PeerTests",
            dependencies: [
                "btcshark", "BitcoinP2P", "Fields", "Peer", "Support",
                .product(name: "NIOCore", package: "swift-nio", condition: .when(traits: ["Peer"])),
                .product(name: "NIOEmbedded", package: "swift-nio", condition: .when(traits: ["Peer"])),
            ],
            exclude: ["Scripted"], swiftSettings: settings),
        .testTarget(name: "ReassemblyTests", dependencies: ["Reassembly", "Support"], swiftSettings: settings),
        .testTarget(
            name: "BitcoinP2PTests",
            dependencies: ["BitcoinP2P", "Fields", "Support", .product(name: "Crypto", package: "swift-crypto")],
            exclude: ["Samples"], swiftSettings: settings),
        .testTarget(name: "LayersTests", dependencies: ["Layers", "Fields", "Support"], swiftSettings: settings),
        // Hostile captures are given to the program itself, whose memory can be bounded.
        .testTarget(
            name: "DissectorTests",
            dependencies: [
                "btcshark", "Dissector", "Capture", "BitcoinP2P", "Fields", "DisplayFilter", "Insight", "Layers",
                "Keys", "Output", "Records", "Reassembly", "Support", "System",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
            ],
            swiftSettings: settings),
    ],
    swiftLanguageModes: [.v6]
)

// Of Tests/run.sh: the program is optimised, the tests themselves are not, since that takes the compiler longer.
if Context.environment["BTCSHARK_OPTIMISED"] == "1" {
    for target in package.targets where target.type == .regular || target.type == .executable {
        target.swiftSettings = (target.swiftSettings ?? []) + [.unsafeFlags(["-O"])]
    }
}
