import BitcoinP2P
import Foundation
import Glibc
import Support
import Synchronization
import Testing

@testable import Keys

@Suite struct KeyLogTests {
    /// A file of its own for each test.
    private final class File {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("keylog-\(UUID().uuidString)")

        init(_ text: String) throws { try write(text) }
        deinit { try? FileManager.default.removeItem(at: url) }

        /// The same file with other contents.
        func write(_ text: String) throws {
            if FileManager.default.fileExists(atPath: url.path) {
                let handle = try FileHandle(forWritingTo: url)
                try handle.truncate(atOffset: 0)
                try handle.write(contentsOf: Data(text.utf8))
                try handle.close()
            } else {
                try Data(text.utf8).write(to: url)
            }
        }

        /// Another file in its place.
        func replace(_ text: String) throws { try Data(text.utf8).write(to: url, options: .atomic) }

        func append(_ text: String) throws {
            let handle = try FileHandle(forWritingTo: url)
            try handle.seekToEnd()
            try handle.write(contentsOf: Data(text.utf8))
            try handle.close()
        }

        var log: KeyLog { KeyLog(path: url.path) }
    }

    private func key(_ seed: UInt8) -> [UInt8] { (0..<64).map { seed &+ UInt8($0) } }
    private func secret(_ seed: UInt8) -> [UInt8] { (0..<32).map { seed &* 3 &+ UInt8($0) } }
    private func line(_ seed: UInt8, secret other: UInt8? = nil) -> String {
        "BIP324_SHARED_SECRET \(key(seed).hex) \(secret(other ?? seed).hex)"
    }

    private func has(_ log: KeyLog, _ seed: UInt8, secret other: UInt8? = nil) -> Bool {
        let bytes = key(seed)
        guard let key = EllSwiftKey(bytes.span.bytes) else { return false }
        return log[key] == SharedSecret(secret(other ?? seed))
    }

    @Test func `lines, comments and blank lines`() throws {
        let file = try File("# a comment\n\n\(line(1))\r\n   \t\n  \(line(2))  \n#\(line(3))\n\(line(1))\n\(line(4))")
        let log = file.log
        #expect(log.count == 0)
        try log.refresh()
        #expect(log.count == 3)
        for seed in [1, 2, 4] as [UInt8] { #expect(has(log, seed)) }
        #expect(!has(log, 3))
        #expect(log.takeProblems().problems == [])
    }

    @Test func `white space within the digits, and digits of either case`() throws {
        let digits = (key(9) + secret(9)).hex
        let spaced = digits.enumerated().map { $0 % 2 == 1 ? "\($1) " : "\($1)" }.joined()
        let file = try File("BIP324_SHARED_SECRET\t\(digits.uppercased())\nBIP324_SHARED_SECRET  \(spaced)\r\n")
        let log = file.log
        try log.refresh()
        #expect(has(log, 9))
        #expect(log.count == 1)
        #expect(log.takeProblems().problems == [])
    }

    @Test func `a bad line is told with its number, and passed over`() throws {
        let good = line(1)
        let lines = [
            good, "CLIENT_RANDOM 00 11", "BIP324_SHARED_SECRET", String(good.dropLast()), good + "0",
            good.replacingOccurrences(of: "0", with: "g"), "BIP324_SHARED_SECRET" + key(3).hex + secret(3).hex,
            line(1, secret: 2), "\u{0}\u{1b}[31m", line(5), String(repeating: "f", count: 100_000), line(6),
            "#" + String(repeating: "f", count: 100_000), line(7),
            "BIP324_SHARED_SECRET " + String(repeating: " ", count: 5000) + key(8).hex + secret(8).hex,
        ]
        let file = try File(lines.joined(separator: "\n") + "\n")
        let log = file.log
        try log.refresh()
        let told = log.takeProblems()
        #expect(
            told.problems.map(\.line) == [2, 3, 4, 5, 6, 7, 8, 9, 11, 15])
        #expect(
            told.problems.map(\.fault) == [
                .unknownLabel, .wrongLength(digits: 0), .wrongLength(digits: 191), .wrongLength(digits: 193),
                .notHexadecimal, .unknownLabel, .otherSecret, .unknownLabel, .tooLong, .tooLong,
            ])
        #expect(told.more == 0)
        // The newer secret counts.
        #expect(has(log, 1, secret: 2))
        for seed in [5, 6, 7] as [UInt8] { #expect(has(log, seed)) }
        #expect(log.count == 4)
        #expect(log.takeProblems().problems == [])
        // Nothing of the file is in the text.
        #expect(told.problems.allSatisfy { !$0.description.contains("\u{1b}") })
    }

    @Test func `a million bad lines`() throws {
        let file = try File(String(repeating: "x\n", count: 1_000_000) + line(2))
        let log = file.log
        try log.refresh()
        let told = log.takeProblems()
        #expect(told.problems.count == KeyLog.problemLimit)
        #expect(told.more == 1_000_000 - UInt64(KeyLog.problemLimit))
        #expect(has(log, 2))
    }

    @Test func `what is appended is read, and nothing twice`() throws {
        let file = try File(line(1) + "\nbad\n")
        let log = file.log
        try log.refresh()
        #expect(log.takeProblems().problems.map(\.line) == [2])
        try log.refresh()
        #expect(log.takeProblems().problems == [])
        try file.append(line(2) + "\nbad\n" + line(3).prefix(60))
        try log.refresh()
        #expect(log.count == 2)
        #expect(log.takeProblems().problems.map(\.line) == [4])
        // A line that is being written is no problem, and is whole when it is.
        try file.append(String(line(3).dropFirst(60)))
        try log.refresh()
        #expect(has(log, 3))
        try file.append("\nbad\n")
        try log.refresh()
        #expect(log.takeProblems().problems.map(\.line) == [6])
        #expect(log.count == 3)
    }

    @Test func `byte by byte`() throws {
        let text = "# c\n\(line(1))\nbad\n\n\(line(2))\r\n"
        let file = try File("")
        let log = file.log
        for byte in text {
            try file.append(String(byte))
            try log.refresh()
        }
        #expect(log.count == 2)
        #expect(log.takeProblems().problems.map(\.line) == [3])
    }

    @Test func `an unfinished last line`() throws {
        let file = try File(line(1) + "\n" + line(2).prefix(100))
        let log = file.log
        try log.refresh()
        #expect(log.takeProblems().problems == [])
        log.finish()
        #expect(log.takeProblems().problems.map(\.fault) == [.wrongLength(digits: 79)])
        let whole = try File(line(1))
        let other = whole.log
        try other.refresh()
        other.finish()
        #expect(other.takeProblems().problems == [])
        #expect(other.count == 1)
    }

    @Test func `truncated, replaced, removed`() throws {
        let file = try File("# one\n# two\n# three\n\(line(1))\n")
        let log = file.log
        try log.refresh()
        try file.write("bad\n\(line(2))\n")
        try log.refresh()
        #expect(log.takeProblems().problems.map(\.line) == [1])
        #expect(has(log, 1))
        #expect(has(log, 2))
        try file.replace("# a longer one than the one before, which is no matter\n\nbad\n\(line(3))\n\(line(4))\n")
        try log.refresh()
        #expect(log.takeProblems().problems.map(\.line) == [3])
        #expect(log.count == 4)
        try FileManager.default.removeItem(at: file.url)
        try log.refresh()
        #expect(log.count == 4)
        try file.replace(line(5))
        try log.refresh()
        #expect(has(log, 5))
    }

    @Test func `a file that cannot be read`() throws {
        let log = KeyLog(path: "/nonexistent/keys")
        #expect(throws: KeyLogError.self) { try log.refresh() }
        do {
            try log.refresh()
        } catch {
            #expect("\(error)" == "the key log /nonexistent/keys cannot be read: No such file or directory")
        }
    }

    private func reason(_ path: String, pipeLimit: Duration = KeyLog.pipeLimit) -> String? {
        let log = KeyLog(path: path, pipeLimit: pipeLimit)
        defer {
            // It is said once, and nothing is read again.
            #expect(throws: Never.self) { try log.refresh() }
        }
        do throws(KeyLogError) {
            try log.refresh()
            return nil
        } catch {
            return error.isFinal ? error.reason : "not final: \(error)"
        }
    }

    @Test func `what is no file and no pipe`() throws {
        #expect(reason("/tmp") == "it is a folder: name a file")
        #expect(reason("/dev/zero") == "it is neither a regular file nor a pipe")
    }

    @Test func `a pipe is read to its end`() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("keylog-\(UUID().uuidString)").path
        #expect(mkfifo(path, 0o600) == 0)
        defer { try? FileManager.default.removeItem(atPath: path) }
        // Nobody writes into it.
        #expect(reason(path, pipeLimit: .milliseconds(100))?.contains("did not end within") == true)
        // So that a writer can open it before the reader has.
        let reader = open(path, O_RDONLY | O_NONBLOCK)
        let writer = open(path, O_WRONLY)
        let text = line(1) + "\n" + line(2)
        #expect(write(writer, text, text.utf8.count) == text.utf8.count)
        let endless = KeyLog(path: path, pipeLimit: .milliseconds(100))
        #expect(throws: KeyLogError.self) { try endless.refresh() }
        // What came before is used.
        #expect(has(endless, 1))
        #expect(write(writer, text, text.utf8.count) == text.utf8.count)
        let log = KeyLog(path: path)
        let closing = Thread {
            // The log has opened it by then.
            usleep(300_000)
            close(writer)
        }
        closing.start()
        defer { close(reader) }
        try log.refresh()
        #expect(log.count == 2 && has(log, 2))
    }

    /// A hole of a file takes no room on the disk, but time to read.
    @Test func `a file without end`() throws {
        let file = try File(line(1) + "\n")
        #expect(truncate(file.url.path, off_t(KeyLog.sizeLimit) + (1 << 20)) == 0)
        #expect(reason(file.url.path) == "it has more than 512 MiB; what is after these is not used")
    }

    @Test func `random bytes`() throws {
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<50 {
            let alphabet = Array("BIP324_SHARED_SECRET 0123456789abcdef\n\n#\r\t".utf8) + [0, 0xff, 0x80]
            let text = (0..<3000).map { _ in alphabet.randomElement(using: &generator) ?? 0 }
            let url = FileManager.default.temporaryDirectory.appendingPathComponent("keylog-\(UUID().uuidString)")
            defer { try? FileManager.default.removeItem(at: url) }
            try Data(text).write(to: url)
            let log = KeyLog(path: url.path)
            try log.refresh()
            log.finish()
            #expect(log.count == 0)
        }
    }

    /// Lines of a node, alone and beside a file; whatever is wrong with one of them is told with its source.
    @Test func node() throws {
        let said = Lines()
        let file = try File(line(1) + "\n")
        for path in [nil, file.url.path] {
            let log = KeyLog(path: path, nodeLines: said.give)
            said.say([line(2), "nonsense"])
            #expect(log.count == 0)
            #expect(log.revision == 0)
            try log.refresh()
            #expect(has(log, 2) && has(log, 1) == (path != nil))
            let revision = log.revision
            #expect(revision == (path == nil ? 1 : 2))
            #expect(nodeFaults(log) == [2: .unknownLabel])
            said.say([line(2)])
            try log.refresh()
            #expect(log.revision == revision)
            said.say([line(2, secret: 9), line(3)])
            try log.refresh()
            #expect(log.revision == revision + 2)
            #expect(has(log, 2, secret: 9) && has(log, 3))
            #expect(nodeFaults(log) == [4: .otherSecret])
            log.finish()
        }
    }

    /// What was wrong with which of the node's lines.
    private func nodeFaults(_ log: KeyLog) -> [UInt64: KeyLog.Fault] {
        let problems = log.takeProblems().problems.filter { $0.source == .node }
        return Dictionary(uniqueKeysWithValues: problems.map { ($0.line, $0.fault) })
    }

    /// A file that cannot be read keeps nobody from the node's lines.
    @Test func nodeBesideMissingFile() throws {
        let said = Lines()
        let log = KeyLog(path: "/no/such/file", nodeLines: said.give)
        said.say([line(4)])
        #expect(throws: KeyLogError.self) { try log.refresh() }
        #expect(has(log, 4))
    }
}

/// Lines that are given out once.
private final class Lines: Sendable {
    private let lines = Mutex<[String]>([])

    func say(_ more: [String]) { lines.withLock { $0 += more } }

    func give(_ take: (ArraySlice<UInt8>) -> Void) {
        let said = lines.withLock { lines in
            defer { lines = [] }
            return lines
        }
        for line in said { take(Array(line.utf8)[...]) }
    }
}
