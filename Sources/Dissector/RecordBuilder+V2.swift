import BitcoinP2P
import Fields
import Layers
import Output
import Reassembly
import Records

// Records of v2 transport (BIP 324) that are no messages.
extension RecordBuilder {
    /// What a message is called: its command, or the number that stands for none.
    mutating func appendName(of header: MessageHeader, _ bytes: RawSpan) {
        if header.form == .shortPacket, header.command.nameLength == 0, bytes.byteCount > PacketContents.headerLength {
            record.info.append("short id ")
            let identifier = bytes.unsafeLoad(fromByteOffset: PacketContents.headerLength, as: UInt8.self)
            record.info.append(decimal: UInt64(identifier))
        } else {
            header.command.append(to: &record.info)
        }
    }

    /// Fills ``record`` with a packet that has no message: a decoy, or the one that negotiates the transport.
    mutating func buildPacket(
        _ facts: V2PacketLayout.Facts, _ arrival: PacketArrival, of sender: StreamSender, number: UInt64,
        _ bytes: RawSpan,
        depth: Depth, wantsInfo: Bool
    ) {
        start(arrival.origin, arrival.frames, of: sender, number: number)
        record.protocolName = "BitcoinV2"
        record.transport = .v2
        record.ending = .packet
        record.doubts = arrival.doubts?.kinds ?? []
        record.length = facts.packet.byteCount
        record.ciphertext = facts.ciphertext
        record.hasProblem = !arrival.before.isEmpty || facts.packet.lost > 0
        if wantsInfo { appendInfo(facts, arrival, bytes) }
        guard depth != .summary else { return }
        appendOrigin(sender, number, arrival.segment, arrival.packetNote)
        var sink = TreeSink(takeTree())
        let layer = sink.open(fields.bitcoin, at: 0, value: 0, flags: [])
        var cursor = Cursor(bytes, sink)
        // A packet that was opened has its header.
        do throws(Stop) { try fields.v2.layout(&cursor, facts, hasMessage: false) } catch {}
        fields.appendLoss(arrival.before, arrival.doubts, &cursor.sink)
        sink = cursor.finish()
        sink.close(layer, at: bytes.byteCount)
        record.tree = sink.tree
        appendAsked(arrival.packetNote)
    }

    private mutating func appendInfo(_ facts: V2PacketLayout.Facts, _ arrival: PacketArrival, _ bytes: RawSpan) {
        record.info.append("v2 transport: ")
        if let count = facts.packet.garbageLength {
            record.info.append("key, ")
            append(count, "byte", "bytes")
            record.info.append(" of garbage, ")
        }
        if PacketContents.isDecoy(bytes) {
            record.info.append("decoy packet")
        } else {
            record.info.append(facts.packet.isVersion ? "version packet" : "packet without a message")
        }
        record.info.append(", ")
        append(bytes.byteCount - PacketContents.headerLength, "byte", "bytes")
        note(arrival.before, "before it ")
        note(packetsLost: facts.packet.lost)
        if let doubts = arrival.doubts { note(doubts) }
    }

    private mutating func append(_ count: Int, _ one: StaticString, _ many: StaticString) {
        record.info.append(decimal: count)
        record.info.append(" ")
        record.info.append(count == 1 ? one : many)
    }

    /// Fills ``record`` with what is known of an encrypted direction.
    mutating func buildEncrypted(
        _ direction: EncryptedDirection, of sender: StreamSender, number: UInt64, depth: Depth, wantsInfo: Bool
    ) {
        start(direction.last, [], of: sender, number: number)
        record.protocolName = "BitcoinV2"
        record.transport = .v2Encrypted
        record.ending = .direction
        record.length = Int(clamping: direction.byteCount)
        record.hasProblem = direction.missing > 0
        record.startTime = direction.startTime
        let duration = direction.last.time &- record.startTime
        if wantsInfo {
            record.info.append("v2 transport (BIP 324), encrypted: ")
            record.info.append(decimal: direction.byteCount)
            record.info.append(" bytes in ")
            TimeText.append(nanoseconds: duration, decimals: 6, to: &record.info)
            record.info.append(" s")
            if direction.isUnanswered { record.info.append(", closed unanswered, as by a peer that speaks only v1") }
            note(Loss(missing: direction.missing), "")
        }
        guard depth != .summary else { return }
        appendTransport(sender, number: number, bytes: direction.key.count) { sink, fields in
            sink.leaf(fields.v2.key, at: 0, length: direction.key.count, value: 0, flags: [])
            sink.generate(fields.v2Bytes, value: direction.byteCount, RawSpan())
            sink.generate(fields.v2Duration, value: UInt64(bitPattern: duration), RawSpan())
            if direction.missing > 0 { sink.generate(fields.missing, value: direction.missing, RawSpan()) }
            if direction.isUnanswered { sink.annotate(fields.problems.unanswered, value: 0) }
        }
    }

    /// Fills ``record`` with the beginning of a connection that is encrypted, and cannot be read yet. It is of no bytes,
    /// since those are counted later.
    mutating func buildBeginning(
        _ origin: Origin, of sender: StreamSender, number: UInt64, waitsForKey: Bool, depth: Depth, wantsInfo: Bool
    ) {
        start(origin, [], of: sender, number: number)
        record.protocolName = "BitcoinV2"
        record.transport = .v2Encrypted
        record.ending = .packet
        record.length = 0
        record.hasProblem = false
        if wantsInfo {
            record.info.append("v2 transport (BIP 324) begins, encrypted: ")
            record.info.append(waitsForKey ? "waiting for its key" : "no key")
        }
        guard depth != .summary else { return }
        let length = TransportDetector.v2KeyLength
        appendTransport(sender, number: number, bytes: length) { sink, fields in
            sink.leaf(fields.v2.key, at: 0, length: length, value: 0, flags: [])
        }
    }

    /// Fills ``record`` with what does not authenticate; its bytes are not shown.
    mutating func buildFailure(
        _ failure: V2Framer.Failure, _ origin: Origin, of sender: StreamSender, number: UInt64, depth: Depth,
        wantsInfo: Bool
    ) {
        start(origin, [], of: sender, number: number)
        record.protocolName = "BitcoinV2"
        record.transport = .v2
        record.ending = .packet
        if case .notAuthentic = failure {} else { record.transport = .v2Encrypted }
        record.length = 0
        record.hasProblem = true
        if wantsInfo {
            record.info.append("v2 transport: ")
            switch failure {
            case .noTerminator(let searched):
                record.info.append("the secret in the key log does not open this connection: no garbage terminator in ")
                append(searched, "byte", "bytes")
            case .garbageTooLong(let count):
                record.info.append("more than ")
                append(V2Framer.garbageLimit, "byte", "bytes")
                record.info.append(" of garbage, at least ")
                record.info.append(decimal: count)
                record.info.append(": receivers disconnect")
            case .endedInGarbage(let count):
                record.info.append("closed without a garbage terminator, after key and ")
                append(count, "byte", "bytes")
            case .notAuthentic(let packet):
                record.info.append("packet ")
                record.info.append(decimal: packet)
                record.info.append(" does not authenticate")
            }
        }
        guard depth != .summary else { return }
        appendTransport(sender, number: number, bytes: 0) { sink, fields in
            switch failure {
            case .noTerminator:
                sink.generate(fields.v2.authentication, value: 0, RawSpan())
                sink.annotate(fields.problems.secretWrong, value: 0)
            case .garbageTooLong(let count):
                sink.generate(fields.v2.garbageLength, value: UInt64(UInt16(clamping: count)), RawSpan())
                sink.annotate(fields.problems.garbageTooLong, value: 0)
            case .endedInGarbage:
                sink.generate(fields.v2.authentication, value: 0, RawSpan())
                sink.annotate(fields.problems.terminatorMissing, value: 0)
            case .notAuthentic(let packet):
                sink.generate(fields.v2.number, value: packet, RawSpan())
                sink.generate(fields.v2.authentication, value: 0, RawSpan())
                sink.annotate(fields.problems.packetNotAuthentic, value: 0)
            }
        }
    }

    /// Fills ``record`` with what was lost at the end of a direction that was decrypted up to there.
    mutating func buildEnd(
        _ lost: Loss, _ origin: Origin, of sender: StreamSender, number: UInt64, depth: Depth, wantsInfo: Bool
    ) {
        start(origin, [], of: sender, number: number)
        record.protocolName = "BitcoinV2"
        record.transport = .v2
        record.ending = .packet
        record.length = Int(clamping: lost.skipped)
        record.hasProblem = true
        if wantsInfo {
            record.info.append("v2 transport: the end of this direction could not be decrypted")
            note(lost, "")
        }
        guard depth != .summary else { return }
        appendTransport(sender, number: number, bytes: 0) { sink, fields in fields.appendLoss(lost, nil, &sink) }
    }

    /// Frame, IP, TCP, and under the protocol the transport's node with what `body` makes.
    private mutating func appendTransport(
        _ sender: StreamSender, number: UInt64, bytes: Int, _ body: (inout TreeSink, RecordFields) -> Void
    ) {
        appendOrigin(sender, number, nil)
        var sink = TreeSink(takeTree())
        record.protocolNode = sink.tree.nodes.count
        let layer = sink.open(fields.bitcoin, at: 0, value: 0, flags: [])
        let group = sink.open(fields.v2.packet, at: 0, value: 0, flags: [])
        body(&sink, fields)
        sink.close(group, at: bytes)
        sink.close(layer, at: bytes)
        record.tree = sink.tree
        appendAsked()
    }
}
