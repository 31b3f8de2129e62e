import Reassembly
import Records

/// A connection of Bitcoin's: what its packets tell, and what its messages do.
struct ConnectionView {
    /// Nil where the messages came without packets, or there were too many connections.
    let facts: ConnectionFacts?
    /// Nil of one without a message.
    let state: ConversationState?
    let number: UInt64
    /// Of its state.
    let place: Int32?
    /// The ends of the forward side and of the backward one.
    let ends: (forward: [UInt8], backward: [UInt8])
    /// The node's side; nil where it is at none, or not known.
    var nodeSide: Direction?
    /// What its sides have said of themselves; nil where nobody asks.
    let trails: (forward: IdentityTrail, backward: IdentityTrail)?
    /// The requests of either side that wait too long.
    let late: (forward: [LateRequests], backward: [LateRequests])
    /// False of messages that a node wrote, whatever they came in.
    var isTransportKnown = true

    /// The side that opened it; nil where nobody knows.
    var initiator: Direction? {
        if facts?.isFromSYN == true { return .forward }
        return state?.initiator
    }

    /// The one that counts as the initiator where nobody knows.
    var first: Direction { initiator ?? .forward }

    func end(_ side: Direction) -> [UInt8] { side == .forward ? ends.forward : ends.backward }

    /// What became of what a side has asked for; nil where it has not asked. It is put together when it is looked at: of many
    /// connections all would take much memory.
    func tally(_ kind: RequestKind, of side: Direction) -> RequestTally? {
        guard var tally = state?[side].tally(kind) else { return nil }
        for late in side == .forward ? late.forward : late.backward where late.kind == kind { tally.add(late) }
        if facts?.mayHaveSpoken(side.opposite) == true { tally.doubt() }
        return tally
    }

    /// Which side that is, as far as it is known.
    func name(of side: Direction) -> StaticString {
        guard let initiator else { return "unknown" }
        return side == initiator ? "initiator" : "responder"
    }

    var isOpaque: Bool { state?.hasMessages != true }

    /// Nil where nobody knows it.
    var transport: StaticString? {
        if !isTransportKnown { return nil }
        if isOpaque { return "v2_encrypted" }
        return state?.transport == .v2 ? "v2" : "v1"
    }
}
