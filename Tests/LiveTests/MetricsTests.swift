import Foundation
import Support
import Testing

/// `--metrics` of a live capture.
@Suite(.serialized, .needsNetwork, .timeLimit(.minutes(10)))
struct MetricsTests {
    private let space: NetworkNamespace
    private let folder: Folder
    private let file: String

    init() throws {
        space = try NetworkNamespace()
        folder = try Folder()
        file = folder.path + "/node.prom"
    }

    private func metrics() throws -> PrometheusText {
        try PrometheusText(String(contentsOfFile: file, encoding: .utf8))
    }

    private func messages(_ metrics: PrometheusText) -> Double {
        metrics.value("btcshark_capture_messages_whole_total") ?? 0
    }

    private func talk() throws -> ShownMessages {
        ShownMessages(try BitcoinPeers(TCPPeers(port: 8333, in: space), goods: [try .sample("tx")]).finish())
    }

    /// At once, every ten seconds, and at the end; with -q and -w, too.
    @Test func rewritten() throws {
        let program = try LiveProgram.capturing(
            ["-i", "lo", "-q", "-w", folder.path + "/live.pcap", "--metrics", file], in: space)
        #expect(eventually { FileManager.default.fileExists(atPath: file) })
        #expect(try messages(metrics()) == 0)
        let first = Double(try talk().count)
        #expect(first > 0)
        // Somebody else reads it, with permissions of its own.
        try #require(chmod(file, 0o640) == 0)
        #expect(try eventually(within: 60) { try messages(metrics()) == first })
        #expect(try metrics().value("btcshark_capture_kernel_dropped_total") == 0)
        // Its packets have come to the program by then, or are counted as dropped.
        let second = Double(try talk().count)
        usleep(500_000)
        #expect(program.interrupt() == .status(0), "\(program.errorText)")
        let all = try messages(metrics())
        #expect(program.errorText.contains(" \(Int(all)) Bitcoin messages"), "\(program.errorText)")
        let counts = try #require(PacketCounts(program.errorText))
        #expect(counts.hasDrops || all == first + second, "\(program.errorText)")
        #expect(try folder.names().sorted() == ["live.pcap", "node.prom"])
        let permissions = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
        #expect(permissions == 0o640)
    }

    /// The capture goes on; that is said once.
    @Test func unwritable() throws {
        let program = try LiveProgram.capturing(
            ["-i", "lo", "-T", "ndjson", "--metrics", folder.path + "/none/node.prom"], in: space)
        let complaint = "none/node.prom: cannot be written: No such file or directory\n"
        #expect(eventually { program.errorText.contains(complaint) })
        let expected = try talk()
        #expect(eventually { program.lines.count == expected.count })
        #expect(program.interrupt() == .status(2))
        #expect(program.errorText.matches(of: /cannot be written/).count == 1)
    }

    /// Written by the user that is left: into a folder where it may, and nowhere else.
    @Test(.needsSetpriv, arguments: [true, false])
    func withoutPrivileges(isOwnFolder: Bool) throws {
        let nobody = try #require(getpwnam("nobody")).pointee
        try #require(chmod(folder.path, 0o755) == 0)
        if isOwnFolder { try #require(chown(folder.path, nobody.pw_uid, nobody.pw_gid) == 0) }
        let program = try LiveProgram.capturing(["-i", "lo", "-Z", "nobody", "--metrics", file], in: space)
        _ = try talk()
        #expect(
            eventually { FileManager.default.fileExists(atPath: file) || !isOwnFolder && !program.errorText.isEmpty }
        )
        #expect(program.interrupt() == .status(isOwnFolder ? 0 : 2), "\(program.errorText)")
        #expect(FileManager.default.fileExists(atPath: file) == isOwnFolder)
        #expect(program.errorText.contains("node.prom: cannot be written: Permission denied") != isOwnFolder)
    }
}
