import BitcoinP2P
import Fields

/// What is said in a meeting: answers each message of the peer with what we send next. It knows no sockets and no clock.
///
/// Our side: `version`; after the peer's, `wtxidrelay` and `sendaddrv2` where it understands them, and `verack`; after the
/// peer's `verack` a `ping`. The handshake is complete when that is answered. Then come what ``Extras`` ask for.
public struct Talk: Sendable {
    /// What is done after the handshake.
    public struct Extras: Sendable {
        public var asksForAddresses = false
        /// `ping` messages beside the one of the handshake.
        public var pings = 0
        /// Sent as they are, after the handshake.
        public var messages: [[UInt8]] = []
        /// How long we stay.
        public var stay = Duration.zero

        public init() {}

        var areNone: Bool { !asksForAddresses && pings == 0 && messages.isEmpty && stay == .zero }
    }

    public private(set) var known: Acquaintance
    private let maker: MessageMaker
    private let network: Network
    private let receiver: Target?
    private let extras: Extras
    private let ownNonce: UInt64
    private var pingNonce: UInt64 = 0
    private var pinged = Duration.zero
    private var pingsLeft = 0
    private var waitsForPong = false
    private var waitsForAddresses = false

    /// - Parameters:
    ///   - receiver: Whom we call; nil where a proxy does.
    ///   - nonce: By which we know ourselves.
    init(
        _ known: Acquaintance, _ maker: MessageMaker, on network: Network, to receiver: Target?, _ extras: Extras,
        nonce: UInt64
    ) {
        self.known = known
        self.maker = maker
        self.network = network
        self.receiver = receiver
        self.extras = extras
        ownNonce = nonce
    }

    /// Whether the handshake is complete.
    var isComplete: Bool { known.pongCame != nil }

    /// Whether nothing is waited for any more, but perhaps the time to stay.
    var hasAll: Bool { isComplete && !waitsForPong && !waitsForAddresses }

    /// The first message.
    ///
    /// - Parameter time: In seconds since 1970.
    func begin(time: Int64) -> [Outgoing] {
        [.frame(maker.version(to: receiver, nonce: ownNonce, time: time))]
    }

    /// - Parameters:
    ///   - time: Since the meeting began.
    ///   - nonce: For a `ping`, if one follows.
    /// - Returns: What we send next.
    /// - Throws: What ends the meeting.
    mutating func receive(_ frame: Frame, at time: Duration, nonce: UInt64) throws(MeetingOutcome) -> [Outgoing] {
        known.bytesReceived += 24 + frame.payload.count
        if !isComplete, known.order.count < Acquaintance.orderLimit { known.order.append(frame.command) }
        switch frame.command {
        case Self.version: return try receiveVersion(frame, at: time)
        case Self.verack:
            guard known.versionCame != nil, known.verackCame == nil else { return [] }
            known.verackCame = time
            return [ping(nonce, at: time)]
        case Self.pong: return receivePong(frame, at: time, nonce: nonce)
        // As nodes do: of what has another length nothing is sent back, so a peer cannot choose what we send.
        case Self.ping:
            guard known.versionCame != nil, frame.payload.count == 8 else { return [] }
            return [.frame(Frame(Self.pong, frame.payload))]
        case Self.addr, Self.addrv2:
            let count = AddressCount.read(frame)
            let (sum, overflow) = known.addresses.addingReportingOverflow(count)
            known.addresses = overflow ? .max : sum
            // A single one may be the peer's own, which it tells unasked.
            if count > 1 { waitsForAddresses = false }
            return []
        default: return []
        }
    }

    private mutating func receiveVersion(_ frame: Frame, at time: Duration) throws(MeetingOutcome) -> [Outgoing] {
        // Receivers ignore a second one.
        guard known.versionCame == nil else { return [] }
        known.versionCame = time
        guard let claims = VersionReader.read(frame.payload, network) else { throw .badVersion }
        known.claims = claims
        if claims.nonce == ownNonce { throw .ourselves }
        var answer: [Outgoing] = []
        if (claims.version ?? 0) >= MessageMaker.negotiatesFrom {
            answer = [.frame(maker.empty(Command("wtxidrelay"))), .frame(maker.empty(Command("sendaddrv2")))]
        }
        return answer + [.frame(maker.empty(Self.verack))]
    }

    private mutating func receivePong(_ frame: Frame, at time: Duration, nonce: UInt64) -> [Outgoing] {
        guard waitsForPong, frame.payload == maker.ping(pingNonce).payload else { return [] }
        waitsForPong = false
        known.roundTrips.append(time - pinged)
        if known.pongCame == nil {
            known.pongCame = time
            known.outcome = .complete
            return beginExtras(nonce, at: time)
        }
        guard pingsLeft > 0 else { return [] }
        pingsLeft -= 1
        return [ping(nonce, at: time)]
    }

    private mutating func beginExtras(_ nonce: UInt64, at time: Duration) -> [Outgoing] {
        var messages: [Outgoing] = []
        if extras.asksForAddresses {
            waitsForAddresses = true
            messages.append(.frame(maker.empty(Command("getaddr"))))
        }
        messages += extras.messages.map { .bytes($0) }
        // Nodes answer in order: the answer to a ping says that all before it was read.
        pingsLeft = max(extras.pings, extras.messages.isEmpty ? 0 : 1)
        if pingsLeft > 0 {
            pingsLeft -= 1
            messages.append(ping(nonce, at: time))
        }
        return messages
    }

    private mutating func ping(_ nonce: UInt64, at time: Duration) -> Outgoing {
        waitsForPong = true
        pingNonce = nonce
        pinged = time
        return .frame(maker.ping(nonce))
    }

    /// The peer does not know v2.
    mutating func noteNoV2() { known.spokeNoV2 = true }

    /// The connection is there.
    mutating func connect(at time: Duration) { known.connected = time }

    /// Ends it.
    mutating func end(_ outcome: MeetingOutcome, reason: String? = nil, at time: Duration) {
        known.ended = time
        if isComplete {
            switch outcome {
            case .complete: break
            case .closed: known.lateEnd = .left
            default: known.lateEnd = outcome
            }
        } else {
            known.outcome = outcome
            known.reason = reason
        }
    }

    private static let version = Command("version")
    private static let verack = Command("verack")
    private static let ping = Command("ping")
    private static let pong = Command("pong")
    private static let addr = Command("addr")
    private static let addrv2 = Command("addrv2")
}

/// How many entries an `addr` or `addrv2` has: no more than nodes accept, whatever its count says.
enum AddressCount {
    private static let fields = MessageTypes.standard.fields
    private static let wanted = FieldSet([fields.addressCount, fields.addressV2Count])

    static func read(_ frame: Frame) -> Int {
        guard let type = MessageTypes.standard[frame.command] else { return 0 }
        var picker = FieldPicker()
        let context = MessageContext(network: Network(magic: 0), time: 0)
        picker.read(type, frame.payload.span.bytes, from: 0, context, wanted: wanted)
        let count = picker.value(fields.addressCount) ?? picker.value(fields.addressV2Count) ?? 0
        return Int(min(count, 1000))
    }
}
