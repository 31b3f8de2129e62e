import System

/// What can go wrong with a capture from an interface.
public enum LiveProblem: Hashable, Sendable {
    /// There is no interface of that name.
    case noSuchInterface(known: [String])
    /// This user may not capture; `program` is the file that could be given the right.
    case notPermitted(program: String)
    /// libpcap does not understand the filter, or not for this link type.
    case badFilter(String)
    /// The interface was down from the start.
    case isDown
    /// The interface went down.
    case wentDown
    /// The interface is gone.
    case vanished
    /// An interface that was waited for has another link type now.
    case cameBackOtherwise
    /// The process that waited for the interface has ended.
    case helperEnded
    /// Anything else that libpcap or the system says.
    case failed

    /// Not permitted to this process, whose file is looked up.
    static func notPermitted() -> LiveProblem {
        .notPermitted(program: ((try? Path.resolved("/proc/self/exe")) ?? "/proc/self/exe").singleLine)
    }

    /// - Parameter detail: libpcap's words; may be empty.
    func statement(_ detail: String) -> String {
        let libpcap = detail.isEmpty ? "" : " (libpcap: \(detail))"
        return switch self {
        case .noSuchInterface: "there is no such interface"
        case .notPermitted: "this user may not capture on it\(libpcap)"
        case .badFilter(let filter): "the capture filter '\(filter.singleLine)' cannot be used\(libpcap)"
        case .isDown: "the interface is down"
        case .wentDown: "the interface went down"
        case .vanished: "the interface is gone"
        case .cameBackOtherwise: "the interface has come again with another link type"
        case .helperEnded: "the helper that waits for the interface has ended"
        case .failed: "cannot be captured from\(libpcap)"
        }
    }

    /// What the user can do; nil where nothing is known.
    func advice(interface: String) -> String? {
        switch self {
        case .noSuchInterface(let known):
            known.isEmpty ? "This user sees no interface at all" : "There are: \(known.joined(separator: ", "))"
        case .notPermitted(let program):
            "Run it with sudo, or let everybody who runs it capture: "
                + "sudo setcap cap_net_raw,cap_net_admin+eip \(program.quotedForShell)"
        case .badFilter: "The syntax is that of pcap-filter(7), such as 'tcp port 8333 and host 192.0.2.1'"
        case .isDown: "Bring it up: ip link set \(interface.quotedForShell) up"
        case .wentDown, .vanished, .cameBackOtherwise, .helperEnded, .failed: nil
        }
    }
}
