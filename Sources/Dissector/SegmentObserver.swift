import Capture
import Fields
import Insight
import Layers
import Reassembly

/// Notes what packets tell, whatever they carry: a companion of the pipeline, which shows it all packets.
final class SegmentObserver {
    // One thread owns it, and no method calls back: accesses that are checked would cost as much as all the rest.
    let observation: Observation
    @exclusivity(unchecked) private var connections = ObservedConnections()
    @exclusivity(unchecked) private var notTCP = WireCount()
    @exclusivity(unchecked) private var tcpPackets: UInt64 = 0
    @exclusivity(unchecked) private var packetsBack: UInt64 = 0
    @exclusivity(unchecked) private var capturedBytes: UInt64 = 0
    @exclusivity(unchecked) private var wireBytes: UInt64 = 0
    @exclusivity(unchecked) private var start: Int64?
    @exclusivity(unchecked) private var earliest = Int64.max
    @exclusivity(unchecked) private var latest = Int64.min
    @exclusivity(unchecked) private var previous = Int64.min
    @exclusivity(unchecked) private var hasNanoseconds = false
    @exclusivity(unchecked) private var linkType: LinkTypeNumber?
    @exclusivity(unchecked) private var linkTypes: Set<LinkTypeNumber> = []
    /// Senders of outgoing packets. A machine has few: more are forged.
    @exclusivity(unchecked) private var localAddresses: Set<IPAddress> = []

    init(_ observation: Observation) { self.observation = observation }

    // MARK: Frames

    /// A frame was received, whatever it brought.
    func end(_ header: FrameHeader, _ outcome: PacketOutcome) {
        let (time, length) = (header.time, header.wireLength)
        if header.linkType != linkType { note(header.linkType) }
        capturedBytes &+= UInt64(clamping: header.capturedLength)
        wireBytes &+= length
        if time < previous || start == nil { noteTime(time) }
        previous = time
        if time > latest { latest = time }
        if !hasNanoseconds, time % 1_000 != 0 { hasNanoseconds = true }
        if case .tcp = outcome { tcpPackets &+= 1 } else { notTCP.add(length) }
    }

    private func note(_ type: LinkTypeNumber) {
        linkType = type
        linkTypes.insert(type)
    }

    /// Notes the first time, or one that is earlier than the one before.
    private func noteTime(_ time: Int64) {
        if start == nil { start = time } else { packetsBack &+= 1 }
        earliest = min(earliest, time)
    }

    /// The packet at hand came in several frames, of which others were received before.
    ///
    /// - Parameters:
    ///   - count: How many they are.
    ///   - length: Their bytes on the wire.
    func collect(fragments count: Int, length: UInt64) {
        let count = min(UInt64(clamping: count), notTCP.packets)
        notTCP.packets &-= count
        tcpPackets &+= count
        notTCP.bytes &-= min(length, notTCP.bytes)
    }

    /// The capturing machine has sent a packet from an address.
    func note(local address: IPAddress) { if localAddresses.count < 256 { localAddresses.insert(address) } }

    // MARK: Connections

    /// The packet at hand is the first of its connection.
    @inline(__always)
    func isNew(_ stream: StreamID) -> Bool { connections.isNew(stream) }

    func open(
        _ stream: StreamID, _ segment: Segment, at origin: Origin, from: Endpoint, to: Endpoint, hasKnownPort: Bool
    ) {
        connections.open(stream, segment, at: origin, from: from, to: to, hasKnownPort: hasKnownPort)
    }

    /// A packet of TCP was handed to the reassembler.
    ///
    /// - Parameter credence: What is to be thought of its FIN or RST.
    @inline(__always)
    func receive(_ packet: ObservedPacket, of stream: StreamID, _ credence: StreamAssembler.Credence) {
        connections.receive(packet, of: stream, credence)
    }

    /// A direction was found to be Bitcoin's.
    func recognise(_ stream: StreamID, isEncrypted: Bool) {
        connections.recognise(stream, isEncrypted: isEncrypted)
    }

    /// A stream that began before the capture, and without a message, looks random or does not.
    func note(looksRandom: Bool, of stream: StreamID) { connections.note(looksRandom: looksRandom, of: stream) }

    /// Bytes were given to a reader, each once.
    func deliver(_ count: UInt64, overhead: UInt64, of stream: StreamID) {
        connections.deliver(SideFacts.Share(bytes: count, overhead: overhead), of: stream)
    }

    /// What is known so far; the pipeline adds what it counts itself.
    var facts: CaptureFacts {
        var facts = CaptureFacts()
        connections.report(into: &facts)
        facts.notTCP = notTCP
        facts.tcpPackets = tcpPackets
        facts.packetsBack = packetsBack
        facts.capturedBytes = capturedBytes
        facts.wireBytes = wireBytes
        facts.start = start
        facts.earliest = earliest
        facts.latest = latest
        facts.linkTypes = linkTypes.map { $0.name ?? "\($0.rawValue)" }.sorted()
        facts.localAddresses = Set(
            localAddresses.map { address in
                var text = TextBuffer()
                address.append(to: &text)
                return text.string
            })
        facts.timeDecimals = hasNanoseconds ? 9 : 6
        return facts
    }
}
