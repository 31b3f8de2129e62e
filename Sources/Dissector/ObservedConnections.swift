import Insight
import Reassembly

/// What the packets of all connections tell.
///
/// Of every connection in the reassembler's slots it is noted, since any may turn out to be Bitcoin's; of others than
/// these nothing is kept but a sum once they have left their slots.
struct ObservedConnections {
    /// Connections of Bitcoin's with facts.
    static let knownLimit = 10_000
    /// Others in slots, of which all is noted; of more only the sum is.
    static let candidateLimit = 1 << 15
    /// Round trips of these all together.
    private static let candidateSampleLimit = 1 << 18

    /// The connection in one of the reassembler's slots.
    private struct Slot {
        var connection: UInt64 = .max
        /// Where what is noted of it stands; negative where nothing is.
        var place = Slot.unnoted

        static let unnoted: Int32 = -1
        /// It is one beyond ``knownLimit``.
        static let dropped: Int32 = -2
    }

    /// What came of a connection before the packet was noted that opened it.
    private struct Early {
        let connection: UInt64
        var isRecognised = false
        var isEncrypted = false
        var forward = SideFacts.Share()
        var backward = SideFacts.Share()
    }

    private var slots: ContiguousArray<Slot> = []
    private var connections: ContiguousArray<ObservedConnection> = []
    private var freePlaces: ContiguousArray<Int32> = []
    private var roundTrips = RoundTrips()
    private var budget = Flight.Budget()
    private var early: Early?
    /// Round trips of connections that are not known to be Bitcoin's.
    private var candidateSamples = 0
    private var candidates = 0
    /// Known ones that have left their slots.
    private var finished: [ConnectionFacts] = []
    /// These, and those in slots.
    private var knownCount = 0
    private var dropped: UInt64 = 0
    private var others = WireCount()
}

// MARK: Packets

extension ObservedConnections {
    /// Nothing was noted yet of the connection.
    @inline(__always)
    func isNew(_ stream: StreamID) -> Bool {
        stream.slot >= slots.count || slots[stream.slot].connection != stream.connection
    }

    /// Takes a packet of a connection that is open here.
    @inline(__always)
    mutating func receive(_ packet: ObservedPacket, of stream: StreamID, _ credence: StreamAssembler.Credence) {
        let place = Int(slots[stream.slot].place)
        guard place >= 0 else { return others.add(packet.frameLength) }
        guard let sent = connections[place].receive(packet, of: stream.direction, credence, &budget) else { return }
        addRoundTrip(max(0, packet.origin.time &- sent), of: stream.direction.opposite, at: place)
    }

    /// - Parameter side: The one that has waited.
    @inline(__always)
    private mutating func addRoundTrip(_ time: Int64, of side: Direction, at place: Int) {
        if !connections[place].isKnown {
            guard candidateSamples < Self.candidateSampleLimit else { return }
            candidateSamples &+= 1
        }
        if side == .forward {
            roundTrips.add(time, at: &connections[place].forward.samples)
        } else {
            roundTrips.add(time, at: &connections[place].backward.samples)
        }
    }

    /// Takes in a connection whose first packet has come; the one that had its slot before has left it.
    mutating func open(
        _ stream: StreamID, _ segment: Segment, at origin: Origin, from: Endpoint, to: Endpoint, hasKnownPort: Bool
    ) {
        while slots.count <= stream.slot { slots.append(Slot()) }
        let former = Int(slots[stream.slot].place)
        var proposal: (syn: ObservedPacket, from: Endpoint)?
        if former >= 0 {
            proposal = connections[former].takeProposal(of: segment, from: from, to: to)
            leave(former)
        }
        slots[stream.slot] = Slot(connection: stream.connection)
        let (client, server) = stream.direction == .forward ? (from, to) : (to, from)
        var connection = ObservedConnection(
            stream.connection, client: client, server: server, first: origin, hasKnownPort: hasKnownPort)
        if let proposal { connection.begin(with: proposal.syn, from: proposal.from, &budget) }
        if let early, early.connection == stream.connection {
            connection[.forward].deliver(early.forward)
            connection[.backward].deliver(early.backward)
            connection.isEncrypted = early.isEncrypted
            if early.isRecognised || hasKnownPort { connection.isKnown = true }
        } else {
            connection.isKnown = hasKnownPort
        }
        insert(connection, stream.slot)
    }

    private mutating func insert(_ connection: ObservedConnection, _ slot: Int) {
        let isRoom = connection.isKnown ? knownCount < Self.knownLimit : candidates < Self.candidateLimit
        guard isRoom else {
            add(connection)
            if connection.isKnown { drop(slot) }
            return
        }
        if connection.isKnown { knownCount += 1 } else { candidates += 1 }
        if let place = freePlaces.popLast() {
            connections[Int(place)] = connection
            slots[slot].place = place
        } else {
            slots[slot].place = Int32(truncatingIfNeeded: connections.count)
            connections.append(connection)
        }
    }

    /// Counts a connection without facts.
    private mutating func add(_ connection: borrowing ObservedConnection) {
        others.packets &+= connection.packets
        others.bytes &+= connection.wireBytes
    }

    private mutating func drop(_ slot: Int) {
        slots[slot].place = Slot.dropped
        dropped &+= 1
    }

    /// Closes what is noted of a connection.
    private mutating func leave(_ place: Int) {
        if connections[place].isKnown {
            let trips = (
                roundTrips.take(connections[place].forward.samples),
                roundTrips.take(connections[place].backward.samples)
            )
            finished.append(connections[place].facts(trips))
        } else {
            fold(place)
        }
        budget.places += connections[place].forward.flight.cost + connections[place].backward.flight.cost
        connections[place] = .none
        freePlaces.append(Int32(truncatingIfNeeded: place))
    }

    /// Leaves of a connection that is not known nothing but its sum.
    private mutating func fold(_ place: Int) {
        add(connections[place])
        candidates -= 1
        let forward = roundTrips.forget(connections[place].forward.samples)
        let backward = roundTrips.forget(connections[place].backward.samples)
        candidateSamples -= Int(truncatingIfNeeded: forward &+ backward)
    }
}

// MARK: What readers find

extension ObservedConnections {
    /// A direction was found to be of Bitcoin's.
    mutating func recognise(_ stream: StreamID, isEncrypted: Bool) {
        if isNew(stream) {
            change(stream) { early in
                early.isRecognised = true
                if isEncrypted { early.isEncrypted = true }
            }
            return
        }
        let place = Int(slots[stream.slot].place)
        if place >= 0 {
            if isEncrypted { connections[place].isEncrypted = true }
            if !connections[place].isKnown { promote(place, stream.slot) }
        } else if slots[stream.slot].place == Slot.unnoted {
            // Its first packets are counted with others.
            drop(stream.slot)
        }
    }

    /// A candidate turns out to be Bitcoin's.
    private mutating func promote(_ place: Int, _ slot: Int) {
        if knownCount < Self.knownLimit {
            let (forward, backward) = (connections[place].forward.samples, connections[place].backward.samples)
            candidateSamples -= Int(
                truncatingIfNeeded: roundTrips[forward].count &+ roundTrips[backward].count)
            candidates -= 1
            knownCount += 1
            connections[place].isKnown = true
        } else {
            leave(place)
            drop(slot)
        }
    }

    /// A stream looks random, or does not.
    mutating func note(looksRandom: Bool, of stream: StreamID) {
        guard !isNew(stream), slots[stream.slot].place >= 0 else { return }
        connections[Int(slots[stream.slot].place)].note(looksRandom: looksRandom)
    }

    /// Bytes were given to a reader.
    mutating func deliver(_ share: SideFacts.Share, of stream: StreamID) {
        if isNew(stream) {
            change(stream) { early in
                if stream.direction == .forward {
                    early.forward.add(share)
                } else {
                    early.backward.add(share)
                }
            }
            return
        }
        let place = Int(slots[stream.slot].place)
        if place >= 0 { connections[place][stream.direction].deliver(share) }
    }

    /// Changes what came of a connection that is not open yet.
    private mutating func change(_ stream: StreamID, _ body: (inout Early) -> Void) {
        var early = early ?? Early(connection: stream.connection)
        if early.connection != stream.connection { early = Early(connection: stream.connection) }
        body(&early)
        self.early = early
    }

    /// Writes what is known so far.
    func report(into facts: inout CaptureFacts) {
        facts.known = finished
        facts.otherTCP = others
        facts.dropped = dropped
        for slot in slots where slot.place >= 0 {
            let connection = connections[Int(slot.place)]
            if connection.isKnown {
                let trips = (roundTrips[connection.forward.samples], roundTrips[connection.backward.samples])
                facts.known.append(connection.facts(trips))
            } else {
                facts.otherTCP.packets &+= connection.packets
                facts.otherTCP.bytes &+= connection.wireBytes
            }
        }
        facts.known.sort { $0.number < $1.number }
    }
}
