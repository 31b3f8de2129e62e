/// Which frames a live capture takes.
public enum CaptureFilter: Hashable, Sendable {
    /// All there are.
    case all
    /// As the user wrote it, in the syntax of libpcap (pcap-filter).
    case expression(String)
    /// TCP from and to these ports (all ports where there is none), bare or in a VLAN, and the fragments of IP packets, which do not tell their ports.
    case ports(Set<UInt16>)

    /// The filter in libpcap's syntax, for one link type; empty where everything is taken.
    ///
    /// - Parameter compiles: Whether libpcap takes an expression for this link type: it refuses `vlan` for most, and
    ///   IPv6 for raw IPv4.
    func text(compiles: (String) -> Bool) -> String {
        switch self {
        case .all: return ""
        case .expression(let text): return text
        case .ports(let ports):
            let bare = Self.clauses(ports).filter(compiles).joined(separator: " or ")
            // Last, since it moves the offsets of whatever comes after it.
            let tagged = "\(bare) or (vlan and (\(bare)))"
            return compiles(tagged) ? tagged : bare
        }
    }

    private static func clauses(_ ports: Set<UInt16>) -> [String] {
        let list = ports.sorted().map { String($0) }.joined(separator: " or ")
        return [
            ports.isEmpty ? "tcp" : "tcp port (\(list))",
            // The first fragment tells its ports; the others are few enough to be taken from all hosts.
            "(ip proto 6 and ip[6:2] & 0x1fff != 0)",
            "ip6[6] == 44",
        ]
    }
}
