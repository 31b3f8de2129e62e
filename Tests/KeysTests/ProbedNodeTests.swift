import Foundation
import Glibc
import Testing

@testable import Keys

/// What is refused before bpftrace is asked.
@Suite struct ProbedNodeTests {
    @Test func ownProcess() throws {
        let node = try ProbedNode("\(getpid())")
        #expect(node.process == getpid())
        #expect(node.path == URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().path)
    }

    @Test func program() throws {
        let node = try ProbedNode("/proc/self/exe")
        #expect(node.process == nil)
        #expect(node.path == URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().path)
    }

    @Test(arguments: ["999999999", "0", "99999999999999999999"])
    func noProcess(_ text: String) {
        #expect(throws: NodeKeysError.noSuchProcess(text)) { try ProbedNode(text) }
    }

    @Test func noProgram() throws {
        let folder = FileManager.default.temporaryDirectory.resolvingSymlinksInPath()
            .appendingPathComponent("probed-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        func file(_ name: String, _ text: String, mode: mode_t = 0o755) throws -> String {
            let path = folder.appendingPathComponent(name).path
            try Data(text.utf8).write(to: URL(fileURLWithPath: path))
            chmod(path, mode)
            return path
        }
        let script = try file("script", "#!/bin/sh\n")
        #expect(throws: NodeKeysError.notELF(script)) { try ProbedNode(script) }
        let short = try file("short", "\u{7f}E")
        #expect(throws: NodeKeysError.notELF(short)) { try ProbedNode(short) }
        let data = try file("data", "\u{7f}ELF", mode: 0o644)
        #expect(throws: NodeKeysError.notExecutable(data)) { try ProbedNode(data) }
        #expect(throws: NodeKeysError.notExecutable(folder.path)) { try ProbedNode(folder.path) }
        let star = try file("a*", "\u{7f}ELF")
        #expect(throws: NodeKeysError.unusableName(star)) { try ProbedNode(star) }
        let missing = folder.path + "/missing"
        #expect(throws: NodeKeysError.noSuchFile(missing, reason: "No such file or directory")) {
            try ProbedNode(missing)
        }
        #expect(throws: NodeKeysError.self) { try ProbedNode("") }
        #expect(try ProbedNode(try file("whole", "\u{7f}ELF")).path == folder.path + "/whole")
    }

    @Test func words() {
        let all: [NodeKeysError] = [
            .notRoot, .noSuchProcess("7"), .noProgram(process: 2), .noSuchFile("/a\u{1b}", reason: "r"),
            .notExecutable("/a\u{1b}"), .notELF("/a\u{1b}"), .unusableName("/a\u{1b}"), .notAbsolute("a\u{1b}"),
            .bpftraceMissing, .noSymbol("/a\u{1b}", why: "w"), .noUprobes, .failed(words: "w"),
            .tooSlow(seconds: 3, words: ""), .system("s"),
        ]
        for error in all {
            #expect(error.description.hasPrefix("the node's keys are not available: "))
            #expect(error.description.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control })
        }
        #expect(NodeKeysError.bpftraceMissing.description.contains("apt install bpftrace"))
        #expect(NodeKeysError.noSymbol("/a", why: "w").description.contains("bitcoind.dbg"))
        #expect(NodeKeysError.notRoot.description.contains("sudo"))
    }
}
