import Layers
import Reassembly

/// What a segment is among those of its connection so far, as Wireshark judges it.
struct SequencePlace: Sendable {
    struct Findings: OptionSet, Sendable {
        let rawValue: UInt8
        static let retransmission = Findings(rawValue: 1)
        static let fastRetransmission = Findings(rawValue: 2)
        static let spuriousRetransmission = Findings(rawValue: 4)
        static let outOfOrder = Findings(rawValue: 8)
        static let lostSegment = Findings(rawValue: 16)
    }

    var findings: Findings = []
    /// Counted from the other side's first byte, which is 1.
    var acknowledgment: UInt32 = 0
    /// Scaled, in bytes.
    var window: UInt32 = 0
    var scale = WindowScale.unknown
}

/// By what a sender's window is multiplied.
enum WindowScale: Sendable {
    /// Nobody saw the connection begin.
    case unknown
    /// One side does not scale.
    case none
    case factor(UInt32)

    /// Wireshark's number for it.
    var number: Int64 {
        switch self {
        case .unknown: -1
        case .none: -2
        case .factor(let factor): Int64(factor)
        }
    }
}

/// Judges segments in the order of the capture by Wireshark's rules, which look at numbers, windows and times alone,
/// and are less strict than reassembly's. Of connections beyond `limit` the oldest are forgotten, and begin anew.
struct SequenceAnalysis {
    /// What one side has sent.
    private struct Side {
        /// The number before the first byte; nil until it is known.
        var base: UInt32?
        /// After the highest byte so far, and when that came; nil before the first segment.
        var next: UInt32?
        var nextTime: Int64 = 0
        var acknowledged: UInt32?
        var acknowledgedTime: Int64 = 0
        /// How often the same byte was acknowledged again.
        var repeats = 0
        var window: UInt16 = 0
        /// Of its SYN.
        var scale = WindowScale.unknown
    }

    private struct Conversation {
        var sides = (Side(), Side())
        var synTime: Int64?
        /// From the SYN to the segment that answers its answer.
        var roundTrip: Int64?
    }

    private var conversations: RecentTable<FlowKey, Conversation>

    init(limit: Int = 1 << 16) { conversations = RecentTable(limit: limit) }

    /// Takes a segment.
    ///
    /// - Parameter time: Nanoseconds; may be nonsense.
    mutating func receive(_ packet: TCPPacket, _ options: TCPOptions, at time: Int64) -> SequencePlace {
        let from = Endpoint(packet.source, packet.sourcePort)
        let key = FlowKey(from, Endpoint(packet.destination, packet.destinationPort))
        var conversation = conversations[key] ?? Conversation()
        let isFirst = key.first == from
        var own = isFirst ? conversation.sides.0 : conversation.sides.1
        var other = isFirst ? conversation.sides.1 : conversation.sides.0
        let isSYN = packet.flags.contains(.syn)
        let acknowledges = packet.flags.contains(.ack)
        if isSYN, !acknowledges, let base = own.base, base != packet.sequence {
            // Another connection between the same ends.
            conversation = Conversation()
            (own, other) = (Side(), Side())
        }
        begin(packet, options, time, &own, &other, &conversation)

        var place = SequencePlace()
        place.findings = Self.findings(packet, time, own, other, conversation.roundTrip ?? Self.usualRoundTrip)
        Self.advance(packet, time, &own, other)
        // Known by now where the segment acknowledges anything.
        if acknowledges, let base = other.base { place.acknowledgment = packet.acknowledgment &- base }
        (place.window, place.scale) = Self.window(packet, own, other)

        conversation.sides = isFirst ? (own, other) : (other, own)
        conversations.set(conversation, for: key)
        return place
    }

    /// How long a segment may be late that was not sent again, where the connection's round trip is not known.
    private static let usualRoundTrip: Int64 = 3_000_000
    /// How soon after repeated acknowledgements what is sent again counts as fast.
    private static let fastLimit: Int64 = 20_000_000

    private func begin(
        _ packet: TCPPacket, _ options: TCPOptions, _ time: Int64, _ own: inout Side, _ other: inout Side,
        _ conversation: inout Conversation
    ) {
        let acknowledges = packet.flags.contains(.ack)
        if packet.flags.contains(.syn) {
            own.base = packet.sequence
            own.scale = options.windowShift.map { .factor(1 &<< UInt32(min($0, 14))) } ?? .none
            if !acknowledges { conversation.synTime = time }
        } else {
            if own.base == nil { own.base = packet.sequence &- 1 }
            if conversation.roundTrip == nil, acknowledges, let start = conversation.synTime, other.base != nil {
                conversation.roundTrip = time &- start
            }
        }
        if other.base == nil, acknowledges { other.base = packet.acknowledgment &- 1 }
    }

    private static func window(_ packet: TCPPacket, _ own: Side, _ other: Side) -> (UInt32, WindowScale) {
        let plain = UInt32(packet.window)
        switch (own.scale, other.scale) {
        case (.unknown, _): return (plain, .unknown)
        case (.none, _), (_, .none): return (plain, .none)
        // That of a SYN is never scaled.
        case (.factor(let factor), _):
            return packet.flags.contains(.syn) ? (plain, own.scale) : (plain &* factor, own.scale)
        }
    }

    /// Whether a number comes after another one, as numbers wrap around.
    private static func isAfter(_ one: UInt32, _ other: UInt32) -> Bool { Int32(bitPattern: one &- other) > 0 }

    /// Bytes of the payload, by the length on the wire.
    private static func length(_ packet: TCPPacket) -> UInt32 { UInt32(clamping: packet.wireLength) }

    private static func findings(
        _ packet: TCPPacket, _ time: Int64, _ own: Side, _ other: Side, _ roundTrip: Int64
    ) -> SequencePlace.Findings {
        guard let next = own.next else { return [] }
        let (sequence, length) = (packet.sequence, length(packet))
        var findings: SequencePlace.Findings = []
        if isAfter(sequence, next), !packet.flags.contains(.rst) { findings.insert(.lostSegment) }
        let takesNumbers = length > 0 || !packet.flags.isDisjoint(with: [.syn, .fin])
        let isKeepAlive =
            length <= 1 && sequence == next &- 1 && packet.flags.isDisjoint(with: [.syn, .fin, .rst])
        guard takesNumbers, !isKeepAlive else { return findings }
        // One byte less is a probe of a closed window, after which the segment is new.
        let isOld = isAfter(next, sequence) && !(length > 1 && sequence == next &- 1)
        let end = sequence &+ length
        if length > 0, let acknowledged = other.acknowledged, !isAfter(end, acknowledged) {
            findings.formUnion([.retransmission, .spuriousRetransmission])
        } else if isOld, other.repeats >= 2, other.acknowledged == sequence,
            time &- other.acknowledgedTime < fastLimit
        {
            findings.formUnion([.retransmission, .fastRetransmission])
        } else if isOld, time &- own.nextTime < roundTrip, end != next {
            findings.insert(.outOfOrder)
        } else if isOld {
            findings.insert(.retransmission)
        }
        return findings
    }

    private static func advance(_ packet: TCPPacket, _ time: Int64, _ own: inout Side, _ other: Side) {
        let (flags, length) = (packet.flags, length(packet))
        var isRepeat = length == 0 && packet.window != 0 && packet.window == own.window
        if packet.sequence != own.next || packet.acknowledgment != own.acknowledged { isRepeat = false }
        if !flags.isDisjoint(with: [.syn, .fin, .rst]) { isRepeat = false }
        own.repeats = isRepeat ? own.repeats &+ 1 : 0
        let control: UInt32 = flags.isDisjoint(with: [.syn, .fin]) ? 0 : 1
        let end: UInt32 = packet.sequence &+ length &+ control
        if own.next.map({ isAfter(end, $0) }) ?? true {
            own.next = end
            own.nextTime = time
        }
        own.window = packet.window
        guard flags.contains(.ack) else { return }
        own.acknowledged = packet.acknowledgment
        own.acknowledgedTime = time
    }
}
