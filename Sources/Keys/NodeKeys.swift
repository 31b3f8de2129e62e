import Glibc
import Synchronization
import System

/// The secrets of a running node's v2 connections, as lines of a key log.
///
/// bpftrace reads them out of the node, under a ``NodeKeyHelper`` that stays root. It is made while this process is
/// root and has one thread, and goes on after privileges were given up. Any thread may use it.
public final class NodeKeys: Sendable {
    /// bpftrace takes a second or two until it watches; this many at most.
    public static let startLimit = 30

    private struct State: ~Copyable {
        var helper: Child?
        /// When it is closed the helper ends bpftrace.
        var leash: Descriptor?
        var printed: PipeReader
        var complained: PipeReader
        var output = ProbeOutput()
        var words = Words()
        var hasToldEnd = false

        mutating func read() {
            printed.read { output.take($0) }
            complained.read { words.take($0) }
        }

        /// How the helper ended, which has closed its pipes.
        mutating func end() -> Child.End? { helper?.wait(milliseconds: 500) }
    }

    private let node: ProbedNode
    private let place: ProbePlace
    private let state: Mutex<State>

    /// Starts bpftrace and waits until it watches the node: the secret of every connection made afterwards is reported.
    ///
    /// - Parameters:
    ///   - bpftrace: The program's name or path.
    ///   - helper: A program that calls ``NodeKeyHelper/run(_:)``; as a rule this one.
    ///   - limit: In seconds.
    public init(
        _ node: ProbedNode, bpftrace: String = "bpftrace", helper: String = "/proc/self/exe",
        limit: Int = NodeKeys.startLimit
    ) throws(NodeKeysError) {
        guard getuid() == 0 else { throw .notRoot }
        self.node = node
        place = try ProbePlace.find(for: node) { path throws(NodeKeysError) in try Self.hasSymbol(path, bpftrace) }
        do throws(SystemFailure) {
            let leash = try Pipe()
            let printed = try Pipe(capacity: 1 << 20)
            let complained = try Pipe()
            let process = node.process.map { "\($0)" } ?? "-"
            let child = try Child(
                [helper, NodeKeyHelper.keep, bpftrace, process, place.path, place.argument], input: leash.readEnd,
                output: printed.writeEnd, errors: complained.writeEnd, hearsEnding: false)
            state = Mutex(
                State(
                    helper: child, leash: leash.keepWriteEnd(), printed: PipeReader(printed.keepReadEnd()),
                    complained: PipeReader(complained.keepReadEnd())))
        } catch {
            throw .system("the helper cannot be started: \(error.message)")
        }
        try waitUntilWatching(limit)
    }

    deinit { finish() }

    /// In a sentence, how the function was found, where no name of it led there; else nil.
    public var note: String? {
        place.number.map { _ in
            "\(place.path.singleLine) is stripped: its function \(KeyProbe.symbol) was found at \(place.argument)"
        }
    }

    /// Gives out the lines that have come since, without line feed, and does not wait for more.
    ///
    /// To be called once a second or more often, also when nothing is captured, so that bpftrace need not wait for us.
    public func readLines(_ take: (ArraySlice<UInt8>) -> Void) {
        let lines = state.withLock { state in
            state.read()
            return state.output.takeKeys()
        }
        for line in lines { take(line[...]) }
    }

    /// What has gone wrong since this was last asked, in a sentence; nil where all is well.
    ///
    /// - Parameter mayEnd: That bpftrace has ended is no problem.
    public func takeProblem(mayEnd: Bool = false) -> String? {
        state.withLock { state -> String? in
            state.read()
            let lost = state.output.takeLost()
            if lost > 0 {
                return "bpftrace was too slow: it lost the key of \(lost) v2 connection\(lost == 1 ? "" : "s")"
            }
            guard !mayEnd, state.printed.isOver, !state.hasToldEnd, state.leash != nil else { return nil }
            state.hasToldEnd = true
            return "\(Self.ending(node, state.end(), state.words.text)): from now on no keys come from the node"
        }
    }

    /// Has bpftrace ended. What it has printed can still be read.
    public func finish() {
        state.withLock { state in
            state.leash = nil
            // It is root's, who must end it; and takes up to two seconds to do so.
            if let helper = state.helper.take() { helper.leave() }
        }
    }

    // MARK: Starting

    private func waitUntilWatching(_ limit: Int) throws(NodeKeysError) {
        let deadline = Self.now() + Int64(limit) * 1000
        while true {
            let (isWatching, isOver, states) = state.withLock { state in
                state.read()
                return (
                    state.output.isWatching, state.printed.isOver,
                    [state.printed.pollState, state.complained.pollState]
                )
            }
            if isWatching { return }
            if isOver { throw explanation() }
            let left = deadline - Self.now()
            guard left > 0 else { throw .tooSlow(seconds: limit, words: state.withLock { $0.words.text }) }
            var polled = states
            // Also where a signal ends it, there may be something to read.
            _ = poll(&polled, 2, Int32(clamping: left))
        }
    }

    /// Why bpftrace has ended before it watched.
    private func explanation() -> NodeKeysError {
        let (end, words) = state.withLock { ($0.end(), $0.words.text) }
        if case .exited(NodeKeyHelper.missing) = end { return .bpftraceMissing }
        if let process = node.process, !Self.isRunning(process) { return .noSuchProcess("\(process)") }
        let places = "/sys/bus/event_source/devices"
        if access(places, F_OK) == 0, access(places + "/uprobe", F_OK) != 0 { return .noUprobes }
        return .failed(words: words.isEmpty ? end.map { "\($0)" } ?? "" : words)
    }

    /// Asks bpftrace whether it finds the function, since it knows where debug files are. Where it does not, it would
    /// watch without a word what else there is: nothing.
    private static func hasSymbol(_ path: String, _ bpftrace: String) throws(NodeKeysError) -> Bool {
        let problem: NodeKeysError
        do throws(SystemFailure) {
            let answer = try Descriptor(memoryFileNamed: "answer of bpftrace")
            let errors = try Descriptor(memoryFileNamed: "errors of bpftrace")
            var child = try Child(
                [bpftrace, "-l", ProbePlace(path: path).probe("uprobe")], input: try Descriptor(opening: "/dev/null"),
                output: answer, errors: errors)
            let end = child.wait(milliseconds: Int32(startLimit) * 1000)
            if String(decoding: answer.contents(limit: 1 << 16), as: UTF8.self).contains(KeyProbe.symbol) {
                return true
            }
            let words = String(decoding: errors.contents(limit: 1000), as: UTF8.self).singleLine
            switch end {
            case nil: problem = .tooSlow(seconds: startLimit, words: words)
            case .exited(0): return false
            case let end?: problem = .failed(words: words.isEmpty ? "\(end)" : words)
            }
        } catch {
            problem = error.code == ENOENT ? .bpftraceMissing : .system("bpftrace cannot be started: \(error.message)")
        }
        throw problem
    }

    // MARK: Ending

    private static func ending(_ node: ProbedNode, _ end: Child.End?, _ words: String) -> String {
        if let process = node.process, !isRunning(process) { return "the node, process \(process), has ended" }
        let how = end.map { " (\($0))" } ?? ""
        return "bpftrace has ended\(how)" + (words.isEmpty ? "" : ": \(words)")
    }

    /// Also where it is another user's.
    private static func isRunning(_ process: Int32) -> Bool { kill(process, 0) == 0 || errno != ESRCH }

    private static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}

/// The last that a program said on standard error.
private struct Words {
    private var bytes: [UInt8] = []

    private static let limit = 1000

    mutating func take(_ more: ArraySlice<UInt8>) {
        bytes += more
        if bytes.count > Self.limit { bytes.removeFirst(bytes.count - Self.limit) }
    }

    /// In one line that cannot steer a terminal.
    var text: String { String(decoding: bytes, as: UTF8.self).singleLine }
}
