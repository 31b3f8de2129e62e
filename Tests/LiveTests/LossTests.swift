import Foundation
import Support
import Testing

/// Frames of a recorded capture on a wire that loses and reorders them.
@Suite(.serialized, .needsNetwork, .timeLimit(.minutes(10)))
struct LossTests {
    private let space: NetworkNamespace
    private let other: NetworkNamespace
    private let folder: Folder

    init() throws {
        space = try NetworkNamespace()
        other = try NetworkNamespace()
        folder = try Folder()
        try space.connect("here", to: other, "there")
    }

    /// Some frames with payload are lost, some come up to four places late.
    private func disturbed(_ frames: [[UInt8]], seed: UInt64) -> [[UInt8]] {
        var generator = SeededGenerator(seed: seed)
        var result: [[UInt8]] = []
        var late: [(frame: [UInt8], due: Int)] = []
        for (index, frame) in frames.enumerated() {
            let segment = TCPSegment(frame, start: 14)
            let carries = segment.map { !$0.payload.isEmpty } ?? false
            if carries, generator.next() % 20 == 0 { continue }
            if carries, generator.next() % 8 == 0 {
                late.append((frame, index + Int(generator.next() % 4) + 1))
            } else {
                result.append(frame)
            }
            while let place = late.firstIndex(where: { $0.due <= index }) {
                result.append(late.remove(at: place).frame)
            }
        }
        return result + late.map(\.frame)
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func lossAndReordering(seed: UInt64) throws {
        let frames = try recordedFrames("relay.pcap")
        let model = try StreamModel(frames)
        let crossing = disturbed(frames, seed: seed)
        let expected = model.messages(in: crossing)
        try #require(expected.count < model.all.count && expected.count > model.all.count / 2)

        let file = folder.path + "/live.pcap"
        let program = try LiveProgram.capturing(["-i", "here", "-T", "ndjson", "-w", file], in: space)
        let socket = try other.inside { try PacketSocket("there") }
        for frame in crossing { try socket.send(frame) }
        // Holes at the end are given up when a second has gone by without a packet.
        let isGap = { (line: Substring) in line.contains("\"bitcoin.gap\":") }
        #expect(
            eventually { program.lines.count { !isGap($0) } >= expected.count },
            "\(program.lines.count) of \(expected.count)")
        #expect(program.interrupt() == .status(0), "\(program.errorText)")

        #expect(try PacketFile(file).frames == crossing)
        let live = try ShownMessages(ndjson: program.outputBytes)
        let offline = try ShownMessages(file: file)
        #expect((live.byClient + live.byServer).counted == expected.counted, "\(live.count) of \(expected.count)")
        #expect((offline.byClient + offline.byServer).counted == expected.counted)
        #expect(live.byClient.counted == offline.byClient.counted)
    }
}
