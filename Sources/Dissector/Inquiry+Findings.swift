import BitcoinP2P
import Fields
import Insight
import Reassembly
import Records

extension Inquiry {
    /// Takes a message whose checksum was verified.
    func receive(_ finding: borrowing Finding, of sender: StreamSender, number: UInt64, _ bytes: RawSpan) {
        let message = finding.message
        let header = message.header
        let isV2 = finding.packet != nil
        // What was skipped, or did not authenticate, may have been an answer.
        if !finding.before.isEmpty || finding.packet?.packet.lost ?? 0 > 0 {
            resume(sender.side, number, at: finding.first)
        }
        var fact = MessageFact(
            connection: number, side: sender.side, role: sender.role, command: header.command, first: finding.first,
            complete: finding.origin, isReordered: finding.isReordered,
            length: finding.packet?.packet.byteCount ?? message.claimedLength,
            captured: SideFacts.Share(
                bytes: UInt64(finding.packet?.packet.byteCount ?? bytes.byteCount), overhead: finding.overhead),
            isCut: message.payloadLength < Int(header.length), status: message.status, transport: isV2 ? .v2 : .v1,
            network: header.form == .captured ? nil : header.network)
        fact.remarks = finding.remarks
        fact.seesAll = sender.seen == .both
        fact.isDoubtful = finding.doubts != nil
        fact.payloadHash = message.payloadHash
        receive(fact, bytes, from: header.byteCount) {
            sender.ends.map { ($0.sourceText, $0.destinationText) } ?? ([], [])
        }
    }

    /// Takes what is of no message.
    func receive(_ event: StreamEvent, of sender: StreamSender, number: UInt64) {
        func receive(_ count: UInt64, isOpaque: Bool, from start: Origin, to end: Origin) {
            self.receive(
                bytes: count, of: sender.side, number, role: sender.role, isOpaque: isOpaque, from: start.time,
                to: end.time
            ) { sender.ends.map { ($0.sourceText, $0.destinationText) } ?? ([], []) }
        }
        switch event {
        case .gap(let gap): if gap.length > 0 { loseBytes(of: sender.side, number) }
        case .resumed(let origin): resume(sender.side, number, at: origin)
        case .closed(let origin): close(sender.side, number, at: origin.time)
        case .packet(let facts, let arrival):
            if !arrival.before.isEmpty || facts.packet.lost > 0 { resume(sender.side, number, at: arrival.origin) }
            receive(UInt64(facts.packet.byteCount), isOpaque: false, from: arrival.origin, to: arrival.origin)
        case .beginning(let origin, _): receive(0, isOpaque: true, from: origin, to: origin)
        case .encrypted(let direction):
            receive(
                direction.byteCount, isOpaque: true,
                from: Origin(frame: direction.last.frame, time: direction.startTime), to: direction.last)
        case .end(let lost, let origin):
            loseBytes(of: sender.side, number)
            receive(lost.skipped, isOpaque: false, from: origin, to: origin)
        case .failure: loseBytes(of: sender.side, number)
        case .ended: end(number)
        // Their sum comes at the end.
        case .unread: break
        case .otherCopy, .fragmentsDiffer: contest(sender.side, number)
        }
    }
}

extension MessageFramer.Message {
    /// Header and payload, as the header claims; but what was captured, where it claims what no node takes: one forged
    /// header would else be most of a capture's traffic.
    var claimedLength: Int {
        let claimed = Int(header.length)
        return header.byteCount + (claimed > MessageFramer.lengthLimit ? payloadLength : claimed)
    }
}
