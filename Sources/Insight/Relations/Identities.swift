import BitcoinP2P
import Fields
import Reassembly

/// What a side has said that tells which software it is.
struct IdentityTrail {
    /// Of its first `version`.
    struct Introduction {
        let frame: UInt64
        var version: Int64?
        var services: UInt64?
        /// Nil where it wants transactions unless it says otherwise, as before BIP 37.
        var relays: Bool?
        /// As it came: not safe to print.
        var userAgent: [UInt8]?
        /// Its own address by its own account: services, 16 bytes of address, port; nil where that is not there.
        var sender: [UInt8]?
    }

    /// One of its first messages.
    struct Spoken {
        let command: Command
        let frame: UInt64
        /// What stands after the command: `/70016`.
        var detail: String = ""
    }

    /// A fact, and the frame that showed it.
    struct Seen {
        let frame: UInt64
        var text: String = ""
    }

    /// Of its first messages.
    static let spokenLimit = 16
    /// Of different versions in `sendcmpct`.
    static let versionLimit = 8

    var introduction: Introduction?
    var spoken: [Spoken] = []
    /// The different versions of compact blocks that it has offered.
    var compactVersions: [UInt64] = []
    var otherCompactVersion: Seen?
    var pings = false
    var pingOfZero: Seen?
    var reject: Seen?
    var getaddr: Seen?
    /// Announced a transaction to a side that wants none.
    var unwantedInv: Seen?
    /// It has set a filter, taken one back, or asked for the mempool: then it may be told of transactions whatever its
    /// version said.
    var asksForTransactions = false

    /// It wants no transactions announced.
    var refusesTransactions: Bool { introduction?.relays == false && !asksForTransactions }
}

/// What both sides of each connection have said of themselves.
struct Identities: ~Copyable {
    /// By the place of the connection among ``ConversationStates``: the forward side, then the backward one.
    private(set) var trails: ContiguousArray<IdentityTrail> = []
    private var picker = FieldPicker()
    private let types = MessageTypes.standard

    /// Takes the next message, which is sound.
    ///
    /// - Parameters:
    ///   - start: Where in `bytes` the payload begins.
    ///   - place: Of its connection.
    mutating func receive(_ fact: MessageFact, _ bytes: RawSpan, from start: Int, at place: Int32) {
        let (own, other) = Self.indices(of: fact.side, at: place)
        while trails.count <= max(own, other) { trails.append(IdentityTrail()) }
        var detail = ""
        let seen = IdentityTrail.Seen(frame: fact.complete.frame)
        switch fact.command {
        case Self.version: detail = takeVersion(fact, bytes, from: start, own)
        case Self.sendcmpct: detail = takeCompactVersion(fact, bytes, from: start, own)
        case Self.ping:
            guard
                let nonce = read(fact, bytes, from: start, [types.fields.pingNonce.nonce], types.fields.pingNonce.nonce)
            else { break }
            trails[own].pings = true
            if nonce == 0, trails[own].pingOfZero == nil { trails[own].pingOfZero = seen }
        case Self.reject: if trails[own].reject == nil { trails[own].reject = seen }
        case Self.getaddr: if trails[own].getaddr == nil { trails[own].getaddr = seen }
        case Self.filterload, Self.filterclear, Self.mempool: trails[own].asksForTransactions = true
        case Self.inv:
            if trails[own].unwantedInv == nil, trails[other].refusesTransactions {
                read(fact, bytes, from: start, [types.fields.announced.type])
                let isOfTransaction = picker.contains(types.fields.announced.type) {
                    RequestKind(inventoryType: $0) == .tx
                }
                if isOfTransaction { trails[own].unwantedInv = seen }
            }
        default: break
        }
        guard trails[own].spoken.count < IdentityTrail.spokenLimit else { return }
        trails[own].spoken.append(
            IdentityTrail.Spoken(command: fact.command, frame: fact.complete.frame, detail: detail))
    }

    /// Of the sides of a connection.
    func trails(at place: Int32) -> (forward: IdentityTrail, backward: IdentityTrail)? {
        let (forward, backward) = Self.indices(of: .forward, at: place)
        return trails.indices.contains(backward) ? (trails[forward], trails[backward]) : nil
    }

    private static func indices(of side: Direction, at place: Int32) -> (own: Int, other: Int) {
        let first = Int(place) &* 2
        return side == .forward ? (first, first &+ 1) : (first &+ 1, first)
    }

    private mutating func takeVersion(_ fact: MessageFact, _ bytes: RawSpan, from start: Int, _ own: Int) -> String {
        let fields = types.fields
        read(
            fact, bytes, from: start,
            [fields.version, fields.services, fields.userAgent, fields.relay, fields.versionSender])
        let number = picker.value(fields.version).map { Int64(bitPattern: $0) }
        if trails[own].introduction == nil {
            trails[own].introduction = IdentityTrail.Introduction(
                frame: fact.complete.frame, version: number, services: picker.value(fields.services),
                relays: picker.value(fields.relay).map { $0 != 0 },
                // Receivers accept 256 bytes.
                userAgent: picker.bytes(fields.userAgent, in: bytes, atMost: 256),
                sender: picker.bytes(fields.versionSender, in: bytes, atMost: 26))
        }
        return number.map { "/\($0)" } ?? ""
    }

    private mutating func takeCompactVersion(
        _ fact: MessageFact, _ bytes: RawSpan, from start: Int, _ own: Int
    ) -> String {
        let fields = types.fields
        read(fact, bytes, from: start, [fields.compactAnnounce, fields.compactVersion])
        guard let announce = picker.value(fields.compactAnnounce), let number = picker.value(fields.compactVersion)
        else { return "" }
        if number != 2, trails[own].otherCompactVersion == nil {
            trails[own].otherCompactVersion = IdentityTrail.Seen(frame: fact.complete.frame)
        }
        if trails[own].compactVersions.count < IdentityTrail.versionLimit,
            !trails[own].compactVersions.contains(number)
        {
            trails[own].compactVersions.append(number)
        }
        return "/\(announce == 0 ? 0 : 1)/\(number)"
    }

    @discardableResult
    private mutating func read(
        _ fact: MessageFact, _ bytes: RawSpan, from start: Int, _ wanted: [Field], _ asked: Field? = nil
    ) -> UInt64? {
        guard let type = types[fact.command] else { return nil }
        picker.read(type, bytes, from: start, fact.context, wanted: FieldSet(wanted))
        return asked.flatMap { picker.value($0) }
    }

    private static let version = Command("version")
    private static let sendcmpct = Command("sendcmpct")
    private static let ping = Command("ping")
    private static let reject = Command("reject")
    private static let getaddr = Command("getaddr")
    private static let filterload = Command("filterload")
    private static let filterclear = Command("filterclear")
    private static let mempool = Command("mempool")
    private static let inv = Command("inv")
}
