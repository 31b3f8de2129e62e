import Insight
import Reassembly

/// What one side of a connection has sent.
struct ObservedSide {
    private struct Flags: OptionSet {
        let rawValue: UInt8

        /// `top` has a meaning.
        static let located = Flags(rawValue: 1)
        /// `acknowledged` has a meaning.
        static let acknowledges = Flags(rawValue: 2)
        /// `syn` has a meaning.
        static let hasSYN = Flags(rawValue: 4)
        static let hasRepeatedSYN = Flags(rawValue: 8)
        /// The SYN was not acknowledged yet.
        static let awaitsAnswer = Flags(rawValue: 16)
        static let hasBareAcknowledgement = Flags(rawValue: 32)
    }

    private(set) var packets: UInt64 = 0
    /// Of all its frames.
    private(set) var wireBytes: UInt64 = 0
    private var payloadBytes: UInt64 = 0
    private var bare = WireCount()
    private var cut = SideFacts.Share()
    private var delivered = SideFacts.Share()
    private var flags: Flags = []
    /// The highest number that it has sent: after its last byte or FIN.
    private(set) var top: UInt32 = 0
    /// What it has acknowledged last.
    private var acknowledged: UInt32 = 0
    /// The number of its SYN, and the one after the bytes that came with it.
    private var synNumber: UInt32 = 0
    private var synEnd: UInt32 = 0
    private var syn = Origin(frame: 0, time: 0)
    private var synRoundTrip: Int64?
    /// The highest number that it stood at without sending anything.
    private var position: UInt32?
    private(set) var flight = Flight()
    /// Where its round trips are kept; -1 while there is none.
    var samples: Int32 = -1

    /// How far numbers may go back in one connection. Farther back another stream of numbers begins, such as one after forged
    /// segments.
    private static let reach: Int32 = 1 << 24

    /// Takes a packet of this side.
    ///
    /// - Returns: When the segment was captured whose end it acknowledges for the first time; nil for none.
    @inline(__always)
    mutating func receive(
        _ packet: ObservedPacket, _ other: inout ObservedSide, _ budget: inout Flight.Budget
    ) -> Int64? {
        packets &+= 1
        wireBytes &+= packet.frameLength
        if !packet.flags.isDisjoint(with: [.syn, .fin, .rst]) { receiveSpecial(packet) }
        if packet.length > 0 {
            payloadBytes &+= packet.length
            if packet.captured < packet.length { noteCut(packet) }
            if packet.flags.isDisjoint(with: [.syn, .rst]) { send(packet, &budget) }
        } else {
            bare.add(packet.frameLength)
            if packet.flags.isDisjoint(with: [.syn, .fin, .rst]), packet.flags.contains(.ack) {
                flags.insert(.hasBareAcknowledgement)
                if flags.contains(.located), Int32(bitPattern: packet.sequence &- top) > 0 {
                    position = packet.sequence
                }
            }
        }
        guard packet.flags.contains(.ack), acknowledged != packet.acknowledgement || !flags.contains(.acknowledges)
        else { return nil }
        acknowledged = packet.acknowledgement
        flags.insert(.acknowledges)
        if other.flags.contains(.awaitsAnswer) { other.answer(packet) }
        return other.flight.acknowledge(packet.acknowledgement)
    }

    /// Notes payload with its FIN.
    @inline(__always)
    private mutating func send(_ packet: ObservedPacket, _ budget: inout Flight.Budget) {
        let (start, end) = (packet.sequence, packet.end)
        if Int32(bitPattern: start &- top) < 0 || !flags.contains(.located) {
            return sendElsewhere(start, end, at: packet.origin.time, &budget)
        }
        top = end
        flight.append(start, end, at: packet.origin.time, &budget)
    }

    /// Notes payload that does not follow what was sent before.
    @inline(never)
    private mutating func sendElsewhere(
        _ start: UInt32, _ end: UInt32, at time: Int64, _ budget: inout Flight.Budget
    ) {
        let ahead = Int32(bitPattern: start &- top)
        if !flags.contains(.located) || ahead < -Self.reach {
            flags.insert(.located)
            flight.removeAll()
            top = end
            flight.append(start, end, at: time, &budget)
            return
        }
        flight.void(start, end)
        if Int32(bitPattern: end &- top) > 0 { top = end }
    }

    /// A packet that is believed comes after a FIN of this side, and has bytes after it.
    func continues(with packet: ObservedPacket) -> Bool {
        packet.length > 0 && Int32(bitPattern: packet.start &- top) >= 0
    }

    /// Notes a SYN, FIN or RST.
    @inline(never)
    private mutating func receiveSpecial(_ packet: ObservedPacket) {
        if packet.flags.contains(.rst) { return }
        if packet.flags.contains(.syn) {
            if isStrange(syn: packet) { return }
            if !flags.contains(.hasSYN) {
                flags.formUnion([.hasSYN, .awaitsAnswer])
                (syn, synNumber, synEnd) = (packet.origin, packet.sequence, packet.end)
            } else {
                flags.insert(.hasRepeatedSYN)
                synRoundTrip = nil
            }
        }
        if packet.length > 0, !packet.flags.contains(.syn) { return }
        if !flags.contains(.located) || Int32(bitPattern: packet.end &- top) > 0 {
            flags.insert(.located)
            top = packet.end
        }
    }

    /// Notes the first acknowledgement of the SYN.
    @inline(never)
    private mutating func answer(_ packet: ObservedPacket) {
        let number = packet.acknowledgement
        // An older one is of another connection.
        guard Int32(bitPattern: number &- synNumber) > 0 else { return }
        flags.remove(.awaitsAnswer)
        if !flags.contains(.hasRepeatedSYN), number == synNumber &+ 1 || number == synEnd {
            synRoundTrip = max(0, packet.origin.time &- syn.time)
        }
    }

    /// A SYN begins another connection than the one at hand, if its answer says so.
    func isStrange(syn packet: ObservedPacket) -> Bool {
        if flags.contains(.hasSYN) { return synNumber != packet.sequence }
        // It may be captured after segments that it precedes.
        return flags.contains(.located) && !(0...65_535).contains(Int32(bitPattern: top &- packet.end))
    }

    @inline(never)
    private mutating func noteCut(_ packet: ObservedPacket) {
        let headers = packet.headerLength
        cut.bytes &+= packet.length &- packet.captured
        cut.overhead &+= headers &- SegmentNote.share(packet.captured, of: headers, packet.length)
    }

    /// Bytes were given to a reader.
    mutating func deliver(_ share: SideFacts.Share) {
        delivered.add(share)
    }

    /// Takes a packet out that was of another connection.
    mutating func remove(_ packet: ObservedPacket) {
        packets &-= 1
        wireBytes &-= packet.frameLength
        if packet.length > 0 {
            payloadBytes &-= packet.length
            if packet.captured < packet.length {
                cut.bytes &-= packet.length &- packet.captured
                let headers = packet.headerLength
                cut.overhead &-= headers &- SegmentNote.share(packet.captured, of: headers, packet.length)
            }
        } else {
            bare.packets &-= 1
            bare.bytes &-= packet.frameLength
        }
    }

    /// Whether `number` is after all that it has sent, but near; a single number may be a FIN's.
    private func lacks(_ number: UInt32) -> Bool {
        flags.contains(.located) && (2...Self.reach).contains(Int32(bitPattern: number &- top))
    }

    /// - Parameter other: The other side.
    func facts(_ endpoint: Endpoint, _ roundTrips: Samples, _ other: ObservedSide) -> SideFacts {
        var facts = SideFacts(endpoint, endpoint.text)
        facts.packets = packets
        if flags.contains(.hasSYN) { facts.syn = syn }
        facts.hasRepeatedSYN = flags.contains(.hasRepeatedSYN)
        facts.synRoundTrip = synRoundTrip
        facts.roundTrips = roundTrips
        facts.lacksEnd = position.map(lacks) == true || other.flags.contains(.acknowledges) && lacks(other.acknowledged)
        facts.hasBareAcknowledgement = flags.contains(.hasBareAcknowledgement)
        facts.payloadBytes = payloadBytes
        facts.bare = bare
        facts.sent.bytes = payloadBytes
        facts.sent.overhead = wireBytes &- bare.bytes &- payloadBytes
        facts.cut = cut
        facts.delivered = delivered
        return facts
    }
}
