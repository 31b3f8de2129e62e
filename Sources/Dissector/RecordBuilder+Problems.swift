import BitcoinP2P
import Fields
import Output
import Records

extension RecordBuilder {
    /// What is wrong with a message, at the end of its line: `[checksum bad]`, `[1448 bytes missing]`.
    mutating func appendProblems(_ finding: Finding, isCut: Bool, isKnown: Bool, isMalformed: Bool) {
        let message = finding.message
        if !isKnown {
            record.info.append(" (unknown command) ")
            record.info.append(decimal: UInt64(message.header.length))
            record.info.append(message.header.length == 1 ? " byte" : " bytes")
        }
        if isMalformed { record.info.append(" [malformed]") }
        if message.status == .bad { record.info.append(" [checksum bad]") }
        if !message.header.isCommandValid { record.info.append(" [command invalid]") }
        if message.header.length > MessageFramer.lengthLimit { note("", UInt64(message.header.length), "claimed") }
        if isCut {
            record.info.append(" [")
            record.info.append(decimal: UInt64(message.payloadLength))
            record.info.append(" of ")
            record.info.append(decimal: UInt64(message.header.length))
            record.info.append(" payload bytes]")
        }
        note(finding.own, "")
        note(finding.before, "before it ")
        note(packetsLost: finding.packet?.packet.lost ?? 0)
        if let doubts = finding.doubts { note(doubts) }
    }

    mutating func note(_ doubts: ByteDoubts) {
        if let copy = doubts.otherCopy {
            record.info.append(" [retransmission differs")
            if copy.makesChecksumRight == true {
                record.info.append(": frame ")
                record.info.append(decimal: copy.frame)
                record.info.append(" makes the checksum right")
            }
            record.info.append("]")
        }
        if let reason = doubts.droppedFor {
            record.info.append(" [segment with ")
            record.info.append(reason.text)
            record.info.append("]")
        }
        if doubts.fragmentsDiffer { record.info.append(" [fragments differ]") }
    }

    mutating func note(_ lost: Loss, _ place: StaticString) {
        if lost.missing > 0 { note(place, lost.missing, "missing") }
        if lost.skipped > 0 { note(place, lost.skipped, "skipped") }
        if lost.isLimited { record.info.append(" [memory limit]") }
    }

    mutating func note(packetsLost count: UInt64) {
        guard count > 0 else { return }
        record.info.append(" [")
        record.info.append(decimal: count)
        record.info.append(count == 1 ? " packet before it lost]" : " packets before it lost]")
    }

    private mutating func note(_ place: StaticString, _ count: UInt64, _ what: StaticString) {
        record.info.append(" [")
        record.info.append(place)
        record.info.append(decimal: count)
        record.info.append(count == 1 ? " byte " : " bytes ")
        record.info.append(what)
        record.info.append("]")
    }
}
