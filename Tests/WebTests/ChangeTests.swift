#if Web
import Foundation
import Support
import Testing

/// Files that are no longer what was read first: nothing of them is shown as if it were that.
@Suite struct ChangeTests {
    enum Change: CaseIterable {
        case removed, truncated, garbled, appended, replaced

        /// Does it to a capture.
        func apply(to path: String) throws {
            let data = try Data(contentsOf: URL(fileURLWithPath: path))
            let file = try #require(FileHandle(forUpdatingAtPath: path))
            switch self {
            case .removed: try #require(unlink(path) == 0)
            case .truncated: try file.truncate(atOffset: UInt64(data.count / 2))
            case .garbled: try file.write(contentsOf: Data(repeating: 0xff, count: data.count))
            case .appended:
                try file.seekToEnd()
                try file.write(contentsOf: data.suffix(200))
            case .replaced:
                let other = ServedProgram.capture("handshake.pcap")
                try Data(contentsOf: URL(fileURLWithPath: other)).write(to: URL(fileURLWithPath: path + ".new"))
                try #require(rename(path + ".new", path) == 0)
            }
        }
    }

    private static let addresses = [
        "/api/messages/13", "/api/messages/13/bytes", "/api/flow/0", "/api/flow/0/position?n=13", "/api/stats/latency",
        "/api/stats/expert", "/metrics", "/api/messages?filter=bitcoin", "/api/timeline?filter=bitcoin.inv",
    ]

    private static func expectGone(_ program: ServedProgram) throws {
        for address in addresses {
            // A filter says it once it has run.
            var answer = try program.get(address)
            for _ in 0..<500 where answer.status == 200 && address.contains("filter") {
                usleep(20_000)
                answer = try program.get(address)
            }
            #expect(answer.status == 410, "\(address): \(answer.text.prefix(200))")
            #expect(try answer.code() == "gone", "\(address)")
        }
        // What is known since the first reading is still right.
        #expect(try program.get("/api/messages").status == 200)
        #expect(try program.get("/api/timeline").status == 200)
    }

    @Test(arguments: Change.allCases) func captures(_ change: Change) throws {
        let folder = try Folder()
        let path = folder.path + "/relay.pcap"
        try FileManager.default.copyItem(atPath: ServedProgram.capture("relay.pcap"), toPath: path)
        let program = try ServedProgram(["-q", "-r", path])
        #expect(try program.complete("/api/messages")["total"] as? Int == 256)
        // One is asked for before: it is kept, and others are not read from what comes later.
        #expect(try program.get("/api/messages/200").status == 200)
        try change.apply(to: path)
        try Self.expectGone(program)
        #expect(try program.get("/api/messages/200").status == 200)
    }

    /// One file of several is enough.
    @Test func oneOfTwo() throws {
        let folder = try Folder()
        for name in ["relay.pcap", "handshake.pcap"] {
            try FileManager.default.copyItem(
                atPath: ServedProgram.capture(name), toPath: folder.path + "/" + name)
        }
        let program = try ServedProgram([
            "-q", "-r", folder.path + "/relay.pcap", "-r", folder.path + "/handshake.pcap",
        ])
        _ = try program.complete("/api/messages")
        #expect(try program.get("/api/stats/expert").status == 200)
        try Change.truncated.apply(to: folder.path + "/handshake.pcap")
        #expect(try program.get("/api/stats/latency").status == 410)
    }

    /// A file that is untouched, or has got another name beside its own, is the same.
    @Test func sameFile() throws {
        let folder = try Folder()
        let path = folder.path + "/relay.pcap"
        try FileManager.default.copyItem(atPath: ServedProgram.capture("relay.pcap"), toPath: path)
        let program = try ServedProgram(["-q", "-r", path])
        _ = try program.complete("/api/messages")
        try FileManager.default.linkItem(atPath: path, toPath: folder.path + "/other.pcap")
        for address in Self.addresses { #expect(try program.get(address).status == 200, "\(address)") }
    }

    enum ChangeOfFolder: CaseIterable { case removed, appended, another }

    @Test(arguments: ChangeOfFolder.allCases) func messageCaptures(_ change: ChangeOfFolder) throws {
        let folder = try Folder()
        let node = folder.path + "/node"
        try FileManager.default.copyItem(
            atPath: ServedProgram.package.appendingPathComponent("captures/message-capture/node-a").path, toPath: node)
        let program = try ServedProgram(["-q", "-r", node])
        #expect(try program.complete("/api/messages")["total"] as? Int ?? 0 > 13)
        #expect(try program.get("/api/stats/conv,tcp").status == 200)
        let peer = node + "/10.20.0.2_52816"
        switch change {
        case .removed: try #require(unlink(peer + "/msgs_sent.dat") == 0)
        case .appended: try Change.appended.apply(to: peer + "/msgs_recv.dat")
        case .another: try FileManager.default.copyItem(atPath: peer, toPath: node + "/10.20.0.3_8333")
        }
        for address in ["/api/messages/13", "/api/stats/expert", "/metrics"] {
            #expect(try program.get(address).status == 410, "\(address)")
        }
    }
}
#endif
