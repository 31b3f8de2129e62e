import Fields
import Layers
import Output

/// What tshark tells of a packet, here of the one that completed a message.
///
/// They are made only where somebody names one, or a format shows all: nothing is kept of packets otherwise.
struct PacketFields: Sendable {
    let capturedLength = Field(
        "frame.cap_len", "Frame length stored into the capture file", .unsigned(bits: 32),
        "bytes of that frame that were captured; fewer than frame.len where a snap length cut it")
    let timeDelta = Field(
        "frame.time_delta", "Time delta from previous captured frame", .duration,
        "seconds since the frame before that frame in the capture; 0 for the first")
    let timeDeltaDisplayed = Field(
        "frame.time_delta_displayed", "Time delta from previous displayed frame", .duration,
        "seconds since the frame of the message shown before; 0 for the first, and for messages of one frame")
    let protocols = ProtocolPath.declared()

    /// Of Ethernet, either side's.
    let address: [Field]
    let acknowledgment = Field(
        "tcp.ack", "Acknowledgment Number", .unsigned(bits: 32),
        "the byte of the other side's stream that the sender expects next, counted as tcp.seq")
    let windowSize = Field(
        "tcp.window_size", "Calculated window size", .unsigned(bits: 32),
        "bytes that the sender can still take, scaled where the capture has how the connection began")
    let windowScale = Field(
        "tcp.window_size_scalefactor", "Window size scaling factor", .signed(bits: 32),
        "by what the window is multiplied; -1 where the beginning was not captured, -2 where nothing is scaled")
    let flagsText = Field(
        "tcp.flags.str", "TCP Flags", .text, "a letter for each flag that is set, at its place: ·······AP···")
    let payload = Field(
        "tcp.payload", "TCP payload", .bytes,
        "what was captured of the TCP payload of that frame; only where it is named")

    let analysis = Field(
        "tcp.analysis.flags", "TCP Analysis Flags", .group,
        "that frame is, by Wireshark's rules, one of those below among the others of its connection")
    let retransmission = Field(
        "tcp.analysis.retransmission", "This frame is a (suspected) retransmission", .boolean,
        "that frame brings bytes of which a frame before had the place")
    let fastRetransmission = Field(
        "tcp.analysis.fast_retransmission", "This frame is a (suspected) fast retransmission", .boolean,
        "it does so within 20 ms of the third acknowledgement of the same byte")
    let spuriousRetransmission = Field(
        "tcp.analysis.spurious_retransmission", "This frame is a (suspected) spurious retransmission", .boolean,
        "it does so though the other side has acknowledged the bytes already")
    let outOfOrder = Field(
        "tcp.analysis.out_of_order", "This frame is a (suspected) out-of-order segment", .boolean,
        "that frame brings bytes of before those of a frame before it, too soon to be sent again")
    let lostSegment = Field(
        "tcp.analysis.lost_segment", "Previous segment(s) not captured (common at capture start)", .boolean,
        "bytes before those of that frame have not been captured by then")

    /// All of the link, IPv4 and IPv6 headers.
    let headers: FieldSet
    let tcp: TCP
    /// IP's layers and addresses, which records have anyway.
    let addresses: Set<Field>
    /// All but ``payload``, and what records have anyway.
    let all: FieldSet

    init(_ layers: PacketLayers) {
        tcp = layers.tcp
        address = [layers.ethernet.source, layers.ethernet.destination]
        // Declared again, which gives the same fields.
        headers = FieldSet.declared { (Ethernet(), VLAN(), IPv4(), IPv6()) }.1
        addresses = [
            layers.ipv4.layer, layers.ipv4.source, layers.ipv4.destination, layers.ipv6.layer, layers.ipv6.source,
            layers.ipv6.destination,
        ]
        var all = headers.union(Self.own(tcp))
        all.formUnion(
            FieldSet([
                capturedLength, timeDelta, timeDeltaDisplayed, protocols, acknowledgment, windowSize, windowScale,
                flagsText, payload, analysis, retransmission, fastRetransmission, spuriousRetransmission, outOfOrder,
                lostSegment,
            ]))
        all.subtract(FieldSet(addresses))
        self.all = all
    }

    /// Those of TCP's header that are shown beside ports and number.
    private static func own(_ tcp: TCP) -> [Field] {
        [
            tcp.sequence, tcp.acknowledgment, tcp.headerLength, tcp.flags, tcp.reserved, tcp.window, tcp.checksum,
            tcp.urgentPointer,
        ] + bits(tcp).map(\.field)
    }

    /// The flags, from the highest bit on, with the letter that stands for each.
    static func bits(_ tcp: TCP) -> [(field: Field, flag: TCPFlags, letter: UInt8)] {
        [
            (tcp.ae, .ae, 0x4e), (tcp.cwr, .cwr, 0x43), (tcp.ece, .ece, 0x45), (tcp.urg, .urg, 0x55),
            (tcp.ack, .ack, 0x41), (tcp.psh, .psh, 0x50), (tcp.rst, .rst, 0x52), (tcp.syn, .syn, 0x53),
            (tcp.fin, .fin, 0x46),
        ]
    }

    /// Declared with the headers of a packet, not here.
    var ofLayers: FieldSet { headers.union(Self.own(tcp)) }
}
