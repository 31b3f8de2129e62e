import Foundation
import Support
import Synchronization
import Testing

/// The program under test, running in the background.
final class LiveProgram {
    /// How it ended.
    enum Ending: Equatable {
        case status(Int32)
        case signal(Int32)
        /// It did not; the test has then ended it.
        case never
    }

    let process: pid_t
    private let output: Collected
    private let errors: Collected
    private var ending: Ending?

    /// The folder of this test bundle, in which the program stands beside it.
    static let path = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        .appendingPathComponent("btcshark").path

    /// Starts `btcshark`.
    ///
    /// - Parameters:
    ///   - space: The network it sees; the machine's where nil.
    ///   - launcher: A command that it is started by, such as `setpriv`.
    ///   - environment: Beside what every run sees.
    ///   - readsOutput: Standard output is read all the time; else nobody reads it.
    ///   - outputDescriptor: Where standard output goes instead.
    init(
        _ arguments: [String], in space: NetworkNamespace?, program: String = LiveProgram.path, launcher: [String] = [],
        environment: [String: String] = [:], readsOutput: Bool = true, outputDescriptor: Int32? = nil
    ) throws {
        output = try Collected(isRead: readsOutput)
        errors = try Collected(isRead: true)
        let streams = (outputDescriptor ?? output.writeEnd, errors.writeEnd)
        let words = launcher + [program] + arguments
        process =
            try space.map { try $0.inside { try Self.spawn(words, environment, streams) } }
            ?? Self.spawn(words, environment, streams)
        output.closeWriteEnd()
        errors.closeWriteEnd()
    }

    deinit {
        if ending == nil {
            kill(process, SIGKILL)
            var status: Int32 = 0
            waitpid(process, &status, 0)
        }
    }

    /// Starts it and waits until it captures.
    static func capturing(
        _ arguments: [String], in space: NetworkNamespace, program: String = LiveProgram.path, launcher: [String] = [],
        environment: [String: String] = [:], readsOutput: Bool = true, outputDescriptor: Int32? = nil
    ) throws -> LiveProgram {
        let program = try LiveProgram(
            arguments, in: space, program: program, launcher: launcher, environment: environment,
            readsOutput: readsOutput, outputDescriptor: outputDescriptor)
        try #require(eventually { program.errorText.contains("btcshark: capturing on ") }, "\(program.errorText)")
        return program
    }

    /// Starts it and waits for its end.
    static func run(
        _ arguments: [String], in space: NetworkNamespace? = nil, launcher: [String] = []
    ) throws -> (ending: Ending, output: Data, errors: String) {
        let program = try LiveProgram(arguments, in: space, launcher: launcher)
        let ending = program.end()
        return (ending, program.outputBytes, program.errorText)
    }

    // MARK: What it writes

    /// What has come so far; at the end, all.
    var outputBytes: Data { output.bytes(isWhole: ending != nil) }
    var outputText: String { String(decoding: outputBytes, as: UTF8.self) }
    var errorText: String { String(decoding: errors.bytes(isWhole: ending != nil), as: UTF8.self) }
    /// Whole lines.
    var lines: [Substring] { outputText.split(separator: "\n", omittingEmptySubsequences: false).dropLast() }

    // MARK: What becomes of it

    func signal(_ number: Int32) { kill(process, number) }

    /// SIGINT, and its end.
    func interrupt() -> Ending {
        signal(SIGINT)
        return end()
    }

    /// Waits for its end, for so long that only a program that hangs exceeds it.
    func end(seconds: Double = 60) -> Ending {
        if let ending = end(soonAfter: seconds) { return ending }
        var status: Int32 = 0
        kill(process, SIGKILL)
        waitpid(process, &status, 0)
        ending = .never
        return .never
    }

    /// How it ended, if it has within so many seconds.
    func end(soonAfter seconds: Double) -> Ending? {
        var status: Int32 = 0
        guard ending != nil || eventually(within: seconds, { waitpid(process, &status, WNOHANG) == process }) else {
            return nil
        }
        if ending == nil { ending = Self.ending(status) }
        return ending
    }

    private static func ending(_ status: Int32) -> Ending {
        let number = status & 0x7f
        return number == 0 ? .status(status >> 8 & 0xff) : .signal(number)
    }

    // MARK: Starting

    private static func spawn(
        _ words: [String], _ more: [String: String], _ streams: (output: Int32, errors: Int32)
    ) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, streams.output, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, streams.errors, STDERR_FILENO)
        // Nothing else of the test's, such as its ends of connections.
        for number in 3..<1_024 as Range<Int32> { posix_spawn_file_actions_addclose(&actions, number) }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // No signal blocked or ignored, whatever the test's process does.
        var (none, all) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/sbin:/usr/bin:/sbin:/bin"
        var environment = ["PATH": path, "TZ": "UTC", "LC_ALL": "C"].merging(more) { $1 }
        // Of Tests/sanitize.sh.
        environment["BTCSHARK_SANDBOX"] = ProcessInfo.processInfo.environment["BTCSHARK_SANDBOX"]
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        var variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0)=\($1)") } + [nil]
        defer { for word in arguments + variables { free(word) } }
        var process: pid_t = 0
        var status = posix_spawnp(&process, words[0], &actions, &attributes, &arguments, &variables)
        // A copy of the program is busy while the child of another test, just started, still has it open for writing.
        for _ in 0..<100 where status == ETXTBSY {
            usleep(20_000)
            status = posix_spawnp(&process, words[0], &actions, &attributes, &arguments, &variables)
        }
        try #require(status == 0, "\(words[0]): \(String(cString: strerror(status)))")
        return process
    }
}

/// A pipe, and what came out of it.
private final class Collected: Sendable {
    private let readEnd: Int32
    private let ownWriteEnd: Mutex<Int32>
    private let collected = Mutex(Data())
    private let isOver = DispatchGroup()

    init(isRead: Bool) throws {
        let ends = try makePipe()
        readEnd = ends.readEnd
        ownWriteEnd = Mutex(ends.writeEnd)
        if isRead { collect() }
    }

    deinit {
        closeWriteEnd()
        close(readEnd)
    }

    var writeEnd: Int32 { ownWriteEnd.withLock { $0 } }

    func closeWriteEnd() {
        ownWriteEnd.withLock { end in
            if end >= 0 { close(end) }
            end = -1
        }
    }

    /// - Parameter isWhole: Waits for the end.
    func bytes(isWhole: Bool) -> Data {
        if isWhole { isOver.wait() }
        return collected.withLock { $0 }
    }

    private func collect() {
        isOver.enter()
        let (group, readEnd) = (isOver, fcntl(readEnd, F_DUPFD_CLOEXEC, 3))
        Thread { [weak self] in
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            while true {
                let count = read(readEnd, &buffer, buffer.count)
                guard count > 0 else { break }
                self?.collected.withLock { $0.append(contentsOf: buffer.prefix(count)) }
            }
            close(readEnd)
            group.leave()
        }.start()
    }
}
