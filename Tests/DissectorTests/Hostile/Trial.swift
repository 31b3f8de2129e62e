import Foundation
import Testing

/// One run of the program over one capture, its memory bounded by the system, and what it cost.
///
/// Where `HOSTILE_PROGRAM` names another program, such as the release build, that one runs, on captures of the full size;
/// the growth of what a run costs is bounded, too, and printed: `make hostile`. `HOSTILE_COSTS=1` does the same on
/// smaller ones.
struct Trial {
    /// Seconds of processor time of all its threads: no other process makes it more.
    let seconds: Double
    /// The most memory it had in use, in KiB, as far as that was seen.
    let peak: Int
    /// 0, or the signal that ended it as a negative number.
    let status: Int32
    let output: [UInt8]
    let errors: String

    private static let other = ProcessInfo.processInfo.environment["HOSTILE_PROGRAM"]
    /// The program of the tests may be built for debugging, which is some twenty times as slow, so less of everything
    /// does.
    static var isFull: Bool { other != nil }
    private static let isMeasured = isFull || ProcessInfo.processInfo.environment["HOSTILE_COSTS"] != nil
    private static let program =
        other
        ?? URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        .appendingPathComponent("btcshark").path

    /// Sanitizers have memory of their own, and are slow.
    static let isSanitized = dlsym(nil, "__asan_init") != nil || dlsym(nil, "__tsan_init") != nil

    /// Processor time that no run may exceed: beyond it the system ends it.
    private static let secondsLimit = 60
    /// Seconds after which a run that has taken less processor time waits for something that will not come.
    private static let deadline = 20 * 60

    /// - Parameters:
    ///   - memory: MiB of data: more cannot be had, and the program ends with a signal.
    ///   - keepsOutput: Else it is thrown away.
    init(_ capture: String, _ arguments: [String], memory: Int, keepsOutput: Bool = false) throws {
        let folder = try Folder()
        let output = keepsOutput ? folder("output") : "/dev/null"
        let limits = Self.isSanitized ? "" : "ulimit -t \(Self.secondsLimit) && ulimit -d \(memory << 10) && "
        let line = limits + "exec \"$0\" \"$@\" </dev/null >'\(output)' 2>'\(folder("errors"))'"
        // Each thread has memory of its own, and elsewhere there are more processors.
        let reading = ["-r", capture, "--threads", "2"]
        let process = try Self.spawn(["/bin/sh", "-c", line, Self.program] + reading + arguments)
        (seconds, peak, status) = try Self.wait(for: process)
        self.output = keepsOutput ? [UInt8](try Data(contentsOf: URL(fileURLWithPath: output))) : []
        errors = String(decoding: try Data(contentsOf: URL(fileURLWithPath: folder("errors"))), as: UTF8.self)
    }

    private static func spawn(_ line: [String]) throws -> pid_t {
        var variables = ["TZ=UTC", "LC_ALL=C", "PATH=/usr/bin:/bin", "SWIFT_BACKTRACE=enable=no"]
        // Of Tests/sanitize.sh, whose build this may be.
        for name in ["ASAN_OPTIONS", "TSAN_OPTIONS"] {
            if let value = ProcessInfo.processInfo.environment[name] { variables.append("\(name)=\(value)") }
        }
        var arguments: [UnsafeMutablePointer<CChar>?] = line.map { strdup($0) }
        var environment: [UnsafeMutablePointer<CChar>?] = variables.map { strdup($0) }
        arguments.append(nil)
        environment.append(nil)
        defer { for text in arguments + environment { free(text) } }
        var process: pid_t = 0
        let problem = posix_spawn(&process, line[0], nil, nil, &arguments, &environment)
        guard problem == 0 else { throw POSIXError(POSIXErrorCode(rawValue: problem) ?? .EIO) }
        return process
    }

    /// The rusage of a process that was spawned has the memory of its parent in it, so /proc is asked while it runs.
    private static func wait(for process: pid_t) throws -> (Double, Int, Int32) {
        var status: Int32 = 0
        var usage = rusage()
        var peak = 0
        let begin = ContinuousClock.now
        while true {
            if ContinuousClock.now - begin > .seconds(deadline) { kill(process, SIGKILL) }
            let ended = wait4(process, &status, WNOHANG, &usage)
            if ended == process { break }
            guard ended == 0 || errno == EINTR else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
            peak = max(peak, Self.peak(of: process))
            usleep(5000)
        }
        let time = [usage.ru_utime, usage.ru_stime].reduce(0) {
            $0 + Double($1.tv_sec) + Double($1.tv_usec) / 1_000_000
        }
        return (time, peak, status & 0x7f == 0 ? status >> 8 & 0xff : -(status & 0x7f))
    }

    private static func peak(of process: pid_t) -> Int {
        guard let text = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8) else { return 0 }
        let line = text.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } ?? 0
    }

    /// What the program costs without anything to do.
    private static let atRest: Double = {
        do {
            let folder = try Folder()
            let capture = try Flood.write(to: folder("empty.pcap")) { _ in }
            return try (0..<3).map { _ in try Trial(capture, ["-q"], memory: 256).seconds }.min() ?? 0
        } catch { return 0 }
    }()

    /// Runs the program over a capture of `count` of something: it must end by itself within the memory and the time that
    /// any run may take. `make hostile` runs it over one of a quarter, too, and what the larger one costs must not be out
    /// of proportion: a quarter of the work would be a sixteenth where the cost is quadratic; up to an eighth is let pass.
    ///
    /// - Parameters:
    ///   - count: What is tried by the tests' own program, and by one built for release.
    ///   - memory: MiB.
    ///   - forms: The arguments of each run.
    @discardableResult
    static func expectLinear(
        _ name: String, count: (debug: Int, full: Int), memory: Int, _ forms: [[String]] = [[]],
        _ location: SourceLocation = #_sourceLocation, make: (inout Flood, Int) throws -> Void
    ) throws -> [Trial] {
        let count = isFull ? count.full : isSanitized ? count.debug / 8 : count.debug
        let folder = try Folder()
        func capture(_ count: Int) throws -> String {
            try Flood.write(to: folder("\(count).pcap")) { try make(&$0, count) }
        }
        let whole = try capture(count)
        guard isMeasured else {
            return try forms.map { try Trial(whole, $0, memory: memory).expectEnd("\(name) \($0)", location) }
        }
        let quarter = try capture(count / 4)
        return try forms.map { try measure("\(name) \($0)", quarter, whole, $0, memory, location) }
    }

    @discardableResult
    private func expectEnd(_ what: String, _ location: SourceLocation) -> Trial {
        #expect(status == 0, "\(what): \(errors.suffix(300))", sourceLocation: location)
        return self
    }

    /// The run over the whole capture, after its cost was held against that of a quarter.
    private static func measure(
        _ what: String, _ quarter: String, _ whole: String, _ form: [String], _ memory: Int, _ location: SourceLocation
    ) throws -> Trial {
        var cheapest = (quarter: Double.infinity, whole: Double.infinity)
        var trial: Trial
        var tries = 0
        // A neighbour on the same core or cache makes processor time more, now and then: the least of three tries.
        repeat {
            let part = try Trial(quarter, form, memory: memory).expectEnd(what + " of a quarter", location)
            trial = try Trial(whole, form, memory: memory).expectEnd(what, location)
            guard part.status == 0, trial.status == 0 else { return trial }
            cheapest.quarter = min(cheapest.quarter, max(part.seconds - atRest, 0.03))
            cheapest.whole = min(cheapest.whole, max(trial.seconds - atRest, 0.03))
            tries += 1
        } while cheapest.whole > cheapest.quarter * 8 && tries < 3
        let growth = "\(what): \(cheapest.quarter) s for a quarter, \(cheapest.whole) s for the whole"
        #expect(cheapest.whole <= cheapest.quarter * 8, "\(growth)", sourceLocation: location)
        print("\(growth), \(trial.peak >> 10) MiB of \(memory)")
        return trial
    }
}
