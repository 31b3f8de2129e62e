import BitcoinP2P
import Synchronization

/// The secrets of v2 connections, from a file that may grow while it is read, from a running node, or both.
///
/// Nothing is read before ``refresh()``, which reads what has come since the last time. Any thread may use it.
public final class KeyLog: Sendable {
    /// More secrets are not kept: each takes some 200 bytes.
    public static let secretLimit = 1_000_000
    /// Of more bytes none is looked at: a million secrets take 215 MB.
    public static let sizeLimit: Int64 = 512 << 20
    /// A pipe that has not ended after so long is given up.
    public static let pipeLimit = Duration.seconds(60)
    /// A longer line is no secret.
    public static let lineLimit = 4096
    /// More problems are counted, but not kept.
    public static let problemLimit = 100

    /// Why a line was skipped.
    public enum Fault: Sendable, Equatable {
        case unknownLabel
        case notHexadecimal
        case wrongLength(digits: Int)
        case tooLong
        /// The same key came with another secret before: the newer one counts.
        case otherSecret
        case tooManySecrets

        var text: String {
            switch self {
            case .unknownLabel: "a line begins with \(KeyLogLine.label), or with # if it is a comment"
            case .notHexadecimal: "after \(KeyLogLine.label) only hexadecimal digits are allowed"
            case .wrongLength(let digits):
                "a line needs 192 hexadecimal digits, 128 of the key and 64 of the secret, not \(digits)"
            case .tooLong: "a line has at most \(KeyLog.lineLimit) bytes"
            case .otherSecret: "an earlier line has another secret for the same key; this one is used"
            case .tooManySecrets: "more than \(KeyLog.secretLimit) secrets; this one and those after it are not used"
            }
        }
    }

    /// Where a line came from.
    public enum Source: Sendable {
        case file
        case node
    }

    public struct Problem: Sendable, Equatable, CustomStringConvertible {
        public let source: Source
        /// From 1.
        public let line: UInt64
        public let fault: Fault

        /// `line 3: a line needs 192 hexadecimal digits …`.
        public var description: String { "line \(line): \(fault.text)" }
    }

    /// Gives out the lines of a running node that have come since it was last asked, each without line feed, and does
    /// not wait for more.
    public typealias NodeLines = @Sendable ((ArraySlice<UInt8>) -> Void) -> Void

    private struct State {
        var file: KeyLogFile?
        var nodeLines: UInt64 = 0
        var revision: UInt64 = 0
        var secrets: [EllSwiftKey: SharedSecret] = [:]
        var problems: [Problem] = []
        var untold: UInt64 = 0
        var isFull = false
        /// Lines of the secrets that have come since somebody asked; nil where nobody does.
        var arrived: [UInt8]?

        mutating func take(_ content: KeyLogLine, of source: Source = .file, line: UInt64) {
            switch content {
            case .empty: break
            case .wrong(let fault): note(fault, source, line)
            case .secret(let key, let secret):
                if let old = secrets[key] {
                    if old == secret { return }
                    note(.otherSecret, source, line)
                } else if secrets.count >= KeyLog.secretLimit {
                    if !isFull { note(.tooManySecrets, source, line) }
                    isFull = true
                    return
                }
                secrets[key] = secret
                arrived? += KeyLog.line(key, secret)
                revision &+= 1
            }
        }

        mutating func takeNodeLine(_ line: ArraySlice<UInt8>) {
            nodeLines &+= 1
            take(KeyLogLine(line), of: .node, line: nodeLines)
        }

        private mutating func note(_ fault: Fault, _ source: Source, _ line: UInt64) {
            if problems.count < KeyLog.problemLimit {
                problems.append(Problem(source: source, line: line, fault: fault))
            } else {
                untold &+= 1
            }
        }
    }

    private let state: Mutex<State>
    private let nodeLines: NodeLines?

    /// - Parameters:
    ///   - path: Nil where there is no file.
    ///   - nodeLines: Nil where there is no node.
    ///   - pipeLimit: How long the first ``refresh()`` waits for the end of a pipe.
    public init(path: String?, nodeLines: NodeLines? = nil, pipeLimit: Duration = KeyLog.pipeLimit) {
        state = Mutex(State(file: path.map { KeyLogFile(path: $0, pipeLimit: pipeLimit) }))
        self.nodeLines = nodeLines
    }

    /// Reads what has come from the node, and what is new in the file; from its beginning again if it was replaced or
    /// has become shorter.
    ///
    /// Secrets that were read stay known. A last line without line feed is used if it is whole; else it is taken for
    /// one that is still being written.
    public func refresh() throws(KeyLogError) {
        let failure: KeyLogError? = state.withLock { state in
            nodeLines? { state.takeNodeLine($0) }
            // Taken out, since the lines go to the rest of the state.
            guard var file = state.file.take() else { return nil }
            defer { state.file = file }
            do throws(KeyLogError) {
                try file.read { content, line in state.take(content, line: line) }
                return nil
            } catch {
                return error
            }
        }
        if let failure { throw failure }
    }

    /// The secret of the connection whose initiator sent that key.
    public subscript(key: EllSwiftKey) -> SharedSecret? { state.withLock { $0.secrets[key] } }

    /// Another number whenever a secret has come, or another for a key.
    public var revision: UInt64 { state.withLock { $0.revision } }

    /// How many connections' secrets are known.
    public var count: Int { state.withLock { $0.secrets.count } }

    /// Takes lines of a key log that somebody else has read.
    public func add(_ lines: [UInt8]) {
        state.withLock { state in
            for line in lines.split(separator: 0x0a) { state.take(KeyLogLine(line), line: 0) }
        }
    }

    /// Lines of all secrets that have come since this was last asked; at first those of all that are known.
    public func takeArrivals() -> [UInt8] {
        state.withLock { state in
            defer { state.arrived = [] }
            return state.arrived ?? state.secrets.flatMap { Self.line($0.key, $0.value) }
        }
    }

    /// What was wrong since this was last asked, in the order of the lines, and how many problems more there were than
    /// are kept.
    public func takeProblems() -> (problems: [Problem], more: UInt64) {
        state.withLock { state in
            defer {
                state.problems = []
                state.untold = 0
            }
            return (state.problems, state.untold)
        }
    }

    /// No more will be read: a last line without line feed that is not whole is a problem, too.
    public func finish() {
        state.withLock { state in
            if let (content, line) = state.file?.finish() { state.take(content, line: line) }
        }
    }
}
