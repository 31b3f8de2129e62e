import Fields

/// Names of numbers that several headers share.
enum Names {
    /// A number that names the protocol that follows, shown in hexadecimal.
    static var etherType: Kind {
        let names = ValueNames(
            (0x0800, "IPv4", "an IPv4 packet follows"),
            (0x0806, "ARP", "asks which hardware address has an IPv4 address"),
            (0x6558, "Transparent Ethernet bridging", "a complete Ethernet frame follows"),
            (0x8100, "802.1Q Virtual LAN", "a VLAN tag follows"),
            (0x86dd, "IPv6", "an IPv6 packet follows"),
            (0x8847, "MPLS label switched packet", "labels of a provider's network follow"),
            (0x8848, "MPLS multicast", "labels of a provider's network follow"),
            (0x8864, "PPPoE Session", "a PPP frame follows"),
            (0x88e5, "802.1AE MACsec", "a frame that is signed or encrypted"),
            (0x88e7, "802.1ah Provider Backbone", "a customer's frame follows"),
            (0x8926, "VN-Tag", "a tag of a virtual network card follows"),
            (0x893f, "802.1BR E-Tag", "a tag of a port extender follows"),
            (0x894f, "Network Service Header", "a packet of a service path follows"),
            (0x88a8, "802.1ad Provider Bridge (Q-in-Q)", "the outer one of two VLAN tags follows"),
            (0x9100, "Q-in-Q (9100)", "a VLAN tag follows; the number older switches used"),
            (0x9200, "Q-in-Q (9200)", "a VLAN tag follows; the number older switches used"))
        return .enumeration(names, bits: 16, hexadecimal: true)
    }

    static var ipProtocol: ValueNames {
        ValueNames(
            (0, "IPv6 Hop-by-Hop Option", "options that every router looks at"),
            (1, "ICMP", "errors and echoes of IPv4"),
            (4, "IPIP", "an IPv4 packet inside this one: a tunnel"),
            (6, "TCP", "a stream of bytes: what Bitcoin runs over"),
            (17, "UDP", "single datagrams"),
            (41, "IPv6", "an IPv6 packet inside this one: a tunnel"),
            (43, "Routing Header for IPv6", "nodes to visit on the way"),
            (44, "Fragment Header for IPv6", "this packet is a piece of a larger one"),
            (47, "Generic Routing Encapsulation", "a packet of some network protocol inside this one: a tunnel"),
            (97, "Ethernet within IP", "an Ethernet frame inside this packet: a tunnel"),
            (50, "Encap Security Payload", "encrypted by IPsec"),
            (51, "Authentication Header", "signed by IPsec, but not encrypted"),
            (58, "ICMPv6", "errors, echoes and neighbours of IPv6"),
            (59, "IPv6 no next header", "nothing follows"),
            (60, "Destination Options for IPv6", "options that only the destination looks at"),
            (135, "Mobile IPv6", "signalling for nodes that move"),
            (139, "Host Identity Protocol", "hosts named by keys"),
            (140, "Shim6 Protocol", "hosts with several providers"))
    }

    /// Packet types of Linux cooked captures.
    static var packetType: ValueNames {
        ValueNames(
            (0, "Unicast to us", "addressed to the capturing machine"),
            (1, "Broadcast", "addressed to all"),
            (2, "Multicast", "addressed to a group"),
            (3, "Unicast to another host", "seen in promiscuous mode"),
            (4, "Sent by us", "sent by the capturing machine"))
    }

    /// Hardware types (ARPHRD) of Linux.
    static var hardwareType: ValueNames {
        ValueNames(
            (1, "Ethernet", "addresses of six bytes"),
            (512, "PPP", "a dial-up or DSL line"),
            (768, "IPIP tunnel", "IPv4 in IPv4"),
            (772, "Loopback", "the machine talking to itself"),
            (776, "SIT tunnel", "IPv6 in IPv4"),
            (778, "IPGRE tunnel", "anything in GRE"),
            (65534, "None", "no link layer at all, such as a tun device"))
    }
}
