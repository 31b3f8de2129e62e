import Capture
import Layers
import Reassembly

extension FrameHeader {
    /// Bytes of the frame on the wire, never fewer than were captured.
    var wireLength: UInt64 { UInt64(clamping: withoutDirection(max(originalLength, capturedLength))) }

    /// Of a length of this frame those bytes that were on the wire.
    func withoutDirection(_ length: Int) -> Int {
        max(length, 0) &- min(max(length, 0), FrameDirection.length(linkType: linkType.rawValue))
    }
}

/// What is to be known of a packet of TCP: less than a `Segment`.
struct ObservedPacket: BitwiseCopyable {
    let origin: Origin
    let sequence: UInt32
    let acknowledgement: UInt32
    let flags: Segment.Flags
    /// Bytes of payload on the wire, no more than the frame has.
    let length: UInt64
    /// How many of them were captured.
    let captured: UInt64
    /// Bytes on the wire of the frame, or of all frames that brought its fragments.
    let frameLength: UInt64

    /// - Parameter fragmentsLength: See `TCPPacket`.
    @inline(__always)
    init(_ segment: Segment, captured: Int, wireLength: UInt64, fragmentsLength: UInt32, _ origin: Origin) {
        self.origin = origin
        sequence = segment.sequence
        acknowledgement = segment.acknowledgement
        flags = segment.flags
        frameLength = max(wireLength, UInt64(fragmentsLength))
        length = min(UInt64(truncatingIfNeeded: max(segment.wireLength, 0)), frameLength)
        self.captured = min(UInt64(truncatingIfNeeded: captured), length)
    }

    var headerLength: UInt64 { frameLength &- length }

    /// The sequence number of its first payload byte.
    var start: UInt32 { flags.contains(.syn) ? sequence &+ 1 : sequence }

    /// The sequence number after its last byte; a FIN counts as one.
    var end: UInt32 {
        let end = start &+ UInt32(truncatingIfNeeded: length)
        return flags.contains(.fin) ? end &+ 1 : end
    }
}
