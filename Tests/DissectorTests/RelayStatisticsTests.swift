import BitcoinP2P
import Capture
import Dissector
import Fields
import Foundation
import Output
import Records
import Support
import Testing

/// Feeds frames, numbered from 1, to a writer, and tells it of beginning and end.
func feed(_ packets: [Packet], to writer: any RecordSink, _ options: PipelineOptions = PipelineOptions()) throws {
    Pipeline.declareFields()
    writer.begin()
    var pipeline = Pipeline(options, writer: writer)
    for (index, packet) in packets.enumerated() {
        try pipeline.receive(
            FrameHeader(
                number: UInt64(index + 1), time: packet.time, capturedLength: packet.bytes.count,
                originalLength: packet.originalLength, linkType: LinkTypeNumber(rawValue: packet.linkType), file: 0),
            packet.bytes.span.bytes)
    }
    pipeline.finish()
    writer.end()
}

/// What a statistic says of frames, a row a line of JSON.
private func rows(_ statistic: Statistic, _ packets: [Packet]) throws -> [[String: Any]] {
    let path = NSTemporaryDirectory() + "statistic-test-" + UUID().uuidString
    let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL, 0o600)
    try #require(descriptor >= 0)
    defer {
        close(descriptor)
        unlink(path)
    }
    try feed(packets, to: statistic.makeWriter(ByteOutput(descriptor: descriptor), .ndjson))
    return try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map {
        try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
}

@Suite struct RelayStatisticsTests {
    private func number(_ row: [String: Any], _ name: String) -> Int { row[name] as? Int ?? -1 }

    /// Counts and bytes per command and direction are those of the node's own log. Node B opened the connection.
    @Test func messagesAreWhatTheNodeLogged() throws {
        let rows = try rows(.messages, packets("relay.pcap"))
        let sent = try Logged.messages("node-b/10.20.0.1_8333/msgs_sent.dat")
        let received = try Logged.messages("node-b/10.20.0.1_8333/msgs_recv.dat")
        func bytes(_ messages: [Logged]) -> Int { messages.reduce(0) { $0 + 24 + $1.payload.count } }
        #expect(number(rows[0], "count") == 256 && sent.count + received.count == 256)
        #expect(number(rows[0], "bytes") == bytes(sent + received))
        var commands = Set((sent + received).map(\.command))
        for row in rows.dropFirst() {
            let command = try #require(row["command"] as? String)
            #expect(commands.remove(command) != nil)
            let (out, back) = (sent.filter { $0.command == command }, received.filter { $0.command == command })
            #expect(number(row, "count") == out.count + back.count, "\(command)")
            #expect(number(row, "bytes") == bytes(out + back), "\(command)")
            #expect(number(row, "count_from_initiator") == out.count, "\(command)")
            #expect(number(row, "bytes_from_initiator") == bytes(out), "\(command)")
            #expect(number(row, "count_from_responder") == back.count, "\(command)")
            #expect(number(row, "bytes_from_responder") == bytes(back), "\(command)")
            #expect(number(row, "problems") == 0)
        }
        #expect(commands.isEmpty)
    }

    @Test func conversation() throws {
        let rows = try rows(.conversations, packets("relay.pcap"))
        try #require(rows.count == 1)
        #expect(rows[0]["initiator"] as? String == "10.20.0.2:52816" && rows[0]["initiator_known"] as? Bool == true)
        #expect(rows[0]["responder"] as? String == "10.20.0.1:8333")
        #expect((rows[0]["initiator_user_agent"] as? String)?.hasPrefix("/Satoshi:28.1") == true)
        #expect((rows[0]["responder_user_agent"] as? String)?.hasPrefix("/Satoshi:28.1") == true)
        #expect(rows[0]["messages"] as? Int == 256)
        let sent = try Logged.messages("node-b/10.20.0.1_8333/msgs_sent.dat")
        #expect(number(rows[0], "messages_from_initiator") == sent.count)
        #expect(number(rows[0], "bytes_from_initiator") == sent.reduce(0) { $0 + 24 + $1.payload.count })
    }

    @Test func encryptedConversation() throws {
        let capture = try packets("relay-v2-encrypted.pcap")
        let all = try dissect(capture).records
        let rows = try rows(.conversations, capture)
        try #require(rows.count == 1 && all.count == 2)
        #expect(rows[0]["transport"] as? String == "v2 encrypted" && rows[0]["messages"] is NSNull)
        #expect(number(rows[0], "bytes") == all[0].length + all[1].length)
        #expect(rows[0]["duration"] as? Double ?? 0 > 10)
    }

    /// Who opened a connection is known from its SYN, or else from the ports.
    @Test(arguments: [
        (false, UInt16(8333), UInt16(50_000), true, true), (true, 8333, 50_000, true, true),
        (true, 50_000, 8333, true, false), (true, 8333, 18_444, false, true), (false, 50_000, 8333, true, true),
        (false, 40_000, 50_000, true, true), (true, 40_000, 50_000, false, true),
    ])
    func initiator(isOpen: Bool, server: UInt16, client: UInt16, isKnown: Bool, isClient: Bool) throws {
        var talk = Talk(server, from: client, isOpen: isOpen)
        talk.send(.client, framed("ping", filler(8)))
        talk.send(.server, framed("pong", filler(8)) + framed("ping", filler(8)))
        let messages = try rows(.messages, talk.packets)[0]
        let (fromClient, fromServer) = isKnown ? (1, 2) : (0, 0)
        #expect(number(messages, "count") == 3)
        #expect(number(messages, "count_from_initiator") == (isClient ? fromClient : fromServer))
        #expect(number(messages, "count_from_responder") == (isClient ? fromServer : fromClient))
        let conversation = try rows(.conversations, talk.packets)[0]
        #expect(conversation["initiator_known"] as? Bool == isKnown)
        #expect(conversation["initiator"] as? String == (isClient ? "192.0.2.1:\(client)" : "198.51.100.7:\(server)"))
    }

    /// Found without a tree, too.
    @Test func problemsAreCounted() throws {
        var talk = Talk()
        talk.send(.client, framed("ping", filler(3)) + framed("inv", [9, 1]) + framed("pong", filler(8), checksum: 1))
        talk.send(.client, framed("ping", filler(8)) + Array(framed("tx", filler(900)).prefix(500)))
        let all = try rows(.messages, talk.packets)
        #expect(all.map { $0["command"] as? String } == [nil, "ping", "inv", "pong", "tx"])
        #expect(all.map { number($0, "problems") } == [4, 1, 1, 1, 1])
    }

    /// Lines are the same whatever else is written beside them.
    @Test func infoDoesNotDependOnDetail() throws {
        let capture = try packets("relay.pcap")
        let full = try dissect(capture).records.map(\.info)
        #expect(try dissect(capture, depth: .summary).records.map(\.info) == full)
        #expect(try dissect(capture, depth: .header).records.map(\.info) == full)
    }
}
