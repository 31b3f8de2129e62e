import Support

/// What went to a port, put together in the order of capture: bytes sent again are left out, and a hole ends it.
func stream(to port: UInt16, in frames: [Recorded], start: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    var next: UInt32?
    for segment in frames.compactMap({ TCPSegment($0.bytes, start: start) })
    where segment.destinationPort == port && !segment.payload.isEmpty {
        guard segment.sequence == next ?? segment.sequence else { continue }
        bytes += segment.payload
        next = segment.sequence &+ UInt32(segment.payload.count)
    }
    return bytes
}
