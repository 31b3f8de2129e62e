/// What a frame holds that is not read, though it may hold TCP: an unknown number of a protocol, or a form of a known one.
@frozen
public enum UnreadKind: Hashable, Sendable {
    case etherType(UInt16)
    /// A protocol in GRE.
    case gre(UInt16)
    case ppp(UInt16)
    /// A tunnel by its IP protocol number.
    case ipProtocol(UInt8)
    /// A protocol of VXLAN-GPE or of the Network Service Header.
    case service(UInt8)
    case encryptedWireless
    /// Fragments, and frames that hold several packets.
    case dividedWireless
    case encryptedMACsec
    /// By its version.
    case l2tp(UInt8)
    /// A link type that PKTAP or PPI name, or that is PKTAP's only sometimes.
    case linkType(UInt16)
    /// A form of a header that is known.
    case form(UnreadForm)

    /// For people, as in "8 frames of … were not read".
    public var text: String {
        switch self {
        case .etherType(let type): "EtherType \(Self.hexadecimal(type))"
        case .gre(let type): "GRE protocol \(Self.hexadecimal(type))"
        case .ppp(let type): "PPP protocol \(Self.hexadecimal(type))"
        case .ipProtocol(let number):
            "IP protocol \(number)"
                + (Self.tunnels.first { $0.number == number }.map { " (\($0.name))" } ?? "")
        case .service(let number): "VXLAN-GPE or NSH protocol \(number)"
        case .encryptedWireless: "encrypted 802.11"
        case .dividedWireless: "802.11 fragments and aggregates"
        case .encryptedMACsec: "encrypted MACsec"
        case .l2tp(let version): "L2TP version \(version)"
        case .linkType(let type): "link type \(type)"
        case .form(let form): form.text
        }
    }

    /// Protocols of IP that hold packets and are not followed.
    private static let tunnels: [(number: UInt8, name: String)] = [
        (50, "ESP"), (55, "MOBILE"), (94, "IPIP"), (98, "ENCAP"), (108, "IPComp"), (115, "L2TPv3"),
        (137, "MPLS-in-IP"),
    ]

    private static func hexadecimal(_ number: UInt16) -> String {
        let digits = String(number, radix: 16)
        return "0x" + String(repeating: "0", count: 4 - digits.count) + digits
    }
}

extension NextLayer {
    /// Whether frames of an EtherType are of no kind that could hold TCP: address resolution, discovery, control. Numbers
    /// below 0x0600 are Linux's own.
    @usableFromInline
    static func isControl(etherType: UInt16) -> Bool {
        switch etherType {
        // ARP, Cisco's discovery, reverse ARP, PPPoE discovery, 802.1X, slow protocols, LLDP, PTP, loopback.
        case 0..<0x0600, 0x0806, 0x2000, 0x8035, 0x8863, 0x888e, 0x8809, 0x88cc, 0x88f7, 0x9000: true
        default: false
        }
    }

    /// By a link type that a header names, as `pcap_datalink` numbers it.
    @inlinable
    init(innerLinkType number: UInt32) {
        if let type = Int32(exactly: number), let next = NextLayer(linkType: type) {
            self = next
        } else {
            self = .unread(.linkType(UInt16(clamping: number)))
        }
    }
}
