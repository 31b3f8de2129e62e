import Foundation
import Testing

/// pyshark reads what we write as tshark, in each of its modes.
@Suite(.enabled(if: Pyshark.python != nil, "pyshark is not installed: pip install pyshark"))
struct PysharkTests {
    /// A folder with this program as `tshark`: pyshark runs the one beside the path that it is given, else PATH's.
    private func withTshark<Result>(_ body: (URL) throws -> Result) throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("pyshark-" + UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createSymbolicLink(
            at: folder.appendingPathComponent("tshark"),
            withDestinationURL: Program.folder.appendingPathComponent("btcshark"))
        return try body(folder)
    }

    @Test func allModes() throws {
        let python = try #require(Pyshark.python)
        let filter = "bitcoin.ping or bitcoin.inv or bitcoin.getdata or bitcoin.headers"
        try withTshark { folder in
            let outcome = try Program.other([
                python, Program.root.appendingPathComponent("Tests/GoldenTests/Pyshark/modes.py").path, folder.path,
                "captures/relay.pcap", filter,
            ])
            try #require(outcome.status == 0, "\(outcome.errorText)")
            let lines = try outcome.outputText.split(separator: "\n").map {
                try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
            }
            let rows = try Program.run(
                ["-r", "captures/relay.pcap", "-T", "fields"]
                    + [
                        "frame.number", "ip.src", "tcp.srcport", "eth.src", "frame.protocols", "bitcoin.command",
                        "frame.time_epoch",
                    ].flatMap { ["-e", $0] } + [filter]
            ).outputText.split(separator: "\n").map { $0.split(separator: "\t").map(String.init) }
            #expect(rows.count > 10)
            for mode in ["xml", "json", "ek"] {
                let found = lines.filter { $0["mode"] as? String == mode && $0["path"] == nil }
                try #require(found.count == rows.count, "\(mode)")
                for (packet, row) in zip(found, rows) {
                    let keys = ["number", "source", "port", "hardware", "protocols", "command"]
                    #expect(keys.map { packet[$0] as? String ?? "" } == Array(row.dropLast()), "\(mode)")
                    let time = try #require(Double(row[6]))
                    #expect(abs((packet["time"] as? Double ?? 0) - time) < 0.000_001, "\(mode)")
                    let layers = packet["layers"] as? [String] ?? []
                    #expect(
                        Set(["eth", "ip", "tcp", "bitcoin"]).isSubset(of: layers.map { $0.lowercased() }), "\(mode)")
                }
            }
            let heads = lines.filter { $0["path"] != nil }
            #expect(heads.count == 3)
            for head in heads {
                #expect(head["path"] as? String == folder.appendingPathComponent("tshark").path)
                #expect(head["version"] as? String == "4.0.99")
            }
        }
    }

    /// The first line begins as tshark's, where we are called so, and has one version alone.
    @Test func versionAsTshark() throws {
        try withTshark { folder in
            let outcome = try Program.other([folder.appendingPathComponent("tshark").path, "-v"])
            let line = outcome.outputText.split(separator: "\n").first ?? ""
            #expect(line.wholeMatch(of: /TShark \(btcshark\) \d+\.\d+\.\d+/) != nil, "\(line)")
        }
        #expect(try Program.run(["-v"]).outputText.hasPrefix("btcshark "))
    }
}

enum Pyshark {
    /// A Python that has pyshark; nil where there is none.
    static let python: String? = {
        let own = Program.root.appendingPathComponent(".build/pyshark/bin/python3").path
        return [own, "python3"].first { python in
            (try? Program.other([python, "-c", "import pyshark"]))?.status == 0
        }
    }()
}
