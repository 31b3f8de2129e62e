import Insight
import Reassembly

/// What the packets of a connection tell that is in one of the reassembler's slots.
struct ObservedConnection {
    let number: UInt64
    private let client: Endpoint
    private let server: Endpoint
    var forward = ObservedSide()
    var backward = ObservedSide()
    private var first: Origin
    private var last: Origin
    private let hasKnownPort: Bool
    /// It is Bitcoin's, as far as is known, and has a place among those with facts.
    var isKnown = false
    var isEncrypted = false
    /// Whether its bytes cannot be told from random ones; nil where they were not looked at.
    private var looksRandom: Bool?
    private var end: ConnectionFacts.End?
    /// What ended it need not have been obeyed.
    private var isEndDoubtful = false
    /// A SYN within the connection, which may begin another one.
    private var proposal: (packet: ObservedPacket, side: Direction)?

    /// What stands where nothing is noted.
    static var none: ObservedConnection {
        let end = Endpoint(ipv4: 0, port: 0)
        return ObservedConnection(
            .max, client: end, server: end, first: Origin(frame: 0, time: 0), hasKnownPort: false)
    }

    init(_ number: UInt64, client: Endpoint, server: Endpoint, first: Origin, hasKnownPort: Bool) {
        self.number = number
        self.client = client
        self.server = server
        self.first = first
        last = first
        self.hasKnownPort = hasKnownPort
    }

    subscript(side: Direction) -> ObservedSide {
        get { side == .forward ? forward : backward }
        _modify { if side == .forward { yield &forward } else { yield &backward } }
    }

    var packets: UInt64 { forward.packets &+ backward.packets }
    var wireBytes: UInt64 { forward.wireBytes &+ backward.wireBytes }

    /// - Returns: When the segment was captured whose end the packet acknowledges for the first time; nil for none.
    @inline(__always)
    mutating func receive(
        _ packet: ObservedPacket, of side: Direction, _ credence: StreamAssembler.Credence,
        _ budget: inout Flight.Budget
    ) -> Int64? {
        last = packet.origin
        if end != nil || !packet.flags.isDisjoint(with: [.syn, .fin, .rst]) { judge(packet, of: side, credence) }
        return side == .forward
            ? forward.receive(packet, &backward, &budget) : backward.receive(packet, &forward, &budget)
    }

    /// Notes how the connection ends, before the packet is taken.
    @inline(never)
    private mutating func judge(_ packet: ObservedPacket, of side: Direction, _ credence: StreamAssembler.Credence) {
        if packet.flags.contains(.syn), self[side].isStrange(syn: packet) { proposal = (packet, side) }
        if let end {
            // Who goes on after it has not sent it, or has not obeyed it.
            let isRefuted = end.isReset ? isEndDoubtful : end.side == side
            if isRefuted, packet.flags.isDisjoint(with: [.syn, .rst]), self[side].continues(with: packet) {
                self.end = nil
            }
        }
        guard end == nil, credence != .none else { return }
        end = ConnectionFacts.End(isReset: packet.flags.contains(.rst), side: side, origin: packet.origin)
        isEndDoubtful = credence == .doubtful
    }

    /// Takes out the SYN that began the connection which comes after this one, if `segment` belongs to it.
    mutating func takeProposal(
        of segment: Segment, from sender: Endpoint, to receiver: Endpoint
    ) -> (syn: ObservedPacket, from: Endpoint)? {
        guard let (syn, side) = proposal else { return nil }
        let (proposer, other) = side == .forward ? (client, server) : (server, client)
        let isFromProposer = sender == proposer && receiver == other
        guard isFromProposer || sender == other && receiver == proposer else { return nil }
        let number = isFromProposer ? segment.sequence : segment.acknowledgement
        // A SYN alone would have begun it itself.
        guard (0..<1 << 24).contains(Int32(bitPattern: number &- syn.sequence &- 1)),
            !segment.flags.contains(.syn) || segment.flags.contains(.ack)
        else { return nil }
        self[side].remove(syn)
        proposal = nil
        return (syn, proposer)
    }

    /// The connection began before the packet by which it came to be known.
    mutating func begin(with packet: ObservedPacket, from sender: Endpoint, _ budget: inout Flight.Budget) {
        first = packet.origin
        _ = receive(packet, of: sender == client ? .forward : .backward, .none, &budget)
    }

    /// A side looks random, or does not: then the connection does not.
    mutating func note(looksRandom isRandom: Bool) { looksRandom = isRandom && looksRandom ?? true }

    /// - Parameter roundTrips: Of the forward and of the backward side.
    func facts(_ roundTrips: (Samples, Samples)) -> ConnectionFacts {
        var facts = ConnectionFacts(
            number: number, forward: forward.facts(client, roundTrips.0, backward),
            backward: backward.facts(server, roundTrips.1, forward), first: first, hasKnownPort: hasKnownPort)
        facts.last = last
        facts.isEncrypted = isEncrypted
        facts.looksRandom = looksRandom ?? false
        facts.end = end
        return facts
    }
}
