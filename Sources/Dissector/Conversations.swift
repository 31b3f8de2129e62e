import BitcoinP2P
import Fields
import Reassembly

/// What the two sides of each connection have said so far: by it their next messages are judged, and their records name
/// the sender's program.
///
/// It is fed in the order of the capture, after the checksums were looked at, and so is the end of each direction. A
/// connection is forgotten when both its directions have ended. Of more than ``limit`` connections the oldest are
/// forgotten, too: then nothing is said of their messages any more.
struct Conversations {
    private struct Conversation {
        var forward = Conduct()
        var backward = Conduct()
        var hasForwardEnded = false
        var hasBackwardEnded = false
        /// Of the first message of a network that is known.
        private var network: Network?

        mutating func receive(
            _ message: MessageFramer.Message, _ payload: RawSpan, of sender: StreamSender, saying statement: Statement?
        ) -> Judgement {
            var judgement = Judgement()
            if sender.side == .forward {
                judgement.remarks = forward.receive(message, payload, of: sender, to: &backward, saying: statement)
                judgement.claims = forward.claims
            } else {
                judgement.remarks = backward.receive(message, payload, of: sender, to: &forward, saying: statement)
                judgement.claims = backward.claims
            }
            if isOfOtherNetwork(message, seen: sender.seen) {
                judgement.remarks.append(ConductRemarks.standard.otherNetwork)
            }
            return judgement
        }

        /// Whether a header has another network's magic than those before. A magic that nobody knows may be a damaged one:
        /// by it no other message is judged.
        private mutating func isOfOtherNetwork(_ message: MessageFramer.Message, seen: StreamSender.Seen) -> Bool {
            let own = message.header.network
            switch message.header.form {
            case .withChecksum, .withoutChecksum: break
            case .absent, .captured, .shortPacket, .longPacket: return false
            }
            if let network { return own != network && message.isBelieved && seen != .part }
            if own.isKnown, message.isBelieved { network = own }
            return false
        }
    }

    /// What is known of a message by those before it.
    struct Judgement {
        /// What is wrong with its place in the conversation.
        var remarks: [Remark] = []
        /// What its sender has said of itself, in this message or before.
        var claims: Conduct.Claims?
    }

    /// By the number of the connection.
    private var conversations: [UInt64: Conversation] = [:]
    /// Connections of lower numbers that are not known may have been forgotten.
    private var lowestNumber: UInt64 = 0
    private let limit: Int
    private var nonces: SentNonces
    private var blocks: ToldBlocks

    /// - Parameters:
    ///   - limit: How many connections are remembered: with 2 KiB each at most.
    ///   - tableLimit: How many nonces, and how many blocks.
    init(limit: Int = 1 << 15, tableLimit: Int = 1 << 12) {
        self.limit = limit
        nonces = SentNonces(limit: tableLimit)
        blocks = ToldBlocks(limit: tableLimit)
    }

    var count: Int { conversations.count }
    /// How many nonces and blocks are remembered.
    var tableCounts: (nonces: Int, blocks: Int) { (nonces.count, blocks.count) }

    /// Takes the next message, whose checksum was looked at.
    ///
    /// - Parameters:
    ///   - payload: The payload as far as it was captured.
    ///   - number: Of the connection.
    ///   - statement: What the message says, if it is one of those that are looked into.
    mutating func receive(
        _ message: MessageFramer.Message, _ payload: RawSpan, of sender: StreamSender, number: UInt64,
        saying statement: Statement?
    ) -> Judgement {
        if conversations.count >= limit || number < lowestNumber, conversations[number] == nil {
            if number < lowestNumber { return Judgement() }
            forgetOldest()
        }
        var judgement = conversations[number, default: Conversation()].receive(
            message, payload, of: sender, saying: statement)
        if let statement, message.isBelieved, let remark = judge(statement, of: sender, number: number) {
            if !judgement.remarks.contains(remark) { judgement.remarks.append(remark) }
        }
        return judgement
    }

    /// What is wrong with what a message says, by what was said on other connections, or of a block.
    private mutating func judge(_ statement: Statement, of sender: StreamSender, number: UInt64) -> Remark? {
        switch statement {
        case .claims(let claims):
            guard let nonce = claims.ownNonce else { return nil }
            return nonces.receive(nonce, from: sender) ? ConductRemarks.standard.ownNonce : nil
        case .block(let name, let count):
            blocks.note(name, count, from: sender, number: number)
            return nil
        case .missing(let name, let last):
            guard let count = blocks.count(of: name, byReceiverOf: sender, number: number), last >= count else {
                return nil
            }
            return ConductRemarks.standard.positionBeyondBlock
        case .filterRequest, .transactions: return nil
        }
    }

    /// Whether a side of a connection wants no transactions.
    func hasRefusal(of number: UInt64) -> Bool {
        guard let conversation = conversations[number] else { return false }
        return conversation.forward.refusesTransactions || conversation.backward.refusesTransactions
    }

    /// What a side has said of itself so far.
    func claims(of side: Direction, number: UInt64) -> Conduct.Claims? {
        guard let conversation = conversations[number] else { return nil }
        return side == .forward ? conversation.forward.claims : conversation.backward.claims
    }

    /// Of bytes of a side, read before, another copy came.
    mutating func contest(_ side: Direction, number: UInt64) {
        if side == .forward {
            conversations[number]?.forward.contest()
        } else {
            conversations[number]?.backward.contest()
        }
    }

    /// A direction has ended: no message of it will come.
    mutating func close(_ side: Direction, number: UInt64) {
        guard var conversation = conversations[number] else { return }
        if side == .forward { conversation.hasForwardEnded = true } else { conversation.hasBackwardEnded = true }
        let haveEnded = conversation.hasForwardEnded && conversation.hasBackwardEnded
        conversations[number] = haveEnded ? nil : conversation
    }

    /// Forgets a quarter, so that choosing it costs little for each connection.
    private mutating func forgetOldest() {
        let numbers = conversations.keys.sorted()
        for number in numbers.prefix(max(1, numbers.count / 4)) {
            conversations[number] = nil
            lowestNumber = number &+ 1
        }
    }
}
