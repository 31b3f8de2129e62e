import Foundation
import Testing

/// The program on pcapng files: what it reads, what it writes, and that tools of Wireshark read that.
@Suite struct PcapngRunTests {
    private static let hasTools = ["editcap", "capinfos", "tshark"].allSatisfy {
        FileManager.default.isExecutableFile(atPath: "/usr/bin/" + $0)
    }
    private static let encrypted = "captures/relay-v2-encrypted.pcap"
    private static let keys = "captures/relay-v2-encrypted.keys"

    private let folder: URL

    init() throws {
        folder = Program.workspace.appendingPathComponent("pcapng-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    private func file(_ name: String) -> String { folder.appendingPathComponent(name).path }

    private func lines(_ arguments: [String]) throws -> [Substring] {
        let outcome = try Program.run(arguments)
        #expect(outcome.status == 0, "\(outcome.errorText)")
        return outcome.outputText.split(separator: "\n")
    }

    /// A block of key log lines, of a file that this machine has written.
    private func secretsBlock(_ text: [UInt8]) -> Data {
        func bytes(_ value: UInt32) -> Data { withUnsafeBytes(of: value) { Data($0) } }
        let padded = text + [UInt8](repeating: 0, count: (4 - text.count % 4) % 4)
        let length = UInt32(padded.count + 20)
        return bytes(10) + bytes(length) + bytes(0x544c_534b) + bytes(UInt32(text.count)) + Data(padded) + bytes(length)
    }

    /// The encrypted capture as pcapng, without secrets.
    private func withoutSecrets() throws -> String {
        let path = file("bare-\(UUID()).pcapng")
        _ = try lines(["-r", Self.encrypted, "-w", path])
        return path
    }

    // MARK: Written

    @Test(
        .enabled(if: hasTools, "needs Wireshark's tools"), arguments: ["relay.pcap", "handshake-sll2-nanosecond.pcap"])
    func whatIsWrittenIsReadByOthers(_ name: String) throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let (classic, modern) = (file("out.pcap"), file("out.pcapng"))
        _ = try lines(["-r", "captures/\(name)", "-w", classic, "bitcoin.command == \"inv\" or bitcoin.ping"])
        _ = try lines(["-r", "captures/\(name)", "-w", modern, "bitcoin.command == \"inv\" or bitcoin.ping"])
        #expect(try lines(["-r", classic, "-Q"]) == lines(["-r", modern, "-Q"]))
        let infos = try Program.other(["capinfos", modern])
        #expect(infos.status == 0 && infos.errorText == "")
        #expect(infos.outputText.contains("Capture application: btcshark "))
        #expect(infos.outputText.contains("pcapng"))
        func shown(_ path: String) throws -> String {
            let fields = ["frame.time_epoch", "frame.len", "frame.cap_len", "tcp.seq_raw", "tcp.stream"]
            return try Program.other(["tshark", "-r", path, "-T", "fields"] + fields.flatMap { ["-e", $0] }).outputText
        }
        #expect(try shown(modern) == shown(classic))
    }

    @Test func severalLinkTypesNeedPcapng() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let inputs = ["-r", "captures/handshake.pcap", "-r", "captures/handshake-sll2-nanosecond.pcap"]
        let refused = try Program.run(inputs + ["-w", file("out.pcap")])
        #expect(refused.status == 2 && refused.errorText.contains("write it with -F pcapng"))
        #expect(!FileManager.default.fileExists(atPath: file("out.pcap")))
        for (name, format) in [("out.pcapng", []), ("out.ntar", []), ("other", ["-F", "pcapng"])] {
            let found = try Program.run(inputs + ["-w", file(name)] + format)
            #expect(found.status == 0, "\(found.errorText)")
            #expect(try lines(["-r", file(name), "-Q"]).count == lines(inputs + ["-Q"]).count)
        }
        // Without -F all other names are of classic pcap.
        _ = try lines(["-r", "captures/handshake.pcapng", "-w", file("name")])
        let start = try Data(contentsOf: URL(fileURLWithPath: file("name"))).prefix(4)
        #expect([UInt8](start) == [0x4d, 0x3c, 0xb2, 0xa1])
    }

    /// What comes by a pipe is copied meanwhile.
    @Test func severalLinkTypesThroughAPipe() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let mixed = "../Tests/Faults/input/pcapng-ethernet-and-raw.pcapng"
        let path = Program.root.appendingPathComponent("captures/\(mixed)").standardized.path
        let found = try Program.shell("cat '\(path)' | btcshark -r - -w '\(file("out.pcapng"))'")
        #expect(found.status == 0, "\(found.errorText)")
        let columns = ["-Q", "-T", "fields", "-e", "bitcoin.command", "-e", "frame.interface_id"]
        #expect(try lines(["-r", file("out.pcapng")] + columns) == lines(["-r", path] + columns))
    }

    // MARK: Fields

    @Test(.enabled(if: hasTools, "needs Wireshark's tools")) func commentsAndInterfaces() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let made = try Program.other([
            "editcap", "-a", "4:of the version", "captures/handshake.pcapng", file("noted.pcapng"),
        ])
        #expect(made.status == 0, "\(made.errorText)")
        let fields = ["-Q", "-T", "fields", "-e", "frame.number", "-e", "frame.interface_id", "-e", "frame.comment"]
        let found = try lines(["-r", file("noted.pcapng")] + fields)
        #expect(found.contains("4\t0\tof the version") && found.allSatisfy { $0.contains("\t0") })
        #expect(try lines(["-r", file("noted.pcapng"), "-Q", "frame.comment contains \"version\""]).count == 1)
        // They are written again.
        _ = try lines(["-r", file("noted.pcapng"), "-w", file("again.pcapng")])
        #expect(try lines(["-r", file("again.pcapng")] + fields).contains { $0.hasSuffix("\tof the version") })
        // Of pcap nothing is said.
        #expect(try lines(["-r", "captures/handshake.pcap"] + fields).allSatisfy { $0.hasSuffix("\t\t") })
    }

    // MARK: Secrets

    @Test(.enabled(if: hasTools, "needs Wireshark's tools")) func injectedSecrets() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = file("injected.pcapng")
        let made = try Program.other(["editcap", "--inject-secrets", "tls,\(Self.keys)", Self.encrypted, path])
        #expect(made.status == 0, "\(made.errorText)")
        let expected = try lines(["-r", Self.encrypted, "--keylog", Self.keys, "-Q", "-V"])
        #expect(expected.count > 100)
        func bare(_ lines: [Substring]) -> [Substring] { lines.filter { !$0.contains("Interface id") } }
        #expect(try bare(lines(["-r", path, "-Q", "-V"])) == expected)
        let piped = try Program.shell("cat '\(path)' | btcshark -r - -Q -V")
        #expect(bare(piped.outputText.split(separator: "\n")) == expected)
    }

    /// They may stand anywhere in the file, also after the packets.
    @Test func secretsAfterThePackets() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = try withoutSecrets()
        let before = try lines(["-r", path, "-Q"])
        let log = try Data(contentsOf: Program.root.appendingPathComponent(Self.keys))
        // Lines of TLS, and other secrets, are no concern of ours.
        let text = Array("CLIENT_RANDOM 00 11\n".utf8) + [UInt8](log)
        try (Data(contentsOf: URL(fileURLWithPath: path)) + secretsBlock(text)).write(to: URL(fileURLWithPath: path))
        let found = try lines(["-r", path, "-Q"])
        #expect(found != before)
        #expect(try found == lines(["-r", Self.encrypted, "--keylog", Self.keys, "-Q"]))
    }

    /// They serve the connections of their own file, and a key log wins.
    @Test func whomSecretsServe() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let log = try Data(contentsOf: Program.root.appendingPathComponent(Self.keys))
        let other = file("other.pcapng")
        let handshake = try Data(contentsOf: Program.root.appendingPathComponent("captures/handshake.pcapng"))
        try (handshake + secretsBlock([UInt8](log))).write(to: URL(fileURLWithPath: other))
        let arguments = ["-Q", "-T", "fields", "-e", "bitcoin.command"]
        let both = try lines(["-r", other, "-r", Self.encrypted] + arguments)
        let apart = try lines(["-r", "captures/handshake.pcapng", "-r", Self.encrypted] + arguments)
        #expect(both == apart)
        // Another secret for the same keys.
        let text = String(decoding: log, as: UTF8.self)
        let wrong = text.split(separator: "\n").map { line in
            line.hasPrefix("BIP324") ? line.dropLast(64) + String(repeating: "7", count: 64) : line
        }.joined(separator: "\n")
        try Data(wrong.utf8).write(to: URL(fileURLWithPath: file("wrong.keys")))
        let path = try withoutSecrets()
        let bare = try Data(contentsOf: URL(fileURLWithPath: path))
        try (bare + secretsBlock([UInt8](wrong.utf8))).write(to: URL(fileURLWithPath: path))
        let right = try lines(["-r", path, "-Q", "--keylog", Self.keys])
        #expect(try right == lines(["-r", Self.encrypted, "-Q", "--keylog", Self.keys]))
        try (bare + secretsBlock([UInt8](log))).write(to: URL(fileURLWithPath: path))
        #expect(try lines(["-r", path, "-Q", "--keylog", file("wrong.keys")]) != right)
    }

    // MARK: Time

    /// Simple packets have no time.
    @Test func withoutATime() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = file("simple.pcapng")
        var bytes = try Data(contentsOf: Program.root.appendingPathComponent("captures/handshake.pcapng"))
        bytes = Self.simplified(bytes)
        try bytes.write(to: URL(fileURLWithPath: path))
        let timed = try lines(["-r", "captures/handshake.pcapng", "-Q", "-T", "fields", "-e", "bitcoin.command"])
        let found = try lines(
            [
                "-r", path, "-Q", "-T", "fields", "-e", "bitcoin.command", "-e", "frame.time", "-e", "frame.time_epoch",
                "-e", "frame.time_relative", "-e", "_ws.col.time",
            ])
        #expect(found == timed.map { "\($0)\t\t\t\t" })
        for format in ["text", "json", "ek", "pdml", "ndjson"] {
            let outcome = try Program.run(["-r", path, "-Q", "-T", format])
            #expect(outcome.status == 0 && !outcome.outputText.contains("1970-"), "\(format)")
        }
        #expect(try lines(["-r", path, "-Q", "-V"]).contains { $0.contains("of unknown time") })
    }

    /// Each enhanced packet block, of little-endian sections, as a simple one.
    private static func simplified(_ file: Data) -> Data {
        func number(_ bytes: Data, _ place: Int) -> Int {
            (0..<4).reduce(0) { $0 | Int(bytes[bytes.startIndex + place + $1]) << (8 * $1) }
        }
        func bytes(_ value: Int) -> Data { withUnsafeBytes(of: UInt32(value).littleEndian) { Data($0) } }
        var rest = file
        var made = Data()
        while rest.count >= 12 {
            let length = number(rest, 4)
            if number(rest, 0) == 6 {
                let captured = number(rest, 20)
                var body = bytes(number(rest, 24)) + rest.dropFirst(28).prefix(captured)
                while body.count % 4 != 0 { body.append(0) }
                made += bytes(3) + bytes(body.count + 12) + body + bytes(body.count + 12)
            } else {
                made += rest.prefix(length)
            }
            rest = rest.dropFirst(length)
        }
        return made
    }
}

/// What is not read is said.
@Suite struct UnreadRunTests {
    /// A pcapng file of one Ethernet and one USB interface.
    private func file(_ frames: [(interface: UInt8, bytes: [UInt8])]) throws -> String {
        func word(_ value: Int) -> [UInt8] {
            withUnsafeBytes(of: UInt32(value).littleEndian) { Array($0) }
        }
        func block(_ type: Int, _ body: [UInt8]) -> [UInt8] {
            let padded = body + [UInt8](repeating: 0, count: (4 - body.count % 4) % 4)
            return word(type) + word(padded.count + 12) + padded + word(padded.count + 12)
        }
        var bytes = block(0x0a0d_0d0a, word(0x1a2b_3c4d) + word(1) + [UInt8](repeating: 0xff, count: 8))
        bytes += block(1, word(1) + word(0)) + block(1, word(220) + word(0))
        for frame in frames {
            let length = word(frame.bytes.count)
            bytes += block(
                6, word(Int(frame.interface)) + word(0) + word(0) + length + length + frame.bytes)
        }
        let path = Program.workspace.appendingPathComponent("unread-\(UUID()).pcapng")
        try Data(bytes).write(to: path)
        return path.path
    }

    @Test func isSaid() throws {
        let unknown =
            [UInt8](repeating: 2, count: 12) + [0x12, 0x34] + [UInt8](repeating: 0, count: 46)
        let arp = [UInt8](repeating: 2, count: 12) + [0x08, 0x06] + [UInt8](repeating: 0, count: 46)
        let path = try file([(0, unknown), (1, [1, 2, 3]), (0, arp), (0, unknown)])
        defer { try? FileManager.default.removeItem(atPath: path) }
        let words =
            "1 packet not TCP, 2 frames of EtherType 0x1234 not read, 1 frame of link type 220 (USB"
        // Nothing was found: it is said without being asked for.
        let plain = try Program.run(["-r", path])
        #expect(plain.status == 0 && plain.outputText == "" && plain.errorText.contains(words))
        #expect(try Program.run(["-r", path, "-Q"]).errorText == "")
        #expect(try Program.run(["-r", path, "-q"]).errorText.contains(words))
        let capture = try Program.run(["-r", path, "-Q", "-z", "capture", "--json"])
        #expect(
            capture.outputText.contains(#""packets_not_tcp":1"#)
                && capture.outputText.contains(#""EtherType 0x1234":2"#))
    }

    /// A file with other frames beside is read on, and nothing is said that nobody asked for.
    @Test func aMixedFileIsReadOn() throws {
        let path = try file([(1, [1, 2, 3])])
        defer { try? FileManager.default.removeItem(atPath: path) }
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        bytes += try Data(contentsOf: Program.root.appendingPathComponent("captures/handshake.pcapng"))
        try bytes.write(to: URL(fileURLWithPath: path))
        let arguments = ["-T", "fields", "-e", "bitcoin.command"]
        let found = try Program.run(["-r", path] + arguments)
        #expect(found.status == 0 && found.errorText == "")
        #expect(
            try found.outputText
                == Program.run(["-r", "captures/handshake.pcapng"] + arguments).outputText)
    }
}
