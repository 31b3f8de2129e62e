// swift-tools-version: 6.2
import PackageDescription

// Build with ./run.sh, which adds the instrumentation: swift build -c release -Xswiftc -sanitize=fuzzer,address …
let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableExperimentalFeature("Lifetimes"),
]

let dissector = Target.Dependency.product(name: "BTCShark", package: "btcshark")

func target(_ name: String) -> Target {
    .executableTarget(name: name, dependencies: ["FuzzSupport", dissector], swiftSettings: settings)
}

let package = Package(
    name: "Fuzz",
    dependencies: [.package(name: "btcshark", path: "../..")],
    targets: [
        .target(name: "FuzzSupport", dependencies: [dissector], swiftSettings: settings),
        target("fuzz-frame"),
        target("fuzz-stream"),
        target("fuzz-payload"),
        target("fuzz-filter"),
        target("fuzz-messages"),
        target("fuzz-writers"),
        target("fuzz-framer"),
        target("fuzz-v2"),
        target("fuzz-build"),
        target("fuzz-pcapng"),
        target("fuzz-paste"),
    ],
    swiftLanguageModes: [.v6]
)
