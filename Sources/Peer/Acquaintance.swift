import BitcoinP2P
import Fields

/// What was learnt of a peer, and when. What its `version` says is a claim that nobody has checked.
public struct Acquaintance: Sendable {
    /// What the peer's `version` says, as far as it was there.
    public struct Claims: Sendable, Equatable {
        public var version: Int64?
        public var services: UInt64?
        /// In seconds since 1970.
        public var timestamp: Int64?
        /// The first 256 bytes, as they came: not safe to print.
        public var userAgent: [UInt8]?
        public var startHeight: Int64?
        /// Nil where the field was not there; transactions are then wanted.
        public var relays: Bool?
        public var nonce: UInt64?
        /// The addresses it names, as trees show them: ours as it sees it, and its own.
        public var receiver: Place?
        public var sender: Place?

        public struct Place: Sendable, Equatable {
            public var address: [UInt8]
            public var port: UInt16?
        }
    }

    public var outcome = MeetingOutcome.timeout(.version)
    /// More of the outcome, for people: the system's words, or `reset`.
    public var reason: String?
    /// When the meeting began, in nanoseconds since 1970.
    public var begun: Int64 = 0
    /// Whom we reached; nil where a proxy did.
    public var address: IPAddress?
    public var transport = MeetingTransport.v1
    /// The peer closed the connection when we began to speak v2, and said nothing.
    var spokeNoV2 = false

    /// Since the meeting began.
    public var connected: Duration?
    public var versionCame: Duration?
    public var verackCame: Duration?
    public var pongCame: Duration?
    public var ended: Duration?

    public var claims = Claims()
    /// The commands that came until the first `pong`, in order; at most ``orderLimit``.
    public var order: [Command] = []
    /// Of payloads and headers.
    public var bytesReceived = 0
    /// Entries of `addr` and `addrv2`.
    public var addresses = 0
    /// How long each answered `ping` took.
    public var roundTrips: [Duration] = []
    /// What ended it after the handshake was complete, where that was not us.
    public var lateEnd: MeetingOutcome?

    public static let orderLimit = 32

    public init() {}

    /// What is waited for next, until the handshake is complete.
    public var awaited: MeetingOutcome.Stage {
        versionCame == nil ? .version : verackCame == nil ? .verack : .pong
    }

    /// What tells one node's software from another's: the commands of its handshake in their order.
    public var fingerprint: String { order.map(\.name).joined(separator: " ") }
}

/// How messages are framed.
public enum MeetingTransport: String, Sendable {
    case v1
    /// BIP 324: encrypted.
    case v2
}

/// Takes from a `version` what is asked of it, by its fields.
struct VersionReader {
    private static let fields = MessageTypes.standard.fields
    private static let wanted = FieldSet([
        fields.version, fields.services, fields.timestamp, fields.versionNonce, fields.userAgent, fields.startHeight,
        fields.relay, fields.addressText, fields.addressPort,
    ])

    /// - Returns: Nil where the payload ends before its first four fields do: receivers disconnect.
    static func read(_ payload: [UInt8], _ network: Network) -> Acquaintance.Claims? {
        guard let type = MessageTypes.standard[Command("version")] else { return nil }
        var picker = FieldPicker()
        let bytes = payload.span.bytes
        let outcome = picker.read(type, bytes, from: 0, MessageContext(network: network, time: 0), wanted: wanted)
        guard outcome == .complete else { return nil }
        var claims = Acquaintance.Claims()
        for node in picker.tree.nodes where !node.flags.contains(.truncated) {
            switch node.field {
            case fields.version: claims.version = Int64(bitPattern: node.value)
            case fields.services: claims.services = node.value
            case fields.timestamp: claims.timestamp = Int64(bitPattern: node.value)
            case fields.versionNonce: claims.nonce = node.value
            case fields.startHeight: claims.startHeight = Int64(bitPattern: node.value)
            case fields.relay: if !node.flags.contains(.generated) { claims.relays = node.value != 0 }
            case fields.userAgent:
                claims.userAgent = picker.tree.bytes(of: node, in: bytes).withUnsafeBytes { Array($0.prefix(256)) }
            case fields.addressText:
                let address = picker.tree.bytes(of: node, in: bytes).withUnsafeBytes { Array($0) }
                let place = Acquaintance.Claims.Place(address: address)
                if claims.receiver == nil { claims.receiver = place } else { claims.sender = claims.sender ?? place }
            case fields.addressPort:
                let port = UInt16(truncatingIfNeeded: node.value)
                if claims.sender != nil { claims.sender?.port = port } else { claims.receiver?.port = port }
            default: break
            }
        }
        return claims
    }
}
