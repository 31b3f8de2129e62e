import Foundation
import Support
import Testing

/// `--inject-keys` of a live capture: the recording alone shows the conversation.
@Suite(.serialized, .needsNetwork, .timeLimit(.minutes(10)))
struct RecordedSecretsTests {
    private let space: NetworkNamespace
    private let folder: Folder

    init() throws {
        space = try NetworkNamespace()
        folder = try Folder()
    }

    private var keys: String {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("captures/relay-v2-encrypted.keys").path
    }

    @Test(arguments: [true, false]) func aRecordingBringsItsSecretsAlong(_ isPrinted: Bool) throws {
        let other = try NetworkNamespace()
        try space.connect("here", to: other, "there")
        let path = folder.path + "/live.pcapng"
        let fields = ["-T", "fields", "-e", "bitcoin.command", "-e", "bitcoin.length"]
        let program = try LiveProgram.capturing(
            ["-i", "here", "-w", path, "--inject-keys", "--keylog", keys] + (isPrinted ? fields : ["-q"]), in: space)
        let socket = try other.inside { try PacketSocket("there") }
        let frames = try recordedFrames("relay-v2-encrypted.pcap")
        for frame in frames { try socket.send(frame) }
        if isPrinted {
            #expect(eventually { program.lines.count > 200 }, "\(program.lines.count) lines")
        } else {
            let hasGrown = try eventually { try packetBlocks(path) == frames.count }
            #expect(hasGrown)
        }
        #expect(program.interrupt() == .status(0), "\(program.errorText)")
        #expect(!program.errorText.contains("no secrets"), "\(program.errorText)")
        var status = stat()
        #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
        let (ending, output, errors) = try LiveProgram.run(["-r", path, "-Q"] + fields)
        #expect(ending == .status(0) && errors.isEmpty, "\(errors)")
        let found = String(decoding: output, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
            .dropLast()
        #expect(found.count > 200)
        if isPrinted { #expect(Array(found) == program.lines) }
    }

    /// Of a ring each file has the secrets of the connections that begin in it, also where it is full before they are found.
    @Test func aRing() throws {
        let other = try NetworkNamespace()
        try space.connect("here", to: other, "there")
        let frames = try recordedFrames("relay-v2-encrypted.pcap")
        let program = try LiveProgram.capturing(
            [
                "-i", "here", "-w", folder.path + "/live.pcapng", "-b", "packets:\((frames.count + 1) / 2)",
                "--inject-keys", "--keylog", keys, "-q",
            ], in: space)
        let socket = try other.inside { try PacketSocket("there") }
        for frame in frames { try socket.send(frame) }
        let hasGrown = try eventually { try files.reduce(0) { try $0 + packetBlocks($1) } == frames.count }
        #expect(hasGrown)
        #expect(program.interrupt() == .status(0), "\(program.errorText)")
        #expect(!program.errorText.contains("came after the file"), "\(program.errorText)")
        #expect(try files.count == 2)
        let fields = ["-Q", "-T", "fields", "-e", "bitcoin.command", "-e", "bitcoin.length"]
        let (ending, found, _) = try LiveProgram.run(try files.flatMap { ["-r", $0] } + fields)
        let whole = URL(fileURLWithPath: keys).deletingLastPathComponent().path + "/relay-v2-encrypted.pcap"
        let (_, expected, _) = try LiveProgram.run(["-r", whole, "--keylog", keys] + fields)
        #expect(ending == .status(0) && found == expected && found.count > 1_000)
    }

    private var files: [String] {
        get throws {
            try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().map { folder.path + "/" + $0 }
        }
    }

    /// How many packets stand in a pcapng file that may still grow.
    private func packetBlocks(_ path: String) throws -> Int {
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        func number(_ at: Int) -> Int { bytes[at..<at + 4].reversed().reduce(0) { $0 << 8 | Int($1) } }
        var at = 0
        var packets = 0
        while bytes.count - at >= 12, bytes.count - at >= number(at + 4) {
            // An Enhanced Packet Block.
            if number(at) == 6 { packets += 1 }
            at += max(number(at + 4), 12)
        }
        return packets
    }

    /// Nothing was decrypted: that is said.
    @Test func noSecretWasUsed() throws {
        let path = folder.path + "/live.pcapng"
        let program = try LiveProgram.capturing(
            ["-i", "lo", "-w", path, "--inject-keys", "--keylog", keys, "-q"], in: space)
        #expect(program.interrupt() == .status(0))
        #expect(program.errorText.contains("live.pcapng has no secrets"), "\(program.errorText)")
    }
}
