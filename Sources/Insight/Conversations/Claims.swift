import BitcoinP2P
import Fields

/// What a side says of itself, and of the other one, in its first `version`.
public struct Claims: Sendable {
    /// What was there of the fields that have a value here anyway.
    struct Presence: OptionSet {
        let rawValue: UInt8

        static let version = Presence(rawValue: 1)
        static let services = Presence(rawValue: 2)
        /// Where it is absent, transactions are to be announced.
        static let relay = Presence(rawValue: 4)
    }

    /// An address and a port, where that came, too.
    struct Place {
        /// As trees show it: safe to print.
        let address: [UInt8]
        var port: UInt16?

        /// What a node sends that knows no address: 16 zero bytes, or IPv4's zero.
        var isZero: Bool { address.elementsEqual("::".utf8) || address.elementsEqual("0.0.0.0".utf8) }
    }

    public var version: Int64 = 0
    public var services: UInt64 = 0
    public var timestamp: Int64 = 0
    public var startHeight: Int64?
    public var relays: Bool?
    /// As it came: not safe to print.
    public var userAgent: [UInt8]?
    var presence: Presence = []
    /// When the message was complete, in nanoseconds since 1970.
    var time: Int64 = 0
    /// The other side, as this one sees it, and the side itself.
    var receiver: Place?
    var sender: Place?

    public init() {}

    /// - Parameter reader: Has read a `version` in `message`.
    init(_ reader: borrowing RelationReader, in message: RawSpan, at time: Int64) {
        self.time = time
        let fields = reader.fields
        for index in 0..<reader.count where reader.isWhole(index) {
            let value = reader.value(index)
            switch reader.field(index) {
            case fields.version:
                version = Int64(bitPattern: value)
                presence.insert(.version)
            case fields.services:
                services = value
                presence.insert(.services)
            case fields.timestamp: timestamp = Int64(bitPattern: value)
            case fields.startHeight: startHeight = Int64(bitPattern: value)
            case fields.relay:
                relays = value != 0
                if !reader.isGenerated(index) { presence.insert(.relay) }
            case fields.userAgent:
                // Receivers accept 256 bytes.
                userAgent = reader.bytes(index, in: message).withUnsafeBytes { Array($0.prefix(256)) }
            case fields.addressText:
                let place = Place(address: reader.bytes(index, in: message).withUnsafeBytes { Array($0) })
                if receiver == nil { receiver = place } else if sender == nil { sender = place }
            case fields.addressPort:
                let port = UInt16(truncatingIfNeeded: value)
                if sender != nil { sender?.port = port } else { receiver?.port = port }
            default: break
            }
        }
    }
}
