import Insight
import Support
import Testing

/// Of a capture that has one side of a connection alone, nothing is said of what the other side asked for.
struct OneSideTests {
    @Test(arguments: [true, false]) func blocks(_ ofLower: Bool) throws {
        let packets = try packets("relay.pcap").filter { packet in
            SegmentHeader(packet).map { ($0.flow.from < $0.flow.to) == ofLower } ?? true
        }
        let compact = try rows(.cmpctblock, packets)
        #expect(!compact.isEmpty)
        for row in compact {
            #expect(row["result"] as? String == "unclear")
            #expect(row["mode"] is String == false && row["requested"] is Int == false)
        }
        // Only an inventory announces whatever was asked for.
        for row in try rows(.blocks, packets) where row["row"] as? String == "block" {
            #expect(row["first_how"] as? String == "inv" && row["path"] is String == false)
        }
        let relay = try rows(.relay, packets)
        #expect(!relay.isEmpty)
        for row in relay where row["delivered"] as? Int != 0 { #expect(row["asked"] is Int == false) }
    }

    /// A ping with a nonce of 0 is put before the true one: whether the node has sent it is not known.
    @Test func forgedBytesAccuseNobody() throws {
        var packets = try packets("handshake.pcap")
        let nonce: [UInt8] = [0x70, 0x69, 0x6e, 0x67, 0]
        let place = try #require(
            packets.firstIndex { packet in
                guard let segment = SegmentHeader(packet), segment.payloadLength == 32 else { return false }
                return Array(packet.bytes[(segment.payloadStart + 4)...].prefix(5)) == nonce
            })
        let segment = try #require(SegmentHeader(packets[place]))
        var forged = packets[place]
        let payload = framed("ping", [UInt8](repeating: 0, count: 8), magic: 0xfabf_b5da)
        forged.bytes.replaceSubrange(segment.payloadStart..<segment.payloadStart + 32, with: payload)
        correct(&forged.bytes)
        packets.insert(forged, at: place)
        for row in try rows(.identity, packets) { #expect(row["contradicted"] as? Int == 0) }
    }

    /// A `version` that denies bloom filters is put before the true one: it is no evidence against who sends a filter.
    @Test func forgedVersionsAccuseNobody() throws {
        var packets = try packets("bloom-filter.pcap")
        let places = packets.indices.filter { index in
            guard let segment = SegmentHeader(packets[index]), segment.payloadLength > 100,
                segment.flow.from == 11012
            else { return false }
            return packets[index].bytes[(segment.payloadStart + 4)...].starts(with: "version\0".utf8)
        }
        #expect(!places.isEmpty)
        let ports: Set<UInt16> = [11012]
        func charges(_ packets: [Packet]) throws -> [String] {
            try rows(.violations, packets, ports: ports).map { "\($0["peer"] ?? "") \($0["rule"] ?? "")" }.sorted()
        }
        let truth = try charges(packets)
        for place in places.reversed() {
            let segment = try #require(SegmentHeader(packets[place]))
            var forged = packets[place]
            let length = Int(forged.bytes[segment.payloadStart + 16])
            let payload = segment.payloadStart + 24
            forged.bytes.replaceSubrange(payload + 4..<payload + 12, with: [UInt8](repeating: 0, count: 8))
            let sum = framed("version", Array(forged.bytes[payload..<payload + length]))[20..<24]
            forged.bytes.replaceSubrange(segment.payloadStart + 20..<payload, with: sum)
            correct(&forged.bytes)
            packets.insert(forged, at: place)
        }
        // Rules that only a whole connection shows may be missing.
        #expect(try Set(charges(packets)).isSubset(of: truth))
    }

    /// Sets the TCP checksum of an IPv4 packet in an Ethernet frame.
    private func correct(_ frame: inout [UInt8]) {
        let (ip, tcp) = (14, 14 + Int(frame[14] & 15) * 4)
        frame.replaceSubrange(tcp + 16..<tcp + 18, with: [0, 0])
        let segment = frame[tcp...]
        var bytes = Array(frame[ip + 12..<ip + 20]) + [0, 6] + bigEndian(UInt32(segment.count)).suffix(2) + segment
        if bytes.count % 2 == 1 { bytes.append(0) }
        var sum = stride(from: 0, to: bytes.count, by: 2).reduce(UInt32(0)) {
            $0 + UInt32(bytes[$1]) << 8 + UInt32(bytes[$1 + 1])
        }
        while sum >> 16 > 0 { sum = (sum & 0xffff) + sum >> 16 }
        frame.replaceSubrange(tcp + 16..<tcp + 18, with: bigEndian(~sum).suffix(2))
    }
}
