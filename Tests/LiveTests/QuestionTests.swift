import Foundation
import Support
import Testing

/// Questions about live traffic are answered at the end, and whenever somebody asks.
@Suite(.serialized, .needsNetwork, .timeLimit(.minutes(10)))
struct QuestionTests {
    private let space: NetworkNamespace
    private let folder: Folder
    private let file: String

    init() throws {
        space = try NetworkNamespace()
        folder = try Folder()
        file = folder.path + "/live.pcap"
    }

    @Test func soFarAndAtTheEnd() throws {
        let questions = ["--node", "127.0.0.1:8333", "--json", "-z", "requests", "-z", "bytes"]
        let program = try LiveProgram.capturing(["-i", "lo", "-w", file] + questions, in: space)
        _ = try BitcoinPeers(TCPPeers(port: 8333, in: space), goods: [try .sample("tx")]).finish()
        #expect(
            eventually {
                program.signal(SIGUSR1)
                usleep(50_000)
                return program.lines.contains {
                    $0.contains(#""statistic":"requests""#) && $0.contains(#""kind":"tx""#)
                }
            }, "\(program.errorText)")
        #expect(program.interrupt() == .status(0), "\(program.errorText)")
        let counts = try #require(PacketCounts(program.errorText))
        let (ending, output, errors) = try LiveProgram.run(["-r", file] + questions, in: space)
        #expect(ending == .status(0), "\(errors)")
        let offline = String(decoding: output, as: UTF8.self).split(separator: "\n").map(String.init)
        #expect(offline.count == 2)
        if !counts.hasDrops { #expect(program.lines.suffix(2).map(String.init) == offline) }
    }

    /// The node is the interface's own end of each connection.
    @Test func nodeOfTheInterface() throws {
        let other = try NetworkNamespace()
        try space.connect("here", to: other, "there")
        try space.ip("address", "add", "192.0.2.1/24", "dev", "here")
        let program = try LiveProgram.capturing(["-i", "here", "--json", "-z", "connections"], in: space)
        #expect(program.interrupt() == .status(0), "\(program.errorText)")
        #expect(program.lines.count == 1)
        #expect(
            program.lines.first?.contains(#""node":"192.0.2.1","node_source":"interface""#) == true, "\(program.lines)")
    }
}
