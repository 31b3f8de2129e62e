import Foundation
import Testing

/// `--inject-keys` and `--decrypted`: captures that others can read.
@Suite struct WritingRunTests {
    private static let encrypted = "captures/relay-v2-encrypted.pcap"
    private static let keys = "captures/relay-v2-encrypted.keys"
    private let folder: URL

    init() throws {
        folder = Program.workspace.appendingPathComponent("writing-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    private func file(_ name: String) -> String { folder.appendingPathComponent(name).path }
    private func remove() { try? FileManager.default.removeItem(at: folder) }

    private func lines(_ arguments: [String]) throws -> [Substring] {
        let outcome = try Program.run(arguments)
        #expect(outcome.status == 0, "\(outcome.errorText)")
        return outcome.outputText.split(separator: "\n")
    }

    private func mode(_ path: String) throws -> mode_t {
        var status = stat()
        try #require(stat(path, &status) == 0)
        return status.st_mode & 0o777
    }

    // MARK: --inject-keys

    @Test(arguments: [[], ["-F", "pcapng"]]) func oneFileSharesAConversation(_ format: [String]) throws {
        defer { remove() }
        let path = file(format.isEmpty ? "share.pcapng" : "share")
        let written = try Program.run(
            ["-r", Self.encrypted, "--keylog", Self.keys, "-w", path, "--inject-keys"] + format)
        #expect(written.status == 0 && written.errorText.isEmpty && written.output.isEmpty)
        #expect(try mode(path) == 0o600)
        let expected = try lines(["-r", Self.encrypted, "--keylog", Self.keys, "-Q"])
        #expect(expected.count > 200)
        #expect(try lines(["-r", path, "-Q"]) == expected)
        // Readers that cannot go back find them before the packets.
        let piped = try Program.shell("cat '\(path)' | btcshark -r - -Q")
        #expect(piped.outputText.split(separator: "\n") == expected)
        // The file brings its secrets along into the next one, if that is asked for.
        _ = try lines(["-r", path, "-w", file("again.pcapng"), "--inject-keys"])
        #expect(try lines(["-r", file("again.pcapng"), "-Q"]) == expected)
        _ = try lines(["-r", path, "-w", file("bare.pcapng")])
        #expect(try lines(["-r", file("bare.pcapng"), "-Q"]).count == 2)
    }

    /// Of an encrypted connection everything is kept, whichever message is asked for.
    @Test func withAFilter() throws {
        defer { remove() }
        let path = file("share.pcapng")
        _ = try lines(
            ["-r", Self.encrypted, "--keylog", Self.keys, "-w", path, "--inject-keys", "bitcoin.ping"])
        let expected = try lines(["-r", Self.encrypted, "--keylog", Self.keys, "-Q"])
        #expect(try lines(["-r", path, "-Q"]) == expected)
    }

    /// Only the secrets of connections that are in the file are in it.
    @Test func othersSecretsStayOut() throws {
        defer { remove() }
        let path = file("share.pcapng")
        let inputs = ["-r", Self.encrypted, "-r", "captures/handshake.pcap", "--keylog", Self.keys]
        let outcome = try Program.run(inputs + ["-w", path, "--inject-keys", "not bitcoin.v2"])
        #expect(outcome.status == 0 && outcome.errorText.contains("share.pcapng has no secrets"))
        let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        #expect(bytes.count > 100 && bytes.range(of: Data("BIP324_SHARED_SECRET".utf8)) == nil)
        // Lines of the key log that opened nothing, and its comments, are not copied.
        let log = try String(contentsOf: Program.root.appendingPathComponent(Self.keys), encoding: .utf8)
        let unused =
            "BIP324_SHARED_SECRET " + String(repeating: "ab", count: 64) + " " + String(repeating: "cd", count: 32)
        try Data((log + "\n# mine\n" + unused + "\n").utf8).write(to: URL(fileURLWithPath: file("more.keys")))
        _ = try lines(["-r", Self.encrypted, "--keylog", file("more.keys"), "-w", path, "--inject-keys"])
        let used = try Data(contentsOf: URL(fileURLWithPath: path))
        #expect(used.range(of: Data("BIP324_SHARED_SECRET".utf8)) != nil)
        #expect(used.range(of: Data(String(repeating: "ab", count: 64).utf8)) == nil)
        #expect(used.range(of: Data("mine".utf8)) == nil)
    }

    @Test(.enabled(if: Program.isInstalled("tshark"), "tshark is not installed")) func othersReadIt() throws {
        defer { remove() }
        let path = file("share.pcapng")
        _ = try lines(["-r", Self.encrypted, "--keylog", Self.keys, "-w", path, "--inject-keys"])
        let fields = ["-T", "fields", "-e", "frame.time_epoch", "-e", "tcp.seq_raw", "-e", "tcp.len"]
        let original = try Program.other(["tshark", "-n", "-r", Self.encrypted] + fields)
        let shared = try Program.other(["tshark", "-n", "-r", path] + fields)
        #expect(shared.status == 0 && shared.outputText == original.outputText)
        let infos = try Program.other(["capinfos", path])
        #expect(infos.outputText.contains("decryption secrets"), "\(infos.outputText)")
    }

    @Test(arguments: [
        (["-w", "x.pcap"], "--inject-keys needs -F pcapng"), (["-w", "-"], "--inject-keys needs -F pcapng"),
        (["-w", "x.pcapng", "-F", "pcap"], "--inject-keys needs -F pcapng"), ([], "--inject-keys needs -w"),
        (["-w", "x.pcapng", "--decrypted"], "--inject-keys cannot be used with --decrypted"),
    ])
    func refused(_ arguments: [String], _ words: String) throws {
        let outcome = try Program.run(["-r", Self.encrypted, "--inject-keys"] + arguments)
        #expect(outcome.status == 1 && outcome.errorText.contains(words), "\(outcome.errorText)")
        #expect(!FileManager.default.fileExists(atPath: Program.workspace.appendingPathComponent("x.pcapng").path))
    }

    /// It is read meanwhile, wherever it was named.
    @Test(arguments: [true, false]) func theKeyLogIsNotOverwritten(isNamed: Bool) throws {
        defer { remove() }
        let path = file("log.keys")
        let log = Program.root.appendingPathComponent(Self.keys)
        try FileManager.default.copyItem(at: log, to: URL(fileURLWithPath: path))
        for options in ["--inject-keys -F pcapng", "--decrypted", ""] {
            let key = isNamed ? "--keylog '\(path)'" : ""
            let variable = isNamed ? "" : "BIP324_KEYLOG='\(path)' "
            let outcome = try Program.shell("\(variable)btcshark -r \(Self.encrypted) \(key) -w '\(path)' \(options)")
            #expect(outcome.status == 2 && outcome.errorText.contains("would be overwritten"), "\(outcome.errorText)")
        }
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data(contentsOf: log))
    }

    /// Of a pipe, too, the proof that the new file has the same messages has its secrets.
    @Test func theProofOfAPipeHasItsSecrets() throws {
        defer { remove() }
        let (shared, piped, direct) = (file("share.pcapng"), file("piped.pcapng"), file("direct.pcapng"))
        _ = try lines(["-r", Self.encrypted, "--keylog", Self.keys, "-w", shared, "--inject-keys"])
        let direction = "bitcoin.ping"
        _ = try lines(["-r", shared, "-w", direct, "--inject-keys", direction])
        let outcome = try Program.shell("cat '\(shared)' | btcshark -r - -w '\(piped)' --inject-keys '\(direction)'")
        #expect(outcome.status == 0 && outcome.errorText.isEmpty, "\(outcome.errorText)")
        #expect(try lines(["-r", piped, "-Q"]) == lines(["-r", direct, "-Q"]))
    }

    // MARK: --decrypted

    private static let columns = [
        "-Q", "-T", "fields", "-e", "frame.time_epoch", "-e", "ip.src", "-e", "tcp.srcport", "-e", "bitcoin.command",
        "-e", "bitcoin.length",
    ]

    @Test(arguments: ["out.pcapng", "out.pcap"]) func anybodyReadsIt(_ name: String) throws {
        defer { remove() }
        let path = file(name)
        let written = try Program.run(["-r", Self.encrypted, "--keylog", Self.keys, "-w", path, "--decrypted"])
        #expect(written.status == 0 && written.errorText.isEmpty && written.output.isEmpty)
        let expected = try lines(["-r", Self.encrypted, "--keylog", Self.keys, "bitcoin.command"] + Self.columns)
        #expect(expected.count > 200)
        #expect(try lines(["-r", path] + Self.columns) == expected)
        let counts = try Program.run(["-r", path, "-q"]).errorText
        #expect(counts.contains("0 bad checksums, 0 gaps, 0 bytes missing, 0 bytes skipped"), "\(counts)")
    }

    /// tshark reads the same messages as we do.
    @Test(.enabled(if: Program.isInstalled("tshark"), "tshark is not installed")) func tsharkReadsIt() throws {
        defer { remove() }
        let path = file("out.pcapng")
        _ = try lines(["-r", Self.encrypted, "--keylog", Self.keys, "-w", path, "--decrypted"])
        let fields = ["ip.src", "bitcoin.command", "bitcoin.length"]
        func messages(_ outcome: Outcome) throws -> [String] {
            try #require(outcome.status == 0)
            // tshark puts the messages of one frame on one line.
            return outcome.outputText.split(separator: "\n").flatMap { line in
                let columns = line.split(separator: "\t", omittingEmptySubsequences: false)
                guard columns.count == 3 else { return ["\(line)"] }
                let (commands, lengths) = (columns[1].split(separator: ","), columns[2].split(separator: ","))
                guard commands.count == lengths.count else { return ["\(line)"] }
                return zip(commands, lengths).map { "\(columns[0]) \($0) \($1)" }
            }
        }
        let ours = try messages(
            Program.run(
                ["-r", Self.encrypted, "--keylog", Self.keys, "-Q", "bitcoin.command", "-T", "fields"]
                    + fields.flatMap { ["-e", $0] }))
        let theirs = try messages(
            Program.other(
                ["tshark", "-n", "-r", path, "-Y", "bitcoin", "-T", "fields"] + fields.flatMap { ["-e", $0] }))
        #expect(theirs.count > 200 && theirs == ours)
        // The checksums of packets and messages are right, and nothing is out of order.
        let checks = ["-o", "ip.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE"]
        let wrong = try Program.other(
            ["tshark", "-n", "-r", path] + checks
                + ["-Y", "ip.checksum.status == 0 || tcp.checksum.status == 0 || tcp.analysis.flags"])
        #expect(wrong.outputText == "")
        let comments = try Program.other(
            ["tshark", "-n", "-r", path, "-Y", "tcp.len > 0", "-T", "fields", "-e", "frame.comment"])
        #expect(comments.outputText.split(separator: "\n").allSatisfy { $0.hasPrefix("from frame ") })
    }

    @Test func whatTheFilterTakes() throws {
        defer { remove() }
        let path = file("out.pcap")
        let arguments = ["-r", "captures/relay.pcap", "bitcoin.inv or bitcoin.ping"]
        _ = try lines(arguments + ["-w", path, "--decrypted"])
        let expected = try lines(arguments + Self.columns)
        #expect(!expected.isEmpty)
        #expect(try lines(["-r", path] + Self.columns) == expected)
        // Lines come beside it where they are asked for, and standard output takes the file.
        #expect(try lines(arguments + ["-w", path, "--decrypted", "-P", "-Q"]).count == expected.count)
        let piped = try Program.shell(
            "btcshark -r captures/relay.pcap -w - --decrypted | btcshark -r - -Q | wc -l")
        let all = try lines(["-r", "captures/relay.pcap", "-Q"]).count
        #expect(piped.outputText.trimmingCharacters(in: .whitespacesAndNewlines) == "\(all)")
    }

    /// What cannot be written is said.
    @Test func whatIsLeftOut() throws {
        defer { remove() }
        let outcome = try Program.run(["-r", Self.encrypted, "-w", file("out.pcap"), "--decrypted"])
        #expect(outcome.status == 0)
        #expect(outcome.errorText.contains("out.pcap: not written: 2 streams that could not be decrypted"))
        let quiet = try Program.run(["-r", Self.encrypted, "-w", file("out.pcap"), "--decrypted", "-Q"])
        #expect(quiet.errorText.isEmpty)
    }

    @Test(arguments: [
        (["-r", "captures/relay.pcap", "--decrypted"], "--decrypted needs -w"),
        (["-i", "lo", "-w", "x.pcap", "--decrypted"], "--decrypted cannot be used with -i"),
    ])
    func refusedDecrypted(_ arguments: [String], _ words: String) throws {
        let outcome = try Program.run(arguments)
        #expect(outcome.status == 1 && outcome.errorText.contains(words), "\(outcome.errorText)")
    }

    @Test func anInputIsNotOverwritten() throws {
        defer { remove() }
        let path = file("in.pcap")
        try FileManager.default.copyItem(
            at: Program.root.appendingPathComponent("captures/relay.pcap"), to: URL(fileURLWithPath: path))
        let before = try Data(contentsOf: URL(fileURLWithPath: path))
        let outcome = try Program.run(["-r", path, "-w", path, "--decrypted"])
        #expect(outcome.status == 2)
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
    }

    // MARK: Filtered packets

    /// Read again with its filter, a capture that was written with one has the same messages, also of a damaged one.
    @Test(arguments: ["snap96", "hole", "hostile", "huge-length", "half"])
    func readAgainWithTheFilter(_ name: String) throws {
        defer { remove() }
        let columns = Self.columns + ["-e", "bitcoin.checksum", "-e", "bitcoin.captured"]
        var shown = 0
        for filter in ["bitcoin.inv or bitcoin.ping", "bitcoin.version", "tcp.srcport != 8333", "bitcoin.length > 100"]
        {
            let path = file("\(shown).pcap")
            let messages = ["(\(filter)) and not bitcoin.gap"]
            _ = try lines(["-r", "Inputs/\(name).pcap", "-Q", "-w", path, filter])
            let expected = try lines(["-r", "Inputs/\(name).pcap"] + columns + messages)
            #expect(try lines(["-r", path] + columns + messages) == expected, "\(filter)")
            shown += expected.count
            // What comes by a pipe is kept meanwhile, and read as often.
            let piped = file("piped-\(shown).pcap")
            _ = try Program.shell("cat Inputs/\(name).pcap | btcshark -r - -Q -w '\(piped)' '\(filter)'")
            #expect(
                try Data(contentsOf: URL(fileURLWithPath: piped)) == Data(contentsOf: URL(fileURLWithPath: path)),
                "\(filter)")
        }
        #expect(shown > 0)
    }
}
