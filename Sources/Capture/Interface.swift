import CPcap
import Glibc
import System

/// A network interface, or a pseudo-interface such as `any`, on which libpcap can capture.
public struct Interface: Hashable, Sendable {
    /// What is known of an interface's link.
    public enum Connection: Sendable {
        case unknown, connected, disconnected
        /// The notion makes no sense, as on a loopback.
        case notApplicable
    }

    /// Its name, such as `eth0`.
    public let name: String
    /// libpcap's words for it; nil where it has none.
    public let explanation: String?
    /// Its addresses as text, in libpcap's order: IPv4 and IPv6.
    public let addresses: [String]
    public let isUp: Bool
    public let isRunning: Bool
    public let isLoopback: Bool
    public let isWireless: Bool
    public let connection: Connection

    /// All there are, in libpcap's order, which has the most useful first. The place in the list, from 1, may stand for
    /// the name: ``name(for:)``.
    ///
    /// - Throws: `CaptureError` where the system does not tell.
    public static func all() throws(CaptureError) -> [Interface] {
        var first: UnsafeMutablePointer<pcap_if_t>?
        var message = [CChar](repeating: 0, count: Int(PCAP_ERRBUF_SIZE))
        guard pcap_findalldevs(&first, &message) == 0 else {
            throw CaptureError(.live(.failed), path: "interfaces", detail: String(libpcap: message))
        }
        defer { pcap_freealldevs(first) }
        return sequence(first: first, next: { $0?.pointee.next }).compactMap { $0.map { Interface($0.pointee) } }
    }

    /// The name of the interface that a user means: a name, or a number of the list of ``all()``.
    public static func name(for text: String) -> String {
        guard let number = Int(text), let all = try? all(), all.indices.contains(number - 1) else { return text }
        return all.contains { $0.name == text } ? text : all[number - 1].name
    }

    private init(_ device: pcap_if_t) {
        func has(_ flag: Int32) -> Bool { device.flags & UInt32(flag) != 0 }
        name = String(cString: device.name).singleLine
        explanation = device.description.map { String(cString: $0).singleLine }
        addresses = sequence(first: device.addresses, next: { $0?.pointee.next }).compactMap {
            $0?.pointee.addr.flatMap(Self.text)
        }
        isUp = has(PCAP_IF_UP)
        isRunning = has(PCAP_IF_RUNNING)
        isLoopback = has(PCAP_IF_LOOPBACK)
        isWireless = has(PCAP_IF_WIRELESS)
        connection =
            switch Int32(bitPattern: device.flags) & PCAP_IF_CONNECTION_STATUS {
            case PCAP_IF_CONNECTION_STATUS_CONNECTED: .connected
            case PCAP_IF_CONNECTION_STATUS_DISCONNECTED: .disconnected
            case PCAP_IF_CONNECTION_STATUS_NOT_APPLICABLE: .notApplicable
            default: .unknown
            }
    }

    /// An IPv4 or IPv6 address; nil for another family's.
    private static func text(_ address: UnsafeMutablePointer<sockaddr>) -> String? {
        let length: Int
        switch Int32(address.pointee.sa_family) {
        case AF_INET: length = MemoryLayout<sockaddr_in>.size
        case AF_INET6: length = MemoryLayout<sockaddr_in6>.size
        default: return nil
        }
        // With the interface's name after a link-local address.
        var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        guard getnameinfo(address, socklen_t(length), &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST) == 0 else {
            return nil
        }
        return String(libpcap: text)
    }
}
