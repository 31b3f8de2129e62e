/// Numbers of frames that mostly ascend, in about a byte each: the differences, seven bits to a byte.
struct FrameList: Sendable {
    private var bytes: [UInt8] = []
    private var last: UInt64 = 0

    var isEmpty: Bool { bytes.isEmpty }

    mutating func append(_ frame: UInt64) {
        // Zigzag: small differences either way are small numbers.
        let difference = Int64(bitPattern: frame &- last)
        var rest = UInt64(bitPattern: difference << 1 ^ difference >> 63)
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
        last = frame
    }

    func forEach(_ body: (UInt64) -> Void) {
        var frame: UInt64 = 0
        var value: UInt64 = 0
        var shift: UInt64 = 0
        for byte in bytes {
            value |= UInt64(byte & 0x7f) << shift
            shift += 7
            guard byte < 0x80 else { continue }
            frame &+= value >> 1 ^ (0 &- (value & 1))
            body(frame)
            value = 0
            shift = 0
        }
    }
}
