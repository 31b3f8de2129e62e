import Reassembly

/// What the wire shows of a connection's purpose, in Core's words, and by what.
struct ConnectionPurpose {
    /// Nil where nothing decides it.
    let type: StaticString?
    let reason: StaticString

    /// Longer than Core lets an `addr-fetch` connection last, in nanoseconds.
    private static let longestFetch: Int64 = 300_000_000_000

    init(of connection: ConnectionView, _ handshake: Handshake) {
        (type, reason) = Self.decide(connection, handshake)
    }

    private static func decide(
        _ connection: ConnectionView, _ handshake: Handshake
    ) -> (StaticString?, StaticString) {
        switch handshake.kind {
        case .encrypted: return (nil, "encrypted")
        case .notCaptured: return (nil, "not captured")
        case .complete, .incomplete: break
        }
        guard let state = connection.state, let initiator = connection.initiator else { return (nil, "not captured") }
        let (own, other) = (state[initiator], state[initiator.opposite])
        guard let claims = own.claims else { return (nil, "no version from the initiator") }
        guard own.deeds.contains(.verack), other.claims != nil else {
            return (nil, "no verack from the initiator")
        }
        let hasClosed = connection.facts?.end?.side == initiator
        let relaysNone = claims.relays == false
        if relaysNone, hasClosed, !own.deeds.contains(.more) {
            return ("feeler", "relay 0, closed at once after the handshake")
        }
        if hasClosed, own.deeds.contains(.getaddr), other.deeds.contains(.addresses),
            !own.deeds.contains(.afterAddresses)
        {
            return ("addr-fetch", "closed as soon as addresses had come")
        }
        let relays = own.deeds.contains(.transactions)
        if relaysNone {
            if own.deeds.contains(.filterload) { return ("bloom-filter", "relay 0 and filterload") }
            if claims.services == 0, claims.timestamp == 0, claims.startHeight == 0 {
                return ("private-broadcast", "relay 0, services 0, time 0, height 0")
            }
            if relays { return (nil, "relay 0, but relays transactions") }
            if own.deeds.contains(.getaddr) { return ("blocksonly", "relay 0, but asks for addresses") }
            return ("block-relay-only", "relay 0, no addresses, no transactions")
        }
        if relays { return ("full-relay", "relays transactions") }
        if connection.duration > longestFetch { return ("full-relay", "lasts longer than addr-fetch") }
        return (nil, "full-relay, manual or addr-fetch")
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
            duration = connection.facts?.forward.syn.map { max(first, second) &- $0.time }
            return
        }
        duration = nil
        let isBegun = connection.facts?.isFromSYN == true || one.claims != nil || other.claims != nil
        kind = isBegun ? .incomplete : .notCaptured
    }
}

extension ConnectionView {
    /// From the first frame to the last, in nanoseconds; of messages without packets from the first to the last.
    var duration: Int64 {
        if let facts { return facts.last.time &- facts.first.time }
        return state.map { $0.end &- $0.start } ?? 0
    }

    var start: Int64? { facts?.first.time ?? state?.start }
}
