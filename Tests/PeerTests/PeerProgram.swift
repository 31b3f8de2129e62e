#if Peer
import Foundation
import Support

/// How a run of the program ended, and what it wrote.
struct ProgramEnd {
    var status: Int32
    var wasSignalled: Bool
    var output: String
    var errors: String

    var lines: [String] { output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) }
}

/// The program under test, as it was built with these tests.
enum PeerProgram {
    static let path = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        .appendingPathComponent("btcshark")

    /// Runs it to its end.
    static func run(_ arguments: [String], input: [UInt8] = []) throws -> ProgramEnd {
        try start(arguments, input: input).finish()
    }

    /// - Parameter hearsSignals: Threads of tests block signals, and a program that they start inherits that: it is
    ///   then started by one that blocks none.
    static func start(_ arguments: [String], input: [UInt8] = [], hearsSignals: Bool = false) throws -> Running {
        try Running(arguments, input: input, hearsSignals: hearsSignals)
    }

    private static let unblocking = """
        import os, signal, sys
        signal.pthread_sigmask(signal.SIG_SETMASK, [])
        os.execv(sys.argv[1], sys.argv[1:])
        """

    /// A run under way. Its output goes into files, so that nobody waits for anybody.
    final class Running {
        let process = Process()
        private let folder: Folder

        init(_ arguments: [String], input: [UInt8], hearsSignals: Bool) throws {
            folder = try Folder()
            for (name, content) in [("in", input), ("out", []), ("err", [])] { _ = try folder.write(content, as: name) }
            process.executableURL = hearsSignals ? URL(fileURLWithPath: "/usr/bin/env") : PeerProgram.path
            let wrapped = hearsSignals ? ["python3", "-c", PeerProgram.unblocking, PeerProgram.path.path] : []
            process.arguments = wrapped + arguments
            process.standardInput = FileHandle(forReadingAtPath: folder.path + "/in")
            process.standardOutput = FileHandle(forWritingAtPath: folder.path + "/out")
            process.standardError = FileHandle(forWritingAtPath: folder.path + "/err")
            try process.run()
        }

        func finish() throws -> ProgramEnd {
            process.waitUntilExit()
            return ProgramEnd(
                status: process.terminationStatus, wasSignalled: process.terminationReason == .uncaughtSignal,
                output: try output, errors: try text("err"))
        }

        /// What it has written to standard output so far; at the end, all.
        var output: String { get throws { try text("out") } }

        private func text(_ name: String) throws -> String {
            String(decoding: try Data(contentsOf: URL(fileURLWithPath: folder.path + "/" + name)), as: UTF8.self)
        }
    }
}
#endif
