import DisplayFilter
import Fields
import Foundation
import Layers
import Output
import Records
import Support
import Testing

@testable import Dissector

/// What is known of the packet that completed a message.
@Suite struct PacketFieldTests {
    private let ping = framed("ping", Array(1...8))

    init() { Pipeline.declareFields() }

    /// What `-T fields` prints of packets, a line each.
    private func lines(_ packets: [Packet], _ names: [String], filter text: String? = nil) throws -> [String] {
        var options = PipelineOptions()
        if let text {
            options.filter = try Filter(text, resolve: RecordNames.fields(named:), names: { RecordNames.all })
        }
        let columns = try names.map { try #require(RecordNames.column(named: $0), "\($0)") }
        let depth = Depth(holding: columns.flatMap(\.fields))
        return try written(packets, options) {
            FieldsWriter($0, columns: columns, format: FieldsFormat(), depth: depth)
        }
        .split(separator: "\n").map(String.init)
    }

    private func written(
        _ packets: [Packet], _ options: PipelineOptions = PipelineOptions(), _ make: (ByteOutput) -> any RecordSink
    ) throws -> String {
        let file = try #require(tmpfile())
        defer { fclose(file) }
        try feed(packets, to: make(ByteOutput(descriptor: fileno(file))), options)
        var bytes = [UInt8](repeating: 0, count: Int(lseek(fileno(file), 0, SEEK_END)))
        #expect(pread(fileno(file), &bytes, bytes.count, 0) == bytes.count)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func headers() throws {
        var talk = Talk()
        talk.send(.client, ping)
        let names = [
            "eth.src", "eth.dst", "eth.type", "ip.ttl", "frame.cap_len", "frame.protocols", "tcp.flags",
            "tcp.flags.ack", "tcp.flags.push", "tcp.flags.str", "tcp.ack", "tcp.window_size", "tcp.hdr_len",
        ]
        #expect(
            try lines(talk.packets, names) == [
                "02:00:00:00:00:01\t02:00:00:00:00:02\t0x0800\t64\t86\teth:ethertype:ip:tcp:bitcoin\t0x0010\t1\t0"
                    + "\t·······A····\t1\t65535\t20"
            ])
    }

    /// Of a gap, too, which is known by a later frame than the ping after it: programs that read tshark's JSON look for these
    /// in each packet.
    @Test func everyRecordHasAFrame() throws {
        var talk = Talk()
        talk.send(.client, ping + ping + ping, size: 32, losing: [1])
        talk.settle()
        let data = Data(try written(talk.packets) { JSONWriter($0) }.utf8)
        let records = try #require(try JSONSerialization.jsonObject(with: data) as? [[String: Any]])
        let frames = records.compactMap {
            (($0["_source"] as? [String: Any])?["layers"] as? [String: Any])?["frame"] as? [String: Any]
        }
        #expect(frames.count == 3 && records.count == 3)
        #expect(frames.map { $0["frame.number"] as? String } == ["4", "5", "8"])
        #expect(frames.map { $0["frame.len"] as? String } == ["86", "86", "0"])
        #expect(
            frames.map { $0["frame.protocols"] as? String }
                == ["eth:ethertype:ip:tcp:bitcoin", "eth:ethertype:ip:tcp:bitcoin", "ip:tcp:bitcoin"])
    }

    @Test func payloads() throws {
        var talk = Talk()
        talk.send(.client, ping, size: 20)
        let hex = ping.map { String(format: "%02x", $0) }.joined()
        // The frame's is the last segment's.
        #expect(
            try lines(talk.packets, ["bitcoin.payload", "tcp.payload"])
                == ["0102030405060708\t\(hex.suffix(24))"])
        // Nobody else sees them.
        #expect(try lines(talk.packets, ["bitcoin.command"], filter: "bitcoin.payload contains 01:02") == ["ping"])
        #expect(try lines(talk.packets, ["bitcoin.command"], filter: "tcp.payload contains 01:02") == ["ping"])
        #expect(try lines(talk.packets, ["bitcoin.command"], filter: "bitcoin.payload contains 09:02") == [])
    }

    /// A filter on packets shows what columns show.
    @Test func filters() throws {
        var talk = Talk()
        talk.send(.client, ping)
        talk.send(.server, ping)
        for text in [
            "eth.src == 02:00:00:00:00:01", "eth.addr == 02:00:00:00:00:02", "ip.ttl == 64", "tcp.flags.ack == 1",
            "tcp.flags == 0x10", "tcp.flags.syn == 0", "frame.cap_len == 86", "frame.time_delta == 0.001",
            "frame.protocols contains \"tcp\"", "not vlan", "not tcp.analysis.retransmission", "tcp.ack >= 1",
        ] {
            #expect(try lines(talk.packets, ["bitcoin.command"], filter: text).count == 2, "\(text)")
        }
        for text in ["ip.ttl == 63", "vlan.id == 1", "tcp.flags.syn == 1", "tcp.analysis.out_of_order", "ipv6.hlim"] {
            #expect(try lines(talk.packets, ["bitcoin.command"], filter: text) == [], "\(text)")
        }
        // It has been shown at the same time, or a frame later.
        #expect(try lines(talk.packets, ["frame.time_delta_displayed"]) == ["0.000000000", "0.001000000"])
    }

    @Test func tags() throws {
        var talk = Talk()
        talk.send(.client, ping)
        let tagged = talk.packets.map { packet in
            var packet = packet
            packet.bytes.insert(contentsOf: [0x81, 0, 0x20, 0x64, 0x81, 0, 0, 7], at: 12)
            packet.originalLength = packet.bytes.count
            return packet
        }
        #expect(
            try lines(tagged, ["vlan.id", "vlan.priority", "frame.protocols"])
                == ["100,7\t1,0\teth:ethertype:vlan:ethertype:vlan:ethertype:ip:tcp:bitcoin"])
    }

    /// The packet came in fragments: Ethernet and IP are of the last frame, TCP is of the packet.
    @Test func fragments() throws {
        var talk = Talk()
        talk.send(.client, ping)
        let popped = talk.packets.popLast()
        let last = try #require(popped)
        let packets = talk.packets + last.fragments(of: 24)
        #expect(
            try lines(packets, ["frame.number", "eth.src", "ip.flags.mf", "tcp.flags.ack", "frame.protocols"])
                == ["\(packets.count)\t02:00:00:00:00:01\t0\t1\teth:ethertype:ip:tcp:bitcoin"])
    }

    /// Judged by Wireshark's rules, of the frame that completed a message alone.
    @Test func analysis() throws {
        let names = [
            "bitcoin.command", "tcp.analysis.retransmission", "tcp.analysis.out_of_order", "tcp.analysis.lost_segment",
        ]
        // The second half comes first, and at once the other.
        var late = Talk()
        late.packet(.client, Array(ping[16...]), at: 16)
        late.packet(.client, Array(ping[..<16]), at: 0)
        #expect(try lines(late.packets, names) == ["ping\t\t1\t"])
        // It was lost, and comes again after a second.
        var again = Talk()
        again.packet(.client, Array(ping[16...]), at: 16)
        again.time += 1_000_000_000
        again.packet(.client, Array(ping[..<16]), at: 0)
        #expect(try lines(again.packets, names) == ["ping\t1\t\t"])
        // What is before it has not come yet, and completes nothing.
        var lost = Talk()
        lost.send(.client, ping + ping, size: 32)
        lost.lose(.client, 100)
        lost.send(.client, ping)
        lost.settle()
        #expect(try lines(lost.packets, names) == ["ping\t\t\t", "ping\t\t\t", "ping\t\t\t1"])
    }

    /// By a SYN of its own each side says how its window is scaled.
    @Test func windows() throws {
        var talk = Talk(isOpen: true)
        talk.send(.client, ping)
        let names = ["tcp.window_size_value", "tcp.window_size", "tcp.window_size_scalefactor"]
        #expect(try lines(talk.packets, names) == ["65535\t65535\t-1"])
        var other = Talk()
        other.send(.client, ping)
        #expect(try lines(other.packets, names) == ["65535\t65535\t-2"])
    }

    @Test func companions() throws {
        let entry: [UInt8] = [1, 0, 0, 0] + Array(repeating: 7, count: 32)
        var talk = Talk()
        talk.send(.client, framed("inv", [2] + entry + [0xee, 0, 0, 0] + Array(repeating: 8, count: 32)))
        #expect(try lines(talk.packets, ["bitcoin.inv.type", "bitcoin.inv.type.name"]) == ["1,238\tMSG_TX,"])
        #expect(try lines(talk.packets, ["frame.time.epoch"]) == ["1700000000.003000000"])
        #expect(RecordNames.column(named: "bitcoin.inv.count.name") == nil)
        #expect(RecordNames.column(named: ".name") == nil)
    }

    /// A thousand connections, of which only the newest are remembered.
    @Test func analysisIsBounded() throws {
        var analysis = SequenceAnalysis(limit: 4)
        var parser = PacketParser()
        for port in 1...1000 as ClosedRange<UInt16> {
            var talk = Talk(from: port)
            talk.send(.client, ping)
            for (index, packet) in talk.packets.enumerated() {
                _ = parser.parse(
                    packet.bytes.span.bytes, originalLength: packet.originalLength, linkType: 1, time: packet.time
                ) { tcp, options, _ in
                    let place = analysis.receive(tcp, options, at: packet.time)
                    #expect(place.findings == [] && place.acknowledgment == (index == 0 ? 0 : 1))
                }
            }
        }
    }
}
