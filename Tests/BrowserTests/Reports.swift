import Foundation
import Support
import Testing

/// Pages that the program under test has written.
enum Reports {
    struct Subject: CustomTestStringConvertible, Sendable {
        let name: String
        let capture: String
        var arguments: [String] = []
        var testDescription: String { name }
    }

    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    static let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent().appendingPathComponent("btcshark")

    /// Path of one of the project's captures.
    static func capture(_ name: String) -> String {
        root.appendingPathComponent("captures/\(name).pcap").path
    }

    static var subjects: [Subject] {
        let encrypted = capture("relay-v2-encrypted")
        return ["handshake", "relay", "bloom-filter", "addrv2"].map { Subject(name: $0, capture: capture($0)) } + [
            Subject(name: "encrypted", capture: encrypted),
            Subject(
                name: "decrypted", capture: encrypted,
                arguments: ["--keylog", root.appendingPathComponent("captures/relay-v2-encrypted.keys").path]),
            Subject(
                name: "hostile",
                capture: root.appendingPathComponent("Tests/BrowserTests/Captures/hostile.pcap").path),
            Subject(
                name: "empty", capture: root.appendingPathComponent("Tests/BrowserTests/Captures/empty.pcap").path),
        ]
    }

    /// Writes the page of a capture; answers where.
    static func write(_ subject: Subject) throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("reports-\(getpid())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let page = folder.appendingPathComponent(subject.name + ".html")
        let process = Process()
        process.executableURL = program
        process.arguments = ["report", "-r", subject.capture, "-o", page.path] + subject.arguments
        process.environment = ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin", "TZ": "UTC"]
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Chromium.Failure(description: "btcshark report ended with \(process.terminationStatus)")
        }
        return page
    }

    /// axe-core, where `make setup-browser` has fetched it.
    static let axe = try? String(
        contentsOf: root.appendingPathComponent(".build/axe.min.js"), encoding: .utf8)
}
