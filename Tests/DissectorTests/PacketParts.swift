import Support

extension Packet {
    /// With the checksums of its IPv4 and TCP headers as they should be.
    var withRightChecksum: Packet {
        var packet = self
        guard bytes.count >= 54, bytes[12] == 8, bytes.count == originalLength else { return packet }
        packet.bytes.replaceSubrange(24..<26, with: [0, 0])
        packet.bytes.replaceSubrange(50..<52, with: [0, 0])
        let ip = ~internetSum(packet.bytes[14..<34])
        let length = packet.bytes.count - 34
        let pseudo = Array(packet.bytes[26..<34]) + [0, 6, UInt8(length >> 8), UInt8(length & 255)]
        let tcp = ~internetSum(pseudo + packet.bytes[34...])
        packet.bytes.replaceSubrange(24..<26, with: [UInt8(ip >> 8), UInt8(ip & 255)])
        packet.bytes.replaceSubrange(50..<52, with: [UInt8(tcp >> 8), UInt8(tcp & 255)])
        return packet
    }

    /// The packet in IPv4 fragments, each with so many bytes of the datagram, a multiple of 8.
    func fragments(of size: Int) -> [Packet] {
        let datagram = Array(bytes[34...])
        return stride(from: 0, to: datagram.count, by: size).map { start in
            let part = datagram[start..<min(start + size, datagram.count)]
            var packet = self
            packet.bytes = Array(bytes[..<34]) + part
            let length = 20 + part.count
            let place = start / 8 | (part.endIndex < datagram.count ? 0x2000 : 0)
            packet.bytes.replaceSubrange(16..<18, with: [UInt8(length >> 8), UInt8(length & 255)])
            packet.bytes.replaceSubrange(20..<22, with: [UInt8(place >> 8), UInt8(place & 255)])
            packet.bytes.replaceSubrange(24..<26, with: [0, 0])
            packet.originalLength = packet.bytes.count
            return packet
        }
    }
}
