import Foundation
import Support
import Testing

/// The service that packages install, with the settings that they install.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct ServiceTests {
    private let unit: String
    /// What the service is without a file of settings, and what that file shows.
    private let (defaults, settings): ([String: String], [String: String])

    init() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let folder = root.appendingPathComponent("Packaging")
        let unit = try String(contentsOf: folder.appendingPathComponent("btcshark.service"), encoding: .utf8)
        let file = try String(contentsOf: folder.appendingPathComponent("btcshark.default"), encoding: .utf8)
        self.unit = unit
        defaults = Self.settings(unit.matches(of: #/(?m)^Environment="?(\w+)=([^"\n]*)"?$/#).map { ($0.1, $0.2) })
        settings = Self.settings(file.matches(of: #/(?m)^#(\w+)=(.*)$/#).map { ($0.1, $0.2) })
    }

    private static func settings(_ pairs: [(Substring, Substring)]) -> [String: String] {
        Dictionary(pairs.map { (String($0), String($1)) }) { $1 }
    }

    /// The words of the line as systemd makes them: `${NAME}` is one word, `$NAME` any number.
    private func words(_ settings: [String: String]) throws -> [String] {
        let line = try #require(unit.firstMatch(of: #/(?m)^ExecStart=(.*)$/#)?.1)
        return line.split(separator: " ").flatMap { word -> [String] in
            if let name = word.wholeMatch(of: #/\$\{(\w+)\}/#)?.1 { return [settings[String(name)] ?? ""] }
            guard let name = word.wholeMatch(of: #/\$(\w+)/#)?.1 else { return [String(word)] }
            return (settings[String(name)] ?? "").split(separator: " ").map(String.init)
        }
    }

    /// The file shows what is so without it.
    @Test func settingsShowDefaults() {
        #expect(!defaults.isEmpty)
        for (name, value) in defaults { #expect(settings[name] == value, "\(name)") }
    }

    private static let verifies = FileManager.default.isExecutableFile(atPath: "/usr/bin/systemd-analyze")

    /// systemd knows every word of it.
    @Test(.enabled(if: verifies, "needs systemd-analyze of systemd"))
    func verified() throws {
        let folder = try Folder()
        // The program has to be there, and the user is made by installing it.
        let own = unit.replacing("@bin@/btcshark", with: LiveProgram.path).replacing("@settings@", with: "/etc")
            .replacing("=btcshark\n", with: "=root\n")
        try #require(own != unit)
        let file = try folder.write(own.utf8, as: "btcshark.service")
        let program = try LiveProgram(["verify", "--man=no", file], in: nil, program: "/usr/bin/systemd-analyze")
        #expect(program.end() == .status(0), "\(program.errorText)")
        #expect(!program.errorText.contains("btcshark.service"), "\(program.errorText)")
    }

    /// The options are the program's, also those that the file of settings shows; and its one capability is enough.
    @Test(.needsNetwork, .needsSetpriv)
    func runs() throws {
        var words = try self.words(settings.merging(["INTERFACE": "eth0"]) { $1 })
        #expect(words.removeFirst() == "@bin@/btcshark")
        let capabilities = unit.matches(of: #/(?m)^(?:AmbientCapabilities|CapabilityBoundingSet)=(.*)$/#).map { $0.1 }
        #expect(capabilities == ["CAP_NET_RAW", "CAP_NET_RAW"])

        let folder = try Folder()
        let program = folder.path + "/btcshark"
        try FileManager.default.copyItem(atPath: LiveProgram.path, toPath: program)
        let nobody = try #require(getpwnam("nobody")).pointee
        try #require(chown(folder.path, nobody.pw_uid, nobody.pw_gid) == 0)
        words = words.map { $0.replacing(#/^/(var/lib|run)/btcshark/#, with: folder.path) }
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
        // What it has received is said when it is asked for.
        let hasAll = eventually {
            run.signal(SIGUSR1)
            return PacketCounts(run.errorText)?.received == frames.count
        }
        #expect(hasAll, "\(run.errorText)")
        // What ExecReload asks for, and the next frame makes the next file.
        run.signal(SIGHUP)
        // The signal may be heard after frames that were sent later.
        let hasNext = eventually {
            for frame in frames { try? socket.send(frame) }
            return (try? folder.names().filter { $0.hasPrefix("node_") }.count) == 2
        }
        #expect(hasNext)
        run.signal(SIGTERM)
        #expect(run.end() == .status(0), "\(run.errorText)")
        #expect(run.outputText.isEmpty)
        #expect(try folder.names().contains("btcshark.prom"))
    }
}
