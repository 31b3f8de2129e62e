/// One frame to write into a capture that a test makes.
struct SampleFrame {
    var seconds: UInt32 = 1_700_000_000
    /// Micro- or nanoseconds, as the file has them.
    var fraction: UInt32 = 0
    var bytes: [UInt8] = []
    /// What the frame's header claims; the true length where nil.
    var capturedLength: UInt32?
    var originalLength: UInt32?
}

/// The numbers of a capture file in one of the two byte orders.
struct ByteWriter {
    var isBigEndian = false
    var bytes: [UInt8] = []

    mutating func put<Number: FixedWidthInteger & UnsignedInteger>(_ values: Number...) {
        for value in values {
            withUnsafeBytes(of: isBigEndian ? value.bigEndian : value.littleEndian) { bytes += $0 }
        }
    }
}

/// A pcap file.
func pcap(
    _ frames: [SampleFrame], linkType: UInt32 = 1, nanoseconds: Bool = false, bigEndian: Bool = false
) -> [UInt8] {
    var file = ByteWriter(isBigEndian: bigEndian)
    file.put(nanoseconds ? 0xa1b2_3c4d : 0xa1b2_c3d4 as UInt32)
    file.put(2, 4 as UInt16)
    file.put(0, 0, 262_144, linkType as UInt32)
    for frame in frames {
        let length = UInt32(frame.bytes.count)
        file.put(frame.seconds, frame.fraction, frame.capturedLength ?? length, frame.originalLength ?? length)
        file.bytes += frame.bytes
    }
    return file.bytes
}

/// An interface of a pcapng file.
struct SampleInterface {
    var linkType: UInt16 = 1
    var snapLength: UInt32 = 262_144
    /// The power of ten of its time units: 6 for micro-, 9 for nanoseconds.
    var resolution: UInt8 = 9
}

/// A pcapng file: a section header, the interfaces, and the frames with the index of their interface.
func pcapng(
    _ frames: [(interface: UInt32, units: UInt64, bytes: [UInt8])], interfaces: [SampleInterface] = [SampleInterface()],
    bigEndian: Bool = false
) -> [UInt8] {
    var file = ByteWriter(isBigEndian: bigEndian)
    func block(_ type: UInt32, _ fill: (inout ByteWriter) -> Void) {
        var body = ByteWriter(isBigEndian: bigEndian)
        fill(&body)
        while body.bytes.count % 4 != 0 { body.bytes.append(0) }
        let length = UInt32(body.bytes.count + 12)
        file.put(type, length)
        file.bytes += body.bytes
        file.put(length)
    }
    block(0x0a0d_0d0a) {
        $0.put(0x1a2b_3c4d as UInt32)
        $0.put(1, 0 as UInt16)
        $0.put(UInt64.max)
    }
    for interface in interfaces {
        block(1) {
            $0.put(interface.linkType, 0)
            $0.put(interface.snapLength)
            $0.put(9, 1 as UInt16)  // if_tsresol
            $0.bytes += [interface.resolution, 0, 0, 0]
            $0.put(0, 0 as UInt16)
        }
    }
    for frame in frames {
        let length = UInt32(frame.bytes.count)
        block(6) {
            $0.put(frame.interface, UInt32(frame.units >> 32), UInt32(truncatingIfNeeded: frame.units), length, length)
            $0.bytes += frame.bytes
        }
    }
    return file.bytes
}

/// `count` frames of different lengths and contents, a millisecond apart.
func sampleFrames(_ count: Int) -> [SampleFrame] {
    (0..<count).map { index in
        let length = 60 + index * 7 % 1_400
        return SampleFrame(
            fraction: UInt32(index % 1_000) * 1_000,
            bytes: (0..<length).map { UInt8(truncatingIfNeeded: index &* 31 &+ $0) }
        )
    }
}
