import Glibc

/// An address of IPv4 or IPv6. One of IPv4 that is mapped into IPv6 is the one of IPv4.
public struct IPAddress: Hashable, Sendable {
    /// 4 or 16, as they stand on the wire.
    public let bytes: [UInt8]

    public var isIPv4: Bool { bytes.count == 4 }

    /// - Parameter bytes: 4 or 16; nil for any other number.
    public init?(bytes: [UInt8]) {
        switch bytes.count {
        case 4: self.bytes = bytes
        case 16: self.bytes = bytes.starts(with: Self.mapped) ? Array(bytes.dropFirst(12)) : bytes
        default: return nil
        }
    }

    /// An address as it is written, `192.0.2.1` or `2001:db8::1`; nil for anything else, such as a name or a zone.
    public init?(_ text: some StringProtocol) {
        let text = String(text)
        var four = in_addr()
        var six = in6_addr()
        if inet_pton(AF_INET, text, &four) == 1 {
            self.init(bytes: withUnsafeBytes(of: &four) { Array($0) })
        } else if inet_pton(AF_INET6, text, &six) == 1 {
            self.init(bytes: withUnsafeBytes(of: &six) { Array($0) })
        } else {
            return nil
        }
    }

    /// As it is written, without brackets.
    public var text: String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let family = isIPv4 ? AF_INET : AF_INET6
        guard inet_ntop(family, bytes, &text, socklen_t(text.count)) != nil else { return "" }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The 16 bytes by which messages of the protocol name it (protocol.md section 4.1).
    public var wireBytes: [UInt8] { isIPv4 ? Self.mapped + bytes : bytes }

    /// `::ffff:0:0/96`.
    private static let mapped: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]
}
