import CPcap

/// A link type as libpcap numbers it on this machine: a `DLT_` value.
///
/// For nearly all types it equals the `LINKTYPE_` value in the file. Raw IP is the exception: 101 in a file,
/// `DLT_RAW` (12 on Linux) here.
public struct LinkTypeNumber: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    /// The `DLT_` value, such as 1 for Ethernet.
    public var rawValue: Int32

    /// Wraps a `DLT_` value; any number is allowed.
    @inlinable
    public init(rawValue: Int32) {
        self.rawValue = rawValue
    }

    /// Packets that begin with their IP header.
    public static let rawIP = LinkTypeNumber(rawValue: DLT_RAW)

    /// libpcap's name for it, such as `EN10MB`; nil where libpcap knows none.
    public var name: String? {
        pcap_datalink_val_to_name(rawValue).map { String(cString: $0) }
    }

    /// libpcap's words for it, such as `Ethernet`; nil where libpcap has none.
    public var explanation: String? {
        pcap_datalink_val_to_description(rawValue).map { String(cString: $0) }
    }

    /// Number, name and words for a message: `1 (EN10MB, Ethernet)`, or the bare number where libpcap knows no more.
    public var description: String {
        let known = [name, explanation].compactMap { $0 }
        return known.isEmpty ? "\(rawValue)" : "\(rawValue) (\(known.joined(separator: ", ")))"
    }
}
