import Foundation
import Support
import Testing

/// The systemd unit of the manual.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct ServiceTests {
    private let unit: String

    init() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let manual = try String(contentsOf: root.appendingPathComponent("man/btcshark.1"), encoding: .utf8)
        let part = try #require(
            manual.firstMatch(of: #/(?s)\.Bd [^\n]*\n(# /etc/systemd/system/btcshark\.service\n.*?)\.Ed\n/#)?.1)
        unit = String(part).replacing("\\e\n", with: "\\\n")
    }

    private static let verifies = FileManager.default.isExecutableFile(atPath: "/usr/bin/systemd-analyze")

    /// systemd knows every word of it.
    @Test(.enabled(if: verifies, "needs systemd-analyze of systemd"))
    func verified() throws {
        let folder = try Folder()
        // The program has to be there.
        let own = unit.replacing("/usr/local/bin/btcshark", with: LiveProgram.path)
        try #require(own != unit)
        let file = try folder.write(own.utf8, as: "btcshark.service")
        let program = try LiveProgram(["verify", "--man=no", file], in: nil, program: "/usr/bin/systemd-analyze")
        #expect(program.end() == .status(0), "\(program.errorText)")
        #expect(!program.errorText.contains("btcshark.service"), "\(program.errorText)")
    }

    /// The options are the program's, and its one capability is enough.
    @Test(.needsNetwork, .needsSetpriv)
    func runs() throws {
        let line = try #require(unit.firstMatch(of: #/(?s)ExecStart=(.*?[^\\])\n/#)?.1)
        var words = line.replacing("\\\n", with: " ").split(separator: " ").map(String.init)
        #expect(words.removeFirst() == "/usr/local/bin/btcshark")
        let capabilities = unit.matches(of: #/(?m)^(?:AmbientCapabilities|CapabilityBoundingSet)=(.*)$/#).map { $0.1 }
        #expect(capabilities == ["CAP_NET_RAW", "CAP_NET_RAW"])

        let folder = try Folder()
        let program = folder.path + "/btcshark"
        try FileManager.default.copyItem(atPath: LiveProgram.path, toPath: program)
        let nobody = try #require(getpwnam("nobody")).pointee
        try #require(chown(folder.path, nobody.pw_uid, nobody.pw_gid) == 0)
        words = words.map { $0.replacing("/var/lib/btcshark", with: folder.path) }
        let (space, other) = (try NetworkNamespace(), try NetworkNamespace())
        try space.connect("eth0", to: other, "there")
        let launcher = [
            "setpriv", "--reuid=\(nobody.pw_uid)", "--regid=\(nobody.pw_gid)", "--clear-groups", "--no-new-privs",
            "--inh-caps=-all,+net_raw", "--ambient-caps=-all,+net_raw", "--bounding-set=-all,+net_raw",
        ]
        let run = try LiveProgram.capturing(words, in: space, program: program, launcher: launcher)
        let frames = try recordedFrames("handshake.pcap")
        let socket = try other.inside { try PacketSocket("there") }
        for frame in frames { try socket.send(frame) }
        let all = try StreamModel(frames).all
        #expect(run.comes { run.lines.count == all.count }, "\(run.errorText)")
        // What ExecReload asks for, and the next frame makes the next file.
        run.signal(SIGHUP)
        run.signal(SIGUSR1)
        #expect(run.comes { PacketCounts(run.errorText) != nil })
        for frame in frames { try socket.send(frame) }
        #expect(run.comes { (try? folder.names().filter { $0.hasPrefix("node_") }.count) == 2 })
        run.signal(SIGTERM)
        #expect(run.end() == .status(0), "\(run.errorText)")
    }
}
