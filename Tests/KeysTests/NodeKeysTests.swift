import Foundation
import Glibc
import Support
import System
import Testing

@testable import Keys

/// bpftrace watches a stand-in, under a helper.
@Suite(.enabled(if: Machine.hasProbes, Machine.comment), .serialized)
final class NodeKeysTests {
    private let standIn: StandIn

    init() throws { standIn = try StandIn() }

    deinit { standIn.remove() }

    private func start(_ text: String? = nil, bpftrace: String = "bpftrace", limit: Int = 60) throws -> NodeKeys {
        try NodeKeys(
            ProbedNode(text ?? standIn.path), bpftrace: bpftrace, helper: Machine.helper, limit: limit)
    }

    /// The lines that come until there are `count`.
    private func lines(_ keys: NodeKeys, _ count: Int) -> [String] {
        var lines: [String] = []
        _ = eventually {
            keys.readLines { lines.append(String(decoding: $0, as: UTF8.self)) }
            return lines.count >= count
        }
        return lines
    }

    /// A bpftrace that finds the function, and then does this.
    private func script(_ name: String, _ text: String) throws -> String {
        try standIn.script(name, "#!/bin/sh\n[ \"$1\" = -l ] && exec echo \"$2\"\n\(text)\n")
    }

    /// None of the processes that were started for this stand-in is left.
    private func areGone() -> Bool { Machine.processes(with: standIn.folder.path).isEmpty }

    /// Every connection made after the start, of every process of the file, has its line.
    @Test func ofProgram() throws {
        let keys = try start()
        let first = try RunningStandIn(standIn.path)
        let second = try RunningStandIn(standIn.path)
        for number in 1...40 { try (number % 2 == 0 ? first : second).call(number) }
        #expect(lines(keys, 40).sorted() == (1...40 as ClosedRange<UInt8>).map(StandIn.line).sorted())
        // It failed, so there is no secret.
        try first.call(-1)
        try second.call(99)
        #expect(lines(keys, 1) == [StandIn.line(99)])
        #expect(keys.takeProblem() == nil)
        first.end()
        second.end()
        keys.finish()
        #expect(eventually { self.areGone() })
        #expect(keys.takeProblem() == nil)
    }

    /// Only that process; and its end is told.
    @Test func ofProcess() throws {
        let first = try RunningStandIn(standIn.path)
        let second = try RunningStandIn(standIn.path)
        try first.call(1)
        let keys = try start("\(first.process.processIdentifier)")
        try second.call(2)
        try first.call(3)
        #expect(lines(keys, 1) == [StandIn.line(3)])
        first.end()
        #expect(eventually { keys.takeProblem()?.contains("has ended") == true })
        #expect(keys.takeProblem() == nil)
        second.end()
        #expect(eventually { self.areGone() })
    }

    /// In a container: the file is not there under its own name.
    @Test(.enabled(if: Machine.isInstalled("unshare"), "needs unshare"))
    func ofContainer() throws {
        let hidden = standIn.folder.appendingPathComponent("hidden").path
        try FileManager.default.createDirectory(atPath: hidden, withIntermediateDirectories: true)
        let script = try standIn.script(
            "contain",
            "#!/bin/sh\nmount -t tmpfs none '\(hidden)' && cp '\(standIn.path)' '\(hidden)/inner' && exec '\(hidden)/inner'\n"
        )
        let contained = try RunningStandIn(script, wrapper: ["unshare", "-m"])
        try contained.call(1)
        #expect(!FileManager.default.fileExists(atPath: hidden + "/inner"))
        let process = contained.process.processIdentifier
        #expect(try ProbedNode("\(process)").path == "/proc/\(process)/root\(hidden)/inner")
        let keys = try start("\(process)")
        try contained.call(2)
        #expect(lines(keys, 1) == [StandIn.line(2)])
    }

    @Test func ofDeletedFile() throws {
        let running = try RunningStandIn(standIn.path)
        try running.call(1)
        try FileManager.default.removeItem(atPath: standIn.path)
        let process = running.process.processIdentifier
        #expect(try ProbedNode("\(process)").path == "/proc/\(process)/exe")
        let keys = try start("\(process)")
        try running.call(2)
        #expect(lines(keys, 1) == [StandIn.line(2)])
    }

    /// A name with blanks and other letters.
    @Test func oddName() throws {
        let odd = try StandIn("ständ in; $(x)'{}")
        defer { odd.remove() }
        let keys = try start(odd.path)
        let running = try RunningStandIn(odd.path)
        try running.call(7)
        #expect(lines(keys, 1) == [StandIn.line(7)])
    }

    /// Stripped: the function is found by what it says.
    @Test(.enabled(if: Machine.isInstalled("strip"), "needs strip"), arguments: ["-O0", "-O2", "-no-pie"])
    func stripped(_ option: String) throws {
        let standIn = try StandIn(options: [option])
        defer { standIn.remove() }
        try standIn.run(["strip", standIn.path])
        let keys = try start(standIn.path)
        #expect(keys.note?.contains("is stripped: its function secp256k1_ellswift_xdh was found at 0x") == true)
        let running = try RunningStandIn(standIn.path)
        try running.call(7)
        #expect(lines(keys, 1) == [StandIn.line(7)])
    }

    /// Stripped, and it says nothing: it is refused; with a debug file beside it, it works.
    @Test(.enabled(if: Machine.isInstalled("objcopy"), "needs objcopy"))
    func debugFile() throws {
        let standIn = try StandIn(options: ["-DSILENT"])
        defer { standIn.remove() }
        let debug = standIn.folder.appendingPathComponent("stand-in.dbg").path
        try standIn.run(["objcopy", "--only-keep-debug", standIn.path, debug])
        try standIn.run(["objcopy", "--strip-all", standIn.path])
        #expect(throws: NodeKeysError.noSymbol(standIn.path, why: "it does not have the text \"ell_a64 != NULL\"")) {
            try start(standIn.path)
        }
        try standIn.run(["objcopy", "--add-gnu-debuglink=" + debug, standIn.path])
        let keys = try start(standIn.path)
        #expect(keys.note == nil)
        let running = try RunningStandIn(standIn.path)
        try running.call(7)
        #expect(lines(keys, 1) == [StandIn.line(7)])
    }

    /// The function is in a library that the program has loaded.
    @Test func library() throws {
        let folder = standIn.folder.path
        let library = folder + "/libsecp256k1.so.7"
        try standIn.run(["cc", "-O1", "-shared", "-fPIC", "-o", library, folder + "/stand-in.c"])
        let program = folder + "/user"
        try standIn.run(
            [
                "cc", "-O1", "-pthread", "-DELSEWHERE", "-o", program, folder + "/stand-in.c", library,
                "-Wl,-rpath," + folder,
            ])
        let why = "it has libsecp256k1 as a library, which is looked for where it runs: start it first"
        #expect(throws: NodeKeysError.noSymbol(program, why: why)) { try start(program) }
        let running = try RunningStandIn(program)
        try running.call(6)
        let keys = try start("\(running.process.processIdentifier)")
        try running.call(7)
        #expect(lines(keys, 1) == [StandIn.line(7)])
    }

    // MARK: Endings

    /// As systemd ends a service: all its processes get the signal. The helper, which ends bpftrace with us, stays; and
    /// that bpftrace has ended is no problem to somebody who ends, too.
    @Test func signalToAll() throws {
        let keys = try start()
        let all = Machine.processes(with: standIn.path)
        let helper = try #require(all.first { $0.arguments.contains("--node-key-helper") }?.id)
        for number in [SIGHUP, SIGINT, SIGTERM] { kill(helper, number) }
        let running = try RunningStandIn(standIn.path)
        try running.call(7)
        #expect(lines(keys, 1) == [StandIn.line(7)])
        #expect(keys.takeProblem() == nil)
        running.end()
        let bpftrace = try #require(all.first { $0.id != helper }?.id)
        kill(bpftrace, SIGTERM)
        #expect(eventually { self.areGone() })
        #expect(keys.takeProblem(mayEnd: true) == nil)
        #expect(keys.takeProblem()?.hasPrefix("bpftrace has ended") == true)
    }

    /// The reader goes without a word, as when it is killed: its pipes are closed.
    @Test func readerGone() throws {
        do {
            let keys = try start()
            #expect(Machine.processes(with: standIn.path).count == 2)
            _ = keys
        }
        #expect(eventually { self.areGone() })
    }

    /// bpftrace does not outlive a helper that is killed, and we are told once.
    @Test func helperKilled() throws {
        let keys = try start()
        let helper = try #require(
            Machine.processes(with: standIn.path).first { $0.arguments.contains(NodeKeyHelper.keep) })
        kill(helper.id, SIGKILL)
        #expect(eventually { self.areGone() })
        var problem: String?
        #expect(
            eventually {
                problem = keys.takeProblem(); return problem != nil
            })
        #expect(problem?.contains("bpftrace has ended (ended by signal 9)") == true, "\(problem ?? "")")
        #expect(keys.takeProblem() == nil)
        keys.readLines { _ in Issue.record("a line") }
    }

    /// bpftrace that ends by itself, in its words, which are made harmless.
    @Test func endedEarly() throws {
        let loud = try standIn.script("loud", "#!/bin/sh\nprintf 'too \\033[2J bad\\n' >&2\nexit 3\n")
        #expect(throws: NodeKeysError.failed(words: "too [2J bad")) { try start(bpftrace: loud) }
        #expect(throws: NodeKeysError.failed(words: "no \u{fffd}")) {
            try start(bpftrace: script("knowing", "printf 'no \\377\\001\\n' >&2; exit 3"))
        }
        #expect(throws: NodeKeysError.failed(words: "exit status 5")) {
            try start(bpftrace: script("mute", "exit 5"))
        }
        let later = try script(
            "later", "echo '# watching'\nread x < '\(standIn.folder.path)/fifo'\necho broken >&2\nexit 4\n")
        try standIn.run(["mkfifo", standIn.folder.path + "/fifo"])
        let keys = try start(bpftrace: later)
        #expect(keys.takeProblem() == nil)
        try Data("\n".utf8).write(to: URL(fileURLWithPath: standIn.folder.path + "/fifo"))
        var problem: String?
        #expect(
            eventually {
                problem = keys.takeProblem(); return problem != nil
            })
        #expect(problem?.hasPrefix("bpftrace has ended (exit status 4): broken") == true, "\(problem ?? "")")
    }

    /// A bpftrace that cannot be asked to end is killed.
    @Test func deaf() throws {
        let deaf = try script(
            "deaf", "trap '' INT TERM PIPE\necho '# watching'\nwhile :; do sleep 0.2; done\n")
        let keys = try start(bpftrace: deaf)
        #expect(!areGone())
        keys.finish()
        #expect(eventually { self.areGone() })
    }

    @Test func notInstalled() throws {
        #expect(throws: NodeKeysError.bpftraceMissing) { try start(bpftrace: "no-such-bpftrace") }
    }

    @Test func silent() throws {
        let silent = try script("silent", "echo waiting >&2\nexec sleep 60\n")
        #expect(throws: NodeKeysError.tooSlow(seconds: 1, words: "waiting")) { try start(bpftrace: silent, limit: 1) }
        #expect(eventually { self.areGone() })
    }

    /// The printed program, as people run it.
    @Test func printed() throws {
        let program = standIn.folder.appendingPathComponent("probe.bt")
        try Data(try KeyProbe.text(for: standIn.path).utf8).write(to: program)
        let log = standIn.folder.appendingPathComponent("node.keys")
        let errors = standIn.folder.appendingPathComponent("errors")
        func file(_ url: URL) throws -> Descriptor {
            try Descriptor(owning: open(url.path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600))
        }
        var process = try Child(
            ["bpftrace", "-q", program.path], input: Descriptor(opening: "/dev/null"), output: file(log),
            errors: file(errors))
        let running = try RunningStandIn(standIn.path)
        // It says nothing when it begins to watch.
        #expect(
            try eventually {
                try running.call(5)
                return try String(contentsOf: log, encoding: .utf8).contains(StandIn.line(5) + "\n")
            })
        process.signal(SIGINT)
        #expect(process.wait(milliseconds: 30_000) != nil)
        let lines = try String(contentsOf: log, encoding: .utf8).split(separator: "\n")
        #expect(lines.allSatisfy { $0 == StandIn.line(5) }, "\(lines.first ?? "")")
    }
}
