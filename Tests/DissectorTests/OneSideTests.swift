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
        // As of a machine whose network card fills the checksum in.
        packets.insert(forged, at: place)
        for row in try rows(.identity, packets) { #expect(row["contradicted"] as? Int == 0) }
    }
}
