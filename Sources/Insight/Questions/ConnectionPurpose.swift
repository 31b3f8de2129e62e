import Reassembly

/// What the wire shows of a connection's purpose, in Core's words, and by what.
struct ConnectionPurpose {
    /// By what it is known, or why it is not.
    let reason: Reason

    /// Nil where nothing decides it.
    var type: StaticString? { reason.type }

    /// Longer than Core lets an `addr-fetch` connection last, in nanoseconds.
    private static let longestFetch: Int64 = 300_000_000_000

    init(of connection: ConnectionView, _ handshake: Handshake) {
        reason = Self.decide(connection, handshake)
    }

    private static func decide(_ connection: ConnectionView, _ handshake: Handshake) -> Reason {
        switch handshake.kind {
        case .encrypted: return .encrypted
        case .notCaptured: return .notCaptured
        case .complete, .incomplete: break
        }
        guard let state = connection.state, let initiator = connection.initiator else { return .notCaptured }
        let (own, other) = (state[initiator], state[initiator.opposite])
        guard let claims = own.claims else { return .noVersion }
        guard own.deeds.contains(.verack), other.claims != nil else { return .noVerack }
        let hasClosed = connection.facts?.end?.side == initiator
        let relaysNone = claims.relays == false
        if relaysNone, hasClosed, !own.deeds.contains(.more) { return .feeler }
        if hasClosed, own.deeds.contains(.getaddr), other.deeds.contains(.addresses),
            !own.deeds.contains(.afterAddresses)
        {
            return .addressFetch
        }
        let relays = own.deeds.contains(.transactions)
        if relaysNone {
            if own.deeds.contains(.filterload) { return .bloomFilter }
            if claims.services == 0, claims.timestamp == 0, claims.startHeight == 0 { return .privateBroadcast }
            if relays { return .relaysAll }
            return own.deeds.contains(.getaddr) ? .blocksOnly : .blockRelayOnly
        }
        if relays { return .relays }
        return connection.duration ?? 0 > longestFetch ? .lasts : .undecided
    }
}

extension ConnectionPurpose {
    /// In the order in which they are looked at: the first that fits.
    enum Reason: String, CaseIterable {
        case encrypted
        case notCaptured = "not captured"
        case noVersion = "no version from the initiator"
        case noVerack = "no verack from the initiator"
        case feeler = "relay 0, closed at once after the handshake"
        case addressFetch = "closed as soon as addresses had come"
        case bloomFilter = "relay 0 and filterload"
        case privateBroadcast = "relay 0, services 0, time 0, height 0"
        case relaysAll = "relay 0, but relays transactions"
        case blocksOnly = "relay 0, but asks for addresses"
        case blockRelayOnly = "relay 0, no addresses, no transactions"
        case relays = "relays transactions"
        case lasts = "lasts longer than addr-fetch"
        case undecided = "full-relay, manual or addr-fetch"

        var type: StaticString? {
            switch self {
            case .encrypted, .notCaptured, .noVersion, .noVerack, .relaysAll, .undecided: nil
            case .feeler: "feeler"
            case .addressFetch: "addr-fetch"
            case .bloomFilter: "bloom-filter"
            case .privateBroadcast: "private-broadcast"
            case .blocksOnly: "blocksonly"
            case .blockRelayOnly: "block-relay-only"
            case .relays, .lasts: "full-relay"
            }
        }

        /// For the manual.
        var meaning: String {
            switch self {
            case .encrypted: "the connection could not be read"
            case .notCaptured: "the handshake was not captured"
            case .noVersion: "the initiator's version message is not there"
            case .noVerack: "the initiator sent no verack, or got no version message"
            case .feeler: "it wanted no transactions, and closed having sent nothing but the handshake and getaddr"
            case .addressFetch:
                "it asked for addresses, and closed after an addr with more than one, having sent nothing more"
            case .bloomFilter: "it wanted only transactions that match its filter"
            case .privateBroadcast: "it wanted no transactions, and said nothing of itself"
            case .relaysAll: "it wanted no transactions, but announced, asked for or sent some"
            case .blocksOnly: "it wanted no transactions, and asked for addresses"
            case .blockRelayOnly: "it wanted no transactions, and asked for no addresses"
            case .relays: "it announced, asked for or sent transactions; manual connections look the same"
            case .lasts: "it lasted longer than 300 s, after which Core closes connections that only fetch addresses"
            case .undecided: "any of these"
            }
        }
    }
}

/// Whether both sides introduced themselves.
struct Handshake {
    enum Kind {
        case complete, incomplete, notCaptured, encrypted

        var name: StaticString {
            switch self {
            case .complete: "complete"
            case .incomplete: "incomplete"
            case .notCaptured: "not captured"
            case .encrypted: "encrypted"
            }
        }
    }

    let kind: Kind
    /// From the SYN to the later `verack`, in nanoseconds.
    let duration: Int64?

    init(of connection: ConnectionView) {
        guard !connection.isOpaque, let state = connection.state else {
            kind = .encrypted
            duration = nil
            return
        }
        let (one, other) = (state.forward, state.backward)
        if one.claims != nil, other.claims != nil, let first = one.verackTime, let second = other.verackTime {
            kind = .complete
            // Of a clock that runs back nothing is known.
            duration = connection.facts?.forward.syn.map { max(first, second) &- $0.time }.flatMap { $0 < 0 ? nil : $0 }
            return
        }
        duration = nil
        let isBegun = connection.facts?.isFromSYN == true || one.claims != nil || other.claims != nil
        kind = isBegun ? .incomplete : .notCaptured
    }
}

extension ConnectionView {
    /// From the first frame to the last, in nanoseconds; of messages without packets from the first to the last. Nil where
    /// the clock ran back between them.
    var duration: Int64? {
        let span = facts.map { $0.last.time &- $0.first.time } ?? state.map { $0.end &- $0.start }
        return span.flatMap { $0 < 0 ? nil : $0 }
    }

    var start: Int64? { facts?.first.time ?? state?.start }
}
