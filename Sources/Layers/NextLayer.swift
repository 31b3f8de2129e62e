/// What a header says comes after it; the numbers that different headers use for it are translated once, here.
@frozen
public enum NextLayer: Hashable, Sendable {
    case ethernet, vlan, llc, pppoeSession, ppp
    /// Address family in either byte order (NULL), or in network order (LOOP).
    case null, loop
    case linuxCooked, linuxCooked2
    /// IPv4 or IPv6, as its first four bits say.
    case ip
    case ipv4, ipv6
    /// A header of the IPv6 chain: an extension header or the transport's, by its protocol number.
    case ipv6Chain(UInt8)
    case gre, tcp
    /// Tunnels in UDP, and labels before IP.
    case udp, vxlan, geneve, mpls
    /// What few captures have.
    case rare(RareLayer)
    /// Nothing that could hold TCP.
    case other
    /// What may hold TCP, but is not known here, or encrypted.
    case unread(UnreadKind)

    /// Datagrams of UDP that come whole may be a tunnel's; there are too many to put all others together.
    @inlinable public var isWorthDefragmenting: Bool {
        switch self {
        case .other, .udp, .unread: false
        default: true
        }
    }

    /// The first header of a frame, by the number that `pcap_datalink` gives on Linux; nil where it is not known here.
    @inlinable
    public init?(linkType: Int32) {
        switch linkType {
        case 0: self = .null
        case 1: self = .ethernet
        case 9, 50: self = .ppp
        case 51: self = .pppoeSession
        case 12, 14, 101: self = .ip
        case 108: self = .loop
        case 104: self = .rare(.ciscoHDLC)
        case 105: self = .rare(.wireless)
        case 107: self = .rare(.frameRelay)
        case 109: self = .rare(.enc)
        case 117: self = .rare(.pflog)
        case 127: self = .rare(.radiotap)
        case 149: self = .rare(.userPktap)
        case 192: self = .rare(.ppi)
        case 204: self = .rare(.directedPPP)
        case 205: self = .rare(.directedCiscoHDLC)
        case 206: self = .rare(.directedFrameRelay)
        case 239: self = .rare(.nflog)
        case 258: self = .rare(.pktap)
        case 281: self = .rare(.broadcom)
        case 282: self = .rare(.prependedBroadcom)
        case 284: self = .rare(.dsa)
        case 285: self = .rare(.etherTypeDSA)
        case 113: self = .linuxCooked
        case 228: self = .ipv4
        case 229: self = .ipv6
        case 276: self = .linuxCooked2
        default: return nil
        }
    }

    /// By an EtherType (IEEE 802 numbers), which is also what Linux cooked captures and GRE use.
    @inlinable
    public init(etherType: UInt16) {
        switch etherType {
        case 0x0800: self = .ipv4
        case 0x86dd: self = .ipv6
        case 0x8100, 0x88a8, 0x9100, 0x9200: self = .vlan
        case 0x8847, 0x8848: self = .mpls
        case 0x8864: self = .pppoeSession
        case 0x6558: self = .ethernet
        case 0x88e5: self = .rare(.macsec)
        case 0x88e7: self = .rare(.providerBackbone)
        case 0x8926: self = .rare(.vnTag)
        case 0x893f: self = .rare(.eTag)
        case 0x894f: self = .rare(.nsh)
        case _ where Self.isControl(etherType: etherType): self = .other
        default: self = .unread(.etherType(etherType))
        }
    }

    /// By an IP protocol number (IANA), outside of IPv6's chain of extension headers.
    @inlinable
    public init(ipProtocol: UInt8) {
        switch ipProtocol {
        case 4: self = .ipv4
        case 6: self = .tcp
        case 17: self = .udp
        case 41: self = .ipv6
        case 47: self = .gre
        case 97: self = .rare(.etherIP)
        // The one of IPv6's extension headers that IPv4 has, too.
        case 51: self = .ipv6Chain(51)
        case 50, 55, 94, 98, 108, 115, 137: self = .unread(.ipProtocol(ipProtocol))
        default: self = .other
        }
    }

    /// By an address family of the operating system that captured: AF_INET is 2 everywhere, AF_INET6 10 on Linux, 24,
    /// 28 or 30 on the BSDs and macOS.
    @inlinable
    public init(addressFamily: UInt32) {
        switch addressFamily {
        case 2: self = .ipv4
        case 10, 24, 28, 30: self = .ipv6
        default: self = .other
        }
    }
}
