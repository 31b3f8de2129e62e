import BitcoinP2P
import Glibc

/// Makes the messages that we send. Nothing else makes any.
public struct MessageMaker: Sendable {
    /// What it says of itself: the version of this program, and who to write to.
    public let userAgent: [UInt8]

    /// The newest protocol that Core speaks, with `wtxidrelay` and `sendaddrv2`.
    public static let protocolVersion: Int32 = 70016
    /// From this version on nodes understand what is negotiated between `version` and `verack` (BIP 339, BIP 155).
    public static let negotiatesFrom: Int64 = 70016

    /// - Parameters:
    ///   - name: Of the program, as in `btcshark:0.1.0`.
    ///   - contact: Is shown after it in parentheses (BIP 14).
    public init(name: String, contact: String? = nil) {
        userAgent = Array("/\(name)\(contact.map { "(\($0))" } ?? "")/".utf8)
    }

    /// Whether a user agent may have that text in parentheses, and stays within the 256 bytes that receivers accept.
    public static func isContact(_ text: String) -> Bool {
        (1...128).contains(text.utf8.count)
            && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && !"()/;".utf8.contains($0) }
    }

    /// `version` (protocol.md section 6.1): who we are, truthfully: no services, no relay, no height, nobody else's name.
    ///
    /// - Parameters:
    ///   - receiver: Whom we call; nil where a proxy does.
    ///   - time: In seconds since 1970.
    func version(to receiver: Target?, nonce: UInt64, time: Int64) -> Frame {
        var payload: [UInt8] = []
        payload.append(littleEndian: Self.protocolVersion)
        payload.append(littleEndian: UInt64(0))
        payload.append(littleEndian: time)
        payload += Self.address(receiver) + Self.address(nil)
        payload.append(littleEndian: nonce)
        payload.append(UInt8(truncatingIfNeeded: userAgent.count))
        payload += userAgent
        payload.append(littleEndian: Int32(0))
        payload.append(0)
        return Frame(Command("version"), payload)
    }

    func ping(_ nonce: UInt64) -> Frame {
        var payload: [UInt8] = []
        payload.append(littleEndian: nonce)
        return Frame(Command("ping"), payload)
    }

    /// Of the messages without payload.
    func empty(_ command: Command) -> Frame { Frame(command) }

    /// Services, 16 bytes of address, port; all zero of nobody.
    private static func address(_ target: Target?) -> [UInt8] {
        guard let target, case .address(let address) = target.host else { return [UInt8](repeating: 0, count: 26) }
        let port = [UInt8(truncatingIfNeeded: target.port >> 8), UInt8(truncatingIfNeeded: target.port)]
        return [UInt8](repeating: 0, count: 8) + address.wireBytes + port
    }
}

extension [UInt8] {
    fileprivate mutating func append(littleEndian value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
    }
}
