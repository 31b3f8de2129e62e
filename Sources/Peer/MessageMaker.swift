import BitcoinP2P
import Fields

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
        var values = BuildValues()
        values.add(.field(Self.fields.version), number: UInt64(Self.protocolVersion))
        values.add(.field(Self.fields.timestamp), number: UInt64(bitPattern: time))
        if let receiver, case .address(let address) = receiver.host {
            values.group(.written("bitcoin.version.addr_you")) { values in
                values.add(.written("bitcoin.address.address"), bytes: address.wireBytes)
                values.add(.written("bitcoin.address.port"), number: UInt64(receiver.port))
            }
        }
        values.add(.field(Self.fields.versionNonce), number: nonce)
        values.add(.field(Self.fields.userAgent), bytes: userAgent)
        values.add(.field(Self.fields.relay), number: 0)
        return frame(Command("version"), values)
    }

    func ping(_ nonce: UInt64) -> Frame {
        var values = BuildValues()
        values.add(.field(Self.fields.pingNonce.nonce), number: nonce)
        return frame(Command("ping"), values)
    }

    /// Of the messages without payload.
    func empty(_ command: Command) -> Frame { Frame(command) }

    private static let fields = MessageTypes.standard.fields

    /// What is not told is zero, or empty.
    private func frame(_ command: Command, _ values: BuildValues) -> Frame {
        var builder = MessageBuilder(network: Network(magic: 0), fill: .zero)
        // The values are our own: tests dissect what becomes of them, so that not each connection has to.
        builder.checks = false
        guard let type = MessageTypes.standard[command], let built = try? builder.build(type, values) else {
            return Frame(command)
        }
        return Frame(command, Array(built.payload))
    }
}
