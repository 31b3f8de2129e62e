#if Peer
import Foundation
import Support
import Testing

/// What `connect` and `survey` say they do, held against a capture of what they do.
@Suite(.serialized, .needsNetwork, .timeLimit(.minutes(10)))
struct PeerTrafficTests {
    private static let port = 8_333
    private let space: NetworkNamespace
    private let folder: Folder
    private let peers: LiveProgram

    init() throws {
        space = try NetworkNamespace()
        folder = try Folder()
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../PeerTests/Scripted/peers.py").standardized.path
        peers = try LiveProgram(
            [script, "--port", "\(Self.port)", "--forever"], in: space, program: "python3")
        let peers = peers
        try #require(eventually { !peers.lines.isEmpty }, "the scripted peers did not begin: \(peers.errorText)")
    }

    @Test(arguments: ["127.0.0.1", "[::1]"])
    func connectionIsWhatItSays(_ host: String) throws {
        let (captured, own) = (folder.path + "/captured.pcap", folder.path + "/own.pcap")
        let capture = try LiveProgram.capturing(["-i", "lo", "-w", captured, "-P", "-l"], in: space)
        let (ending, output, errors) = try LiveProgram.run(
            ["connect", "\(host):\(Self.port)", "--ping", "2", "--getaddr", "--write-pcap", own], in: space)
        #expect(ending == .status(0), "\(errors)")
        let said = String(decoding: output, as: UTF8.self).split(separator: "\n").compactMap { line -> [String]? in
            let words = line.split(separator: " ").map(String.init)
            return words.count > 2 && ["→", "←"].contains(words[1]) ? [words[1], words[2]] : nil
        }
        // The kernel hands packets over some time after they came.
        _ = eventually { capture.lines.count >= said.count }
        #expect(capture.interrupt() == .status(0), "\(capture.errorText)")
        for file in [captured, own] {
            let (ending, output, errors) = try LiveProgram.run(
                ["-r", file, "-T", "fields", "-e", "tcp.srcport", "-e", "bitcoin.command"])
            #expect(ending == .status(0), "\(errors)")
            let found = String(decoding: output, as: UTF8.self).split(separator: "\n").map { line -> [String] in
                let columns = line.split(separator: "\t").map(String.init)
                return [columns[0] == "\(Self.port)" ? "←" : "→", columns[1]]
            }
            for arrow in ["→", "←"] {
                #expect(found.filter { $0[0] == arrow } == said.filter { $0[0] == arrow }, "\(file)")
            }
        }
    }

    @Test func surveyKeepsItsRateAndItsNumberAtOnce() throws {
        let captured = folder.path + "/survey.pcap"
        let targets = (0..<80).map { "127.\($0 % 4 == 0 ? 1 : 0).1.\($0 + 1):\(Self.port)\n" }
        let list = try folder.write(Array(targets.joined().utf8), as: "targets")
        let capture = try LiveProgram.capturing(["-i", "lo", "-w", captured], in: space)
        let (ending, _, errors) = try LiveProgram.run(
            [
                "survey", list, "-o", folder.path + "/rows", "--rate", "40", "--concurrency", "12",
                "--handshake-timeout", "1", "-q",
            ], in: space)
        #expect(ending == .status(0), "\(errors)")
        sleep(1)
        #expect(capture.interrupt() == .status(0), "\(capture.errorText)")
        let lives = try Lives(captured, port: UInt16(Self.port))
        #expect(lives.all.count == 80, "each target is called once")
        for life in lives.all {
            let atOnce = lives.all.count { $0.begin <= life.begin && life.begin < $0.end }
            #expect(atOnce <= 12, "\(atOnce) at once")
            // 40, and one more where the window holds both ends; a few that the machine held up come sooner after another.
            let inSecond = lives.all.count { (life.begin..<life.begin + 1).contains($0.begin) }
            #expect(inSecond <= 44, "\(inSecond) calls in a second")
        }
        #expect(lives.all.contains { life in lives.all.count { $0.begin <= life.begin && life.begin < $0.end } > 6 })
    }
}

/// When each connection to a port began, by its SYN, and when the caller ended it.
private struct Lives {
    struct Life {
        let begin: Double
        var end: Double
    }

    private(set) var all: [Life] = []

    /// - Parameter path: A classic pcap of Ethernet, as is written of `lo`.
    init(_ path: String, port: UInt16) throws {
        let bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
        func number(_ at: Int, _ count: Int) -> Int {
            (0..<count).reduce(0) { $0 | Int(bytes[at + $1]) << (8 * $1) }
        }
        func big(_ at: Int) -> UInt16 { UInt16(bytes[at]) << 8 | UInt16(bytes[at + 1]) }
        try #require(number(0, 4) == 0xa1b2_3c4d && number(20, 4) == 1)
        var open: [[UInt8]: Int] = [:]
        var at = 24
        while at + 16 <= bytes.count {
            let time = Double(number(at, 4)) + Double(number(at + 4, 4)) / 1e9
            let frame = at + 16
            at = frame + number(at + 8, 4)
            // IPv4 without options, TCP, towards the port.
            guard bytes[frame + 12] == 8, bytes[frame + 14] == 0x45, bytes[frame + 23] == 6, big(frame + 36) == port
            else { continue }
            let flags = bytes[frame + 47]
            let key = Array(bytes[frame + 26..<frame + 36])
            if flags & 0x12 == 0x02 {
                open[key] = all.count
                all.append(Life(begin: time, end: .infinity))
            } else if flags & 0x05 != 0, let index = open.removeValue(forKey: key) {
                all[index].end = time
            }
        }
    }
}
#endif
