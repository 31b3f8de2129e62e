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
            #expect(program.comes { program.lines.count > 200 }, "\(program.lines.count) lines")
        } else {
            // The file grows as frames come.
            let size = frames.reduce(0) { $0 + $1.count }
            let hasGrown = try program.comes {
                (try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0) > size
            }
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

    /// Nothing was decrypted: that is said.
    @Test func noSecretWasUsed() throws {
        let path = folder.path + "/live.pcapng"
        let program = try LiveProgram.capturing(
            ["-i", "lo", "-w", path, "--inject-keys", "--keylog", keys, "-q"], in: space)
        #expect(program.interrupt() == .status(0))
        #expect(program.errorText.contains("live.pcapng has no secrets"), "\(program.errorText)")
    }
}
