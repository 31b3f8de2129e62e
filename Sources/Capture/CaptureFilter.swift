/// Which frames a live capture takes.
public indirect enum CaptureFilter: Hashable, Sendable {
    /// All there are.
    case all
    /// As the user wrote it, in the syntax of libpcap (pcap-filter).
    case expression(String)
    /// TCP from and to these ports (all ports where there is none), bare or in a VLAN, and the fragments of IP packets, which do not tell their ports.
    case ports(Set<UInt16>)
    /// Of these what comes by interfaces of these numbers (`if_nametoindex`), on `any`, where each frame tells its own.
    case within([UInt32], CaptureFilter)

    /// The filter in libpcap's syntax, for one link type; empty where everything is taken.
    ///
    /// - Parameter compiles: Whether libpcap takes an expression for this link type: it refuses `vlan` for most, and
    ///   IPv6 for raw IPv4.
    func text(compiles: (String) -> Bool) -> String {
        switch self {
        case .all: return ""
        case .expression(let text): return text
        case .within(let numbers, let filter):
            let text = filter.text(compiles: compiles)
            let interfaces = numbers.map { "ifindex \($0)" }.joined(separator: " or ")
            // First, since a VLAN tag moves the offsets of whatever comes after it.
            return text.isEmpty ? interfaces : "(\(interfaces)) and (\(text))"
        case .ports(let ports):
            let bare = Self.clauses(ports).filter(compiles).joined(separator: " or ")
            // Last, since it moves the offsets of whatever comes after it.
            let tagged = "\(bare) or (vlan and (\(bare)))"
            return compiles(tagged) ? tagged : bare
        }
    }

    private static func clauses(_ ports: Set<UInt16>) -> [String] {
        return [
            ports.isEmpty ? "tcp" : clause(ports),
            // The first fragment tells its ports; the others are few enough to be taken from all hosts.
            "(ip proto 6 and ip[6:2] & 0x1fff != 0)",
            "ip6[6] == 44",
        ]
    }

    private static func clause(_ ports: Set<UInt16>) -> String {
        let ranges = ranges(ports)
        let single = ranges.flatMap { $0.count < 3 ? Array($0) : [] }.map { String($0) }
        let wide = ranges.filter { $0.count >= 3 }.map { "portrange \($0.lowerBound)-\($0.upperBound)" }
        guard !wide.isEmpty else { return "tcp port (\(single.joined(separator: " or ")))" }
        return "tcp and (\((single.map { "port \($0)" } + wide).joined(separator: " or ")))"
    }

    /// Ports that follow each other as one range: of thousands libpcap would make a program that is too long.
    private static func ranges(_ ports: Set<UInt16>) -> [ClosedRange<UInt16>] {
        var ranges: [ClosedRange<UInt16>] = []
        for port in ports.sorted() {
            if let last = ranges.last, last.upperBound == port &- 1 {
                ranges[ranges.count - 1] = last.lowerBound...port
            } else {
                ranges.append(port...port)
            }
        }
        return ranges
    }
}
