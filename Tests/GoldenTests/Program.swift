import Foundation
import Testing

/// How a program ended, and what it wrote.
struct Outcome {
    var status: Int32
    /// It was ended by a signal, whose number is ``status``.
    var signalled: Bool
    var output: Data
    var errors: Data

    var outputText: String { String(decoding: output, as: UTF8.self) }
    var errorText: String { String(decoding: errors, as: UTF8.self) }
}

/// The program under test, as it was built with these tests.
enum Program {
    /// The folder of the package.
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// The folder of this test bundle, in which the program stands beside it.
    static let folder = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()

    /// What a run sees of the environment: UTC, no colours, and this `btcshark` before any other.
    static func environment(_ more: [String: String] = [:]) -> [String: String] {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        var environment = ["PATH": folder.path + ":" + path, "TZ": "UTC", "LC_ALL": "C", "HOME": workspace.path]
        // Of Tests/sanitize.sh, whose build this may be.
        for name in ["ASAN_OPTIONS", "TSAN_OPTIONS", "BTCSHARK_SANDBOX"] {
            environment[name] = ProcessInfo.processInfo.environment[name]
        }
        return environment.merging(more) { $1 }
    }

    /// Runs `btcshark` in the ``workspace``, with `input` as standard input, or none.
    ///
    /// - Parameter output: Where standard output goes; into ``Outcome/output`` where nil.
    static func run(
        _ arguments: [String], input: Data = Data(), environment: [String: String] = [:], output: FileHandle? = nil
    ) throws -> Outcome {
        try run(folder.appendingPathComponent("btcshark"), arguments, input, environment, output)
    }

    /// Runs a line of shell, in which `btcshark` is the program under test.
    static func shell(_ line: String) throws -> Outcome {
        try run(URL(fileURLWithPath: "/bin/sh"), ["-c", line], Data(), [:], nil)
    }

    /// Runs another program that is found by its name.
    static func other(_ arguments: [String]) throws -> Outcome {
        try run(URL(fileURLWithPath: "/usr/bin/env"), arguments, Data(), [:], nil)
    }

    /// Input and output are files, so that nobody waits for anybody.
    private static func run(
        _ executable: URL, _ arguments: [String], _ input: Data, _ more: [String: String], _ output: FileHandle?
    ) throws -> Outcome {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("golden-run-" + UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let files = ["in", "out", "err"].map(folder.appendingPathComponent)
        for (file, content) in zip(files, [input, Data(), Data()]) { try content.write(to: file) }
        let process = Process()
        process.executableURL = executable
        process.arguments = arguments
        process.environment = environment(more)
        process.currentDirectoryURL = workspace
        process.standardInput = try FileHandle(forReadingFrom: files[0])
        process.standardOutput = try output ?? FileHandle(forWritingTo: files[1])
        process.standardError = try FileHandle(forWritingTo: files[2])
        try process.run()
        process.waitUntilExit()
        return Outcome(
            status: process.terminationStatus, signalled: process.terminationReason == .uncaughtSignal,
            output: try Data(contentsOf: files[1]), errors: try Data(contentsOf: files[2]))
    }

    /// Whether a program of that name is installed.
    static func isInstalled(_ name: String) -> Bool {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        return path.split(separator: ":").contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(name)") }
    }

    /// The folder in which all runs take place: `captures` and `README.md` of the package, and ``Inputs``.
    ///
    /// It is one for all tests and stays until the next run of the same package.
    static let workspace: URL = {
        let manager = FileManager.default
        let folder = Self.folder.appendingPathComponent("golden-workspace")
        do {
            try? manager.removeItem(at: folder)
            try manager.createDirectory(at: folder, withIntermediateDirectories: true)
            for name in ["captures", "README.md"] {
                try manager.createSymbolicLink(
                    at: folder.appendingPathComponent(name), withDestinationURL: root.appendingPathComponent(name))
            }
            try Inputs.write(to: folder.appendingPathComponent("Inputs"))
        } catch {
            fatalError("cannot make \(folder.path): \(error)")
        }
        return folder
    }()
}
