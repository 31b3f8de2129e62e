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

        mutating func receive(
            _ message: MessageFramer.Message, _ payload: RawSpan, of sender: StreamSender, claims: Conduct.Claims?
        ) -> Judgement {
            var judgement = Judgement()
            if sender.side == .forward {
                judgement.remarks = forward.receive(
                    message, payload, from: &backward, seen: sender.seen, claims: claims)
                judgement.claims = forward.claims
            } else {
                judgement.remarks = backward.receive(
                    message, payload, from: &forward, seen: sender.seen, claims: claims)
                judgement.claims = backward.claims
            }
            return judgement
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

    /// - Parameter limit: How many connections are remembered: with 2 KiB each at most.
    init(limit: Int = 1 << 15) { self.limit = limit }

    var count: Int { conversations.count }

    /// Takes the next message, whose checksum was looked at.
    ///
    /// - Parameters:
    ///   - payload: The payload as far as it was captured.
    ///   - number: Of the connection.
    ///   - claims: What a `version` says; nil for all other messages.
    mutating func receive(
        _ message: MessageFramer.Message, _ payload: RawSpan, of sender: StreamSender, number: UInt64,
        claims: Conduct.Claims?
    ) -> Judgement {
        if conversations.count >= limit || number < lowestNumber, conversations[number] == nil {
            if number < lowestNumber { return Judgement() }
            forgetOldest()
        }
        return conversations[number, default: Conversation()].receive(message, payload, of: sender, claims: claims)
    }

    /// What a side has said of itself so far.
    func claims(of side: Direction, number: UInt64) -> Conduct.Claims? {
        guard let conversation = conversations[number] else { return nil }
        return side == .forward ? conversation.forward.claims : conversation.backward.claims
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
