import Capture
import Dissector
import Foundation
import Support
import Testing

/// Frames that are not read are counted and named.
@Suite struct UnreadFrameTests {
    private func ethernet(_ type: [UInt8], _ payload: [UInt8] = [UInt8](repeating: 0, count: 40))
        -> [UInt8]
    {
        [UInt8](repeating: 2, count: 12) + type + payload
    }

    private func counts(_ frames: [(linkType: Int32, bytes: [UInt8])], interface: UInt32 = 1) throws
        -> Counts
    {
        var pipeline = Pipeline(PipelineOptions(), writer: nil)
        for (index, frame) in frames.enumerated() {
            var header = FrameHeader(
                number: UInt64(index + 1), time: 0, capturedLength: frame.bytes.count,
                originalLength: frame.bytes.count, linkType: LinkTypeNumber(rawValue: frame.linkType),
                file: 0)
            header.interface = interface
            try pipeline.receive(header, frame.bytes.span.bytes)
        }
        pipeline.finish()
        return pipeline.counts
    }

    @Test func byKind() throws {
        let unknown = (Int32(1), ethernet([0x12, 0x34]))
        let found = try counts([
            unknown, (1, ethernet([0x08, 0x06])), (220, [1, 2, 3]), unknown, (1, ethernet([0x43, 0x21])),
            unknown,
        ])
        #expect(found.notTCPPackets == 1 && found.packets == 6)
        #expect(found.unread.kinds.map(\.number) == [3, 1, 1])
        #expect(found.unread.kinds.map(\.name).prefix(2) == ["EtherType 0x1234", "EtherType 0x4321"])
        #expect(
            found.text.contains(
                "1 packet not TCP, 3 frames of EtherType 0x1234 not read, 1 frame of EtherType 0x4321"))
        #expect(found.text.contains("1 frame of link type 220 (USB_LINUX_MMAPPED"))
        #expect(found.isSilent && !found.hasProblem)
        #expect(try !counts([]).isSilent)
    }

    /// A file of strange numbers costs no more than so many kinds.
    @Test func tooManyKinds() throws {
        let frames = (0..<1000).map {
            (Int32(1), ethernet([0x20, 0x01] + [UInt8($0 >> 8), UInt8($0 & 255)]))
        }
        #expect(try counts(frames).unread.kinds.count == 1)
        let others = (0..<1000).map { (Int32(1), ethernet([0x30 + UInt8($0 >> 8), UInt8($0 & 255)])) }
        let kinds = try counts(others).unread.kinds
        #expect(kinds.count == UnreadFrames.kindLimit + 1)
        #expect(
            kinds.last?.name == "other kinds"
                && kinds.last?.number == UInt64(1000 - UnreadFrames.kindLimit))
    }

    /// All frames of other captures are of one link type.
    @Test func aCaptureOfOneLinkType() {
        #expect(throws: PipelineError.self) { try counts([(220, [1, 2, 3])], interface: 0) }
    }
}
