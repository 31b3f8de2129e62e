public import Fields

/// Where the headers of a frame lead. Ranges count from the first byte of the frame.
@frozen
public enum Reached: Sendable {
    case tcp(TCPPacket, payload: Range<Int>)
    case fragment(Fragment, payload: Range<Int>)
    case notTCP
    case notIP
    /// Something that is not followed, though it may hold TCP.
    case unread(UnreadKind)
    /// A header was cut short or contradicts itself.
    case malformed
}

/// All headers below Bitcoin, each declared once, and the one way through them.
///
/// Making it declares all their fields in the catalog. An object, since of a value, which is large, each packet would cost
/// a copy.
public final class PacketLayers: Sendable {
    public static let standard = PacketLayers()

    public let ethernet = Ethernet()
    public let vlan = VLAN()
    public let llc = LogicalLinkControl()
    public let linuxCooked = LinuxCooked()
    public let loopback = Loopback()
    public let pppoe = PPPoE()
    public let ppp = PPP()
    public let gre = GRE()
    public let ipv4 = IPv4()
    public let ipv6 = IPv6()
    public let ipv6Chain = IPv6Chain()
    public let tcp = TCP()
    public let udp = UDP()
    public let vxlan = VXLAN()
    public let geneve = Geneve()
    public let mpls = MPLS()
    public let rare = RareLayers()

    private init() {}

    /// IP headers inside IP headers are followed this deep.
    @inlinable public static var tunnelLimit: Int { 8 }
    /// A packet whose length field is 0 is believed to be no longer than this, unless more was captured: network cards
    /// take half as much from the kernel to cut it into segments.
    @inlinable public static var offloadLimit: Int { 1 << 20 }

    /// Reads headers until a TCP payload, a fragment, or something else is reached.
    ///
    /// - Parameters:
    ///   - bytes: The frame, or a defragmented datagram. Lent by the caller.
    ///   - first: What it begins with: ``NextLayer/init(linkType:)``.
    ///   - wireLength: How long it was on the wire, in bytes.
    ///   - source, destination: Addresses of a defragmented datagram.
    ///   - sink: Receives every field.
    @inlinable
    @inline(__always)
    public func walk<Sink: FieldSink & ~Copyable>(
        _ bytes: RawSpan, _ first: NextLayer, wireLength: Int, source: IPAddress = IPAddress(),
        destination: IPAddress = IPAddress(), isInIP: Bool = false, _ sink: inout Sink
    ) -> Reached {
        var cursor = Cursor(bytes, sink)
        var reached = Reached.malformed
        do throws(Stop) {
            reached = try steps(
                &cursor, first, wireEnd: max(bytes.byteCount, wireLength), source, destination, isInIP: isInIP)
        } catch {}
        sink = cursor.finish()
        return reached
    }

    /// The tree of a frame's headers, layer by layer; nil for an unknown link type. Payload has no nodes.
    ///
    /// - Parameters:
    ///   - frame: The captured bytes. Lent by the caller; the nodes' ranges count from the first of them.
    ///   - originalLength: Bytes of the frame on the wire.
    ///   - linkType: As `pcap_datalink` gives it on Linux.
    public func dissect(
        _ frame: RawSpan, originalLength: Int, linkType: Int32, into sink: inout TreeSink
    ) -> Reached? {
        guard let first = NextLayer(linkType: linkType) else { return nil }
        return walk(frame, first, wireLength: min(originalLength, Int(UInt32.max)), &sink)
    }

    /// Every header takes bytes from the cursor, but for `.ip` and PPP without a protocol number, which lead to one that does,
    /// and what is not PKTAP, after which nothing is read; so it ends.
    @inlinable
    @inline(__always)
    func steps(
        _ c: inout Cursor<some FieldSink & ~Copyable>, _ first: NextLayer, wireEnd frameEnd: Int, _ from: IPAddress,
        _ to: IPAddress, isInIP: Bool
    ) throws(Stop) -> Reached {
        var next = first
        // A packet that claims more than its frame has on the wire ends there: what it lacks was not cut off here, and
        // may yet come.
        var wireEnd = frameEnd
        var source = from
        var destination = to
        var depth = isInIP ? 1 : 0
        var doubts: ChecksumDoubts = isInIP ? [] : .length
        var isHeaderWrong = false
        while true {
            switch next {
            case .ethernet: next = try ethernet.layout(&c).next
            case .vlan: next = try vlan.layout(&c).next
            case .llc: next = try llc.layout(&c).next
            case .linuxCooked: next = try linuxCooked.layout(&c).next
            case .linuxCooked2: next = try linuxCooked.layout2(&c).next
            case .null: next = try loopback.layout(&c, isNetworkOrder: false)
            case .loop: next = try loopback.layout(&c, isNetworkOrder: true)
            case .pppoeSession: next = try pppoe.layout(&c)
            case .ppp: next = try ppp.layout(&c)
            case .gre: next = try gre.layout(&c)
            case .udp: next = try udp.layout(&c)
            case .vxlan: next = try vxlan.layout(&c)
            case .geneve: next = try geneve.layout(&c)
            case .mpls: next = try mpls.layout(&c)
            case .rare(let layer): next = try rare.layout(&c, layer)
            case .ip: next = c.peek().map { $0 >> 4 } == 6 ? .ipv6 : .ipv4

            case .ipv4:
                let start = c.offset
                let header = try ipv4.layout(&c)
                depth &+= 1
                let length = header.totalLength > 0 ? header.totalLength : offloaded(start, c.end, wireEnd)
                guard length >= header.headerLength, depth <= Self.tunnelLimit else { throw Stop() }
                doubts = []
                if header.totalLength == 0 || length > wireEnd &- start {
                    doubts.insert(.length)
                } else if header.isChecksumWrong {
                    isHeaderWrong = true
                }
                wireEnd = min(wireEnd, start &+ length)
                c.narrow(to: wireEnd)
                source = header.source
                destination = header.destination
                if header.isFragment {
                    let inner = NextLayer(ipProtocol: header.protocol)
                    guard inner.isWorthDefragmenting else {
                        if case .unread(let kind) = inner { return .unread(kind) }
                        return .notTCP
                    }
                    let key = Fragment.Key(
                        source: source, destination: destination, identification: UInt32(header.identification),
                        protocol: header.protocol, isIPv6: false)
                    let fragment = Fragment(
                        key: key, first: inner, offset: header.fragmentOffset, hasMore: header.hasMoreFragments,
                        wireLength: wireEnd &- c.offset, isHeaderWrong: isHeaderWrong)
                    return .fragment(fragment, payload: c.offset..<c.end)
                }
                next = NextLayer(ipProtocol: header.protocol)

            case .ipv6:
                let start = c.offset
                let header = try ipv6.layout(&c)
                depth &+= 1
                let length =
                    header.payloadLength > 0 ? 40 &+ header.payloadLength : offloaded(start, c.end, wireEnd)
                guard depth <= Self.tunnelLimit else { throw Stop() }
                doubts = []
                if header.payloadLength == 0 || length > wireEnd &- start { doubts.insert(.length) }
                wireEnd = min(wireEnd, start &+ length)
                c.narrow(to: wireEnd)
                source = header.source
                destination = header.destination
                next = .ipv6Chain(header.nextHeader)

            case .ipv6Chain(let number):
                var hasSegmentsLeft = false
                let end = try ipv6Chain.layout(&c, number, &hasSegmentsLeft)
                if hasSegmentsLeft { doubts.insert(.addresses) }
                switch end {
                case .upper(let number):
                    next = NextLayer(ipProtocol: number)
                case .fragment(let header):
                    guard IPv6Chain.mayHoldTCP(header.nextHeader) else {
                        if case .unread(let kind) = NextLayer(ipProtocol: header.nextHeader) { return .unread(kind) }
                        return .notTCP
                    }
                    let key = Fragment.Key(
                        source: source, destination: destination, identification: header.identification, protocol: 0,
                        isIPv6: true)
                    let fragment = Fragment(
                        key: key, first: .ipv6Chain(header.nextHeader), offset: header.offset,
                        hasMore: header.hasMoreFragments, wireLength: wireEnd &- c.offset,
                        hasSegmentsLeft: hasSegmentsLeft, isHeaderWrong: isHeaderWrong)
                    return .fragment(fragment, payload: c.offset..<c.end)
                }

            case .tcp:
                let header = try tcp.layout(&c)
                if c.end < wireEnd { doubts.insert(.length) }
                var packet = TCPPacket(source, destination, header, wireLength: wireEnd &- c.offset, doubts)
                packet.isHeaderWrong = isHeaderWrong
                return .tcp(packet, payload: c.offset..<c.end)

            case .unread(let kind): return .unread(kind)

            case .other:
                return depth > 0 ? .notTCP : .notIP
            }
        }
    }

    /// Bytes of a packet at `start` whose length field is 0: what the frame has, within reason.
    @inlinable
    func offloaded(_ start: Int, _ captured: Int, _ wireEnd: Int) -> Int {
        max(captured &- start, min(wireEnd &- start, Self.offloadLimit))
    }
}
