import BitcoinP2P
import Fields
import Records

/// What one side of a connection has said so far: by it its next messages are judged, and its records name its program.
struct Conduct {
    /// What the side said of itself in its `version`.
    struct Claims {
        var version: UInt64 = 0
        var services: UInt64 = 0
        /// The message has all its fields: receivers have read it.
        var isComplete = false
        /// Bytes of the message are doubtful: the receiver may have read others.
        var isDoubtful = false
        /// The bytes that say ``services`` were there.
        var hasServices = false
        /// Nil where there is none.
        var nonce: UInt64?
        /// Whether it wants transactions; nil where it does not say so.
        var relays: Bool?
        /// As it came: not safe to print.
        var userAgent: [UInt8] = []

        /// The nonce by which a node notices that it called itself. 0 and 1 are written by who does not look for it.
        var ownNonce: UInt64? { nonce.flatMap { $0 > 1 ? $0 : nil } }
    }

    /// Services that somebody asks for (protocol.md section 4.3).
    private struct Services: OptionSet {
        let rawValue: UInt64
        static let bloom = Services(rawValue: 1 << 2)
        static let compactFilters = Services(rawValue: 1 << 6)
        /// The same on Bitcoin Cash.
        static let cashFilters = Services(rawValue: 1 << 8)
        static let utreexo = Services(rawValue: 1 << 12 | 1 << 13 | 1 << 24)
    }

    private(set) var claims: Claims?
    /// It has sent a `version` that can be read.
    private var hasIntroduced = false
    /// It has sent a second `version`, or of its bytes two copies came: what it serves is not certain.
    private var isUncertain = false
    private var hasAcknowledged = false
    /// It has asked to be told of transactions, whatever its `version` said.
    private var asksForTransactions = false
    /// It has asked for transactions themselves.
    private var hasRequested = false
    /// Nonces of pings that the other side has not answered yet, the newest last.
    private var pings: [UInt64] = []
    private static let pingLimit = 64
    /// A ping was dropped from the list, so an answer may be to it.
    private var hasForgottenPings = false

    private static let messages = MessageTypes.standard.fields
    private static let version = Command("version")
    private static let verack = Command("verack")
    private static let ping = Command("ping")
    private static let pong = Command("pong")
    private static let getaddr = Command("getaddr")
    private static let filterload = Command("filterload")
    private static let filteradd = Command("filteradd")
    private static let filterclear = Command("filterclear")
    private static let mempool = Command("mempool")
    private static let getdata = Command("getdata")
    private static let inv = Command("inv")
    private static let tx = Command("tx")
    /// NO_BLOOM_VERSION: older nodes serve bloom filters without saying so.
    private static let bloomServiceVersion: Int64 = 70011
    /// BIP0031_VERSION: up to this a ping has no nonce.
    private static let lastWithoutNonce: Int64 = 60000
    /// What may only stand between `version` and `verack` (protocol.md section 6.1). So few are found sooner than hashed.
    private static let negotiation: [Command] = [
        Command("wtxidrelay"), Command("sendaddrv2"), Command("sendtxrcncl"), Command("sendpackages"),
        Command("disabletx"), Command("sendtemplate"), Command("feature"),
    ]

    /// What it has said so far may be forged: by that nobody else is judged.
    mutating func contest() { isUncertain = true }

    /// Whether the claims of the message are wanted.
    static func isVersion(_ command: Command) -> Bool { command == version }

    /// Receives the next message of this side. One with a wrong checksum changes nothing: receivers drop it, as if it had
    /// never been sent.
    ///
    /// - Parameters:
    ///   - payload: The payload as far as it was captured.
    ///   - sender: Most can be wrong only where nothing is missing of what it has seen.
    ///   - statement: What the message says, if it is one of those that are looked into.
    /// - Returns: What is wrong with the message's place in the conversation.
    mutating func receive(
        _ message: MessageFramer.Message, _ payload: RawSpan, of sender: StreamSender, to peer: inout Conduct,
        saying statement: Statement?
    ) -> [Remark] {
        var wrong = misplaced(message, payload, seen: sender.seen, to: &peer)
        if case .claims(let said) = statement, message.status != .bad {
            isUncertain = isUncertain || claims != nil || said.isDoubtful
            claims = said
            if said.isComplete { hasIntroduced = true }
        }
        if message.isBelieved { noteWish(message.header.command, statement) }
        if let remark = unserved(message, of: sender, by: peer, saying: statement) { wrong.append(remark) }
        return wrong
    }

    /// Takes the next message into the order of this side's messages, and answers what is wrong with its place there.
    private mutating func misplaced(
        _ message: MessageFramer.Message, _ payload: RawSpan, seen: StreamSender.Seen, to peer: inout Conduct
    ) -> [Remark] {
        var wrong: [Remark] = []
        let command = message.header.command
        if message.status == .bad { return [] }
        switch command {
        case Self.version:
            if hasIntroduced { wrong.append(ConductRemarks.standard.versionRepeated) }
            return seen == .part ? [] : wrong
        case Self.verack: hasAcknowledged = true
        case Self.ping: note(Self.messages.pingNonce.value(in: payload))
        case Self.pong:
            if !peer.answer(Self.messages.pongNonce.value(in: payload)), seen == .both {
                wrong.append(ConductRemarks.standard.pongWithoutPing)
            }
        default:
            if hasAcknowledged, Self.negotiation.contains(command) {
                wrong.append(ConductRemarks.standard.negotiationAfterVerack)
            }
        }
        if !hasIntroduced { wrong.append(ConductRemarks.standard.messageBeforeVersion) }
        return seen == .part ? [] : wrong
    }

    /// What of a message the receiver does not want, by what it has said of itself or by who opened the connection.
    private func unserved(
        _ message: MessageFramer.Message, of sender: StreamSender, by peer: Conduct, saying statement: Statement?
    ) -> Remark? {
        guard message.isBelieved else { return nil }
        switch message.header.command {
        case Self.ping:
            guard message.header.length == 0, let version, let other = peer.version,
                min(version, other) > Self.lastWithoutNonce
            else { return nil }
            return ConductRemarks.standard.pingWithoutNonce
        case Self.version:
            guard let nonce = claims?.ownNonce, nonce == peer.claims?.ownNonce else { return nil }
            return ConductRemarks.standard.ownNonce
        case Self.getaddr:
            // Where the beginning was not seen, who opened the connection is only presumed.
            guard sender.role == .responder, sender.seen == .both else { return nil }
            return ConductRemarks.standard.getaddrByResponder
        case Self.filterload, Self.filteradd, Self.filterclear:
            return peer.refusesBloom ? ConductRemarks.standard.bloomNotOffered : nil
        case Self.mempool: return peer.refusesBloom ? ConductRemarks.standard.mempoolNotOffered : nil
        case Self.tx, Self.inv:
            guard sender.seen == .both, peer.refusesTransactions else { return nil }
            if message.header.command == Self.inv {
                guard case .transactions = statement else { return nil }
            } else if peer.hasRequested {
                return nil
            }
            return ConductRemarks.standard.transactionUnwanted
        default:
            guard case .filterRequest(let type) = statement, peer.refusesFilters(type: type) else { return nil }
            return ConductRemarks.standard.blockFilterNotOffered
        }
    }

    /// A filter, the end of one, and a request for transactions: from then on they may be sent to it.
    private mutating func noteWish(_ command: Command, _ statement: Statement?) {
        switch command {
        case Self.filterload, Self.filterclear, Self.mempool: asksForTransactions = true
        case Self.getdata: if case .transactions = statement { hasRequested = true }
        default: break
        }
    }

    /// It wants to be told of no transactions, as it has said just once, without a doubt.
    var refusesTransactions: Bool { claims?.relays == false && !isUncertain && !asksForTransactions }

    /// The protocol it speaks, where it has said so just once.
    private var version: Int64? {
        guard let claims, !isUncertain else { return nil }
        return Int64(bitPattern: claims.version)
    }

    /// What it serves, where it has said so just once.
    private var services: Services? {
        guard let claims, claims.hasServices, !isUncertain else { return nil }
        return Services(rawValue: claims.services)
    }

    /// It serves no bloom filters, though nodes of its version say whether they do (BIP 111).
    private var refusesBloom: Bool {
        guard let services, let claims, Int64(bitPattern: claims.version) >= Self.bloomServiceVersion else {
            return false
        }
        return !services.contains(.bloom)
    }

    private func refusesFilters(type: UInt64) -> Bool {
        guard let services else { return false }
        // Others than the basic one are drafts of utreexo.
        if type != 0 { return services.isDisjoint(with: .utreexo) }
        return services.isDisjoint(with: [.compactFilters, .cashFilters])
    }

    private mutating func note(_ nonce: UInt64?) {
        guard let nonce else { return }
        if pings.count >= Self.pingLimit {
            pings.removeFirst()
            hasForgottenPings = true
        }
        pings.append(nonce)
    }

    private mutating func answer(_ nonce: UInt64?) -> Bool {
        guard let nonce, let place = pings.firstIndex(of: nonce) else {
            return hasForgottenPings
        }
        pings.remove(at: place)
        return true
    }
}

extension MessageFramer.Message {
    /// It is all there, and its receiver does not drop it.
    var isBelieved: Bool {
        switch status {
        case .good, .notPresent: payloadLength == Int(header.length)
        case .bad, .unverified: false
        }
    }
}
