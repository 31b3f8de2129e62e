import Support

/// What network cards and middleboxes do to segments, offloading and sending anew: the bytes stay, their packets do not.
extension Packet {
    /// Two frames with the segment's bytes before and from `place` on; nil where it has fewer, or they are not all there.
    func split(at place: Int) -> (Packet, Packet)? {
        guard let segment = SegmentHeader(self), 0 < place, place < segment.payloadLength,
            bytes.count >= segment.payloadStart + segment.payloadLength
        else { return nil }
        let payload = bytes[segment.payloadStart..<segment.payloadStart + segment.payloadLength]
        // What ends the stream stands in the second.
        let first = rebuilt(
            segment, payload.prefix(place), sequence: segment.sequence,
            flags: segment.flags.subtracting([.fin, .reset]))
        let second = rebuilt(
            segment, payload.dropFirst(place), sequence: segment.sequence &+ UInt32(place),
            flags: segment.flags.subtracting(.syn))
        return (first, second)
    }

    /// One frame with the bytes of both; nil where the other segment does not follow this one, or they are too long for
    /// one datagram.
    func merged(with next: Packet) -> Packet? {
        guard let segment = SegmentHeader(self), let other = SegmentHeader(next), segment.flow == other.flow,
            segment.payloadLength > 0, other.payloadLength > 0, segment.flags.isDisjoint(with: [.syn, .fin, .reset]),
            other.sequence == segment.sequence &+ UInt32(segment.payloadLength),
            segment.payloadLength + other.payloadLength < 60_000,
            bytes.count >= segment.payloadStart + segment.payloadLength,
            next.bytes.count >= other.payloadStart + other.payloadLength
        else { return nil }
        let payload =
            bytes[segment.payloadStart..<segment.payloadStart + segment.payloadLength]
            + next.bytes[other.payloadStart..<other.payloadStart + other.payloadLength]
        return rebuilt(segment, payload, sequence: segment.sequence, flags: segment.flags.union(other.flags))
    }

    /// The same headers before another payload.
    private func rebuilt(
        _ segment: SegmentHeader, _ payload: ArraySlice<UInt8>, sequence: UInt32, flags: Talk.Flags
    ) -> Packet {
        var packet = self
        packet.bytes = Array(bytes.prefix(segment.payloadStart) + payload)
        packet.originalLength = packet.bytes.count
        let isSix = bytes[12] == 0x86
        let ip = 14
        let length = packet.bytes.count - (isSix ? ip + 40 : ip)
        let place = isSix ? ip + 4 : ip + 2
        packet.bytes.replaceSubrange(place..<place + 2, with: [UInt8(length >> 8), UInt8(length & 255)])
        let tcp = isSix ? ip + 40 : ip + Int(bytes[ip] & 15) * 4
        packet.bytes.replaceSubrange(tcp + 4..<tcp + 8, with: bigEndian(sequence))
        packet.bytes[tcp + 13] = flags.rawValue
        // The sums are left to the card.
        packet.bytes.replaceSubrange(tcp + 16..<tcp + 18, with: [0, 0])
        if !isSix { packet.bytes.replaceSubrange(ip + 10..<ip + 12, with: [0, 0]) }
        return packet
    }
}
