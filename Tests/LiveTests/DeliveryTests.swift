import Foundation
import Support
import Testing

/// A message is in the pipe when its last packet was, though nothing follows and nobody asked for it with `-l`.
@Suite(.serialized, .needsNetwork, .timeLimit(.minutes(10)))
struct DeliveryTests {
    private let space: NetworkNamespace
    init() throws { space = try NetworkNamespace() }

    @Test(arguments: [["-T", "ndjson"], [], ["-T", "fields", "-e", "bitcoin.command"]])
    func quietConnection(format: [String]) throws {
        let program = try LiveProgram.capturing(["-i", "lo", "--threads", "4"] + format, in: space)
        let peers = try TCPPeers(port: 8333, in: space)
        var milliseconds: [Double] = []
        for number in 1...20 {
            // Now and then longer than the program waits.
            usleep(number % 5 == 0 ? 150_000 : 7_000)
            let begun = ContinuousClock.now
            try peers.send(BitcoinMessage.ping(UInt64(number)).bytes, fromServer: number % 2 == 0)
            try #require(eventually(within: 5) { program.lines.count == number }, "message \(number)")
            milliseconds.append((ContinuousClock.now - begun) / .milliseconds(1))
        }
        print("Delivery \(format): median \(milliseconds.sorted()[10]) ms, longest \(milliseconds.max() ?? 0) ms")
        #expect(program.interrupt() == .status(0))
    }

    /// Bytes that never come: what is behind them is shown though no further packet tells that time goes by.
    @Test func behindAHole() throws {
        let other = try NetworkNamespace()
        try space.connect("here", to: other, "there")
        let frames = try recordedFrames("handshake.pcap")
        let model = try StreamModel(frames)
        // Without the server's first bytes, and without the packets that close the connection.
        let first = try #require(
            frames.firstIndex {
                TCPSegment($0, start: 14).map { $0.sourcePort == 8333 && !$0.payload.isEmpty } ?? false
            })
        let crossing = frames.enumerated().filter { index, frame in index != first && frame[14 + 20 + 13] & 5 == 0 }
            .map(\.element)
        let expected = model.messages(in: crossing)
        try #require(expected.count == model.all.count - 1 && expected.contains { !$0.isFromClient })

        let program = try LiveProgram.capturing(["-i", "here", "-T", "ndjson"], in: space)
        let socket = try other.inside { try PacketSocket("there") }
        for frame in crossing { try socket.send(frame) }
        // With them comes the record of the gap.
        let count = expected.count + 1
        #expect(eventually { program.lines.count == count }, "\(program.lines.count) of \(count)")
        #expect(program.lines.count { $0.contains("\"bitcoin.gap\":") } == 1)
        let shown = try ShownMessages(ndjson: program.outputBytes)
        #expect((shown.byClient + shown.byServer).counted == expected.counted)
        #expect(program.interrupt() == .status(0))
    }
}
