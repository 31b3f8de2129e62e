import Capture
import DisplayFilter
import Fields
import Layers
import Reassembly
import Records

/// The notes of the newest packets, where fields of packets are asked for.
///
/// As ``SegmentNotes``, but bounded by bytes, too. One thread owns it; what it answers may be used by any.
final class PacketNotes {
    private var ring: ContiguousArray<PacketNote?> = ContiguousArray(repeating: nil, count: SegmentNotes.usualCapacity)
    /// What the notes in the ring take.
    private var size = 0
    /// No frame of a lower number has a note.
    private var oldest: UInt64 = 1
    private let keepsPayload: Bool
    private var analysis = SequenceAnalysis()
    /// When the frame at hand was captured, and the one before it.
    private var time: Int64?
    private var timeBefore: Int64?

    /// The most bytes that notes take.
    static let sizeLimit = 32 << 20

    /// - Parameter keepsPayload: Somebody looks at the payload of TCP.
    init(keepsPayload: Bool) { self.keepsPayload = keepsPayload }

    /// Nil where neither the writer nor the filter looks at packets.
    convenience init?(for options: PipelineOptions, _ wants: Wants?) {
        let choice = PacketChoice(wants, options.filter?.fields ?? [])
        if choice.isEmpty { return nil }
        self.init(keepsPayload: choice.all.contains(RecordFields.standard.packet.payload))
    }

    /// A frame is about to be received.
    func begin(_ header: FrameHeader) {
        timeBefore = time
        if header.hasTime { time = header.time }
    }

    /// Notes the packet that the frame at hand brings, or completes.
    ///
    /// - Parameter frame: All captured bytes of it.
    func note(_ packet: TCPPacket, _ options: TCPOptions, _ payload: RawSpan, _ header: FrameHeader, _ frame: RawSpan) {
        let place = analysis.receive(packet, options, at: header.time)
        append(
            PacketNote(
                frame: header.number, linkType: header.linkType.rawValue,
                capturedLength: header.withoutDirection(header.capturedLength), length: header.originalLength,
                sinceLast: header.hasTime ? header.time &- (timeBefore ?? header.time) : nil, packet, place,
                headers: Self.bytes(frame.extracting(first: PacketNote.headerLimit)),
                payload: keepsPayload ? Self.bytes(payload) : []))
    }

    /// The note of the packet in that frame, if it is still there.
    subscript(frame: UInt64) -> PacketNote? {
        let note = ring[place(of: frame)]
        return note?.frame == frame ? note : nil
    }

    private func place(of frame: UInt64) -> Int { Int(frame & UInt64(ring.count - 1)) }

    private func append(_ note: PacketNote) {
        let place = place(of: note.frame)
        size += note.size - (ring[place]?.size ?? 0)
        ring[place] = note
        // One that is larger than all may be stays alone.
        let kept = UInt64(ring.count)
        if note.frame > kept { oldest = max(oldest, note.frame &- kept &+ 1) }
        while size > Self.sizeLimit, oldest < note.frame {
            let place = self.place(of: oldest)
            if let old = ring[place], old.frame == oldest {
                size -= old.size
                ring[place] = nil
            }
            oldest &+= 1
        }
    }

    private static func bytes(_ span: RawSpan) -> [UInt8] {
        span.withUnsafeBytes { Array($0) }
    }
}
