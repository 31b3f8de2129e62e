import BitcoinP2P
import Reassembly
import Testing

@testable import Insight

/// What becomes of compact blocks, and what of them was known before.
struct CompactBlocksQuestionTests {
    private func compact(_ chat: inout BlockChat, to peer: UInt64 = 1) {
        chat.say(.peer(peer), "cmpctblock", Made.compact(7, 5))
    }

    // MARK: Results

    @Test func reconstructed() {
        var chat = BlockChat()
        compact(&chat)
        #expect(chat.results == ["open"], "the receiver said nothing more")
        chat.say(.node(1), "ping", Made.number(UInt64(1)), sharesFrame: true)
        #expect(chat.results == ["open"], "it said that before")
        chat.say(.node(1), "ping", Made.number(UInt64(2)))
        #expect(chat.results == ["reconstructed"])
        chat.lose(.node(1))
        #expect(chat.results == ["unclear"])
    }

    @Test func transactionsRequested() throws {
        var chat = BlockChat()
        compact(&chat)
        chat.say(.node(1), "getblocktxn", Made.getblocktxn(7, [0, 3]))
        #expect(chat.results == ["transactions requested, not answered"])
        let row = try #require(chat.compacts.first)
        #expect(row.fact.request?.indexes == 2 && row.answer == nil)
        let answer = Made.blocktxn(7, Made.transaction(3), Made.transaction(4))
        chat.say(.peer(1), "blocktxn", answer)
        #expect(chat.results == ["transactions requested"])
        let answered = try #require(chat.compacts.first?.answer)
        #expect(answered.wait == 1_000_000 && answered.length == UInt64(24 + answer.count))
        // A second request is of nobody.
        chat.say(.node(1), "getblocktxn", Made.getblocktxn(7, [1]))
        #expect(chat.compacts.first?.fact.request?.indexes == 2)
    }

    @Test func blockRequested() {
        var chat = BlockChat()
        compact(&chat)
        chat.say(.node(1), "getblocktxn", Made.getblocktxn(7))
        chat.say(.node(1), "getdata", Made.getdata(0x4000_0002, 7))
        #expect(chat.results == ["block requested"])
        chat.say(.peer(1), "block", Made.block(7))
        #expect(chat.results == ["block requested"])
        #expect(chat.compacts.first?.blockLength == UInt64(24 + Made.block(7).count))
    }

    /// Of two, the later one before the request is the one that it is about.
    @Test func requestsAreOfTheLastOne() {
        var chat = BlockChat()
        chat.say(.node(1), "getdata", Made.getdata(4, 7))
        compact(&chat)
        chat.say(.node(1), "getdata", Made.getdata(4, 7))
        compact(&chat)
        chat.say(.node(1), "getblocktxn", Made.getblocktxn(7))
        compact(&chat)
        #expect(chat.compacts.map { $0.fact.request != nil } == [false, true, false])
        #expect(chat.compacts.map(\.fact.isAsked) == [true, true, false])
        #expect(chat.results == ["reconstructed", "redundant", "redundant"])
    }

    @Test func redundant() {
        var chat = BlockChat()
        chat.say(.node(2), "inv", Made.inv(7))
        compact(&chat)
        #expect(chat.results == ["redundant"], "the node had announced it to another")
        var unknown = BlockChat(isNodeKnown: false)
        unknown.say(.node(2), "inv", Made.inv(7))
        compact(&unknown)
        #expect(unknown.results == ["open"], "another side's knowledge")
        for form in 0..<4 {
            var chat = BlockChat()
            switch form {
            case 0: chat.say(.peer(2), "block", Made.block(7))
            case 1: chat.say(.node(1), "headers", Made.headers(Made.blockHeader(7)))
            case 2: chat.say(.node(2), "cmpctblock", Made.compact(7, 5))
            default:
                chat.say(.peer(2), "cmpctblock", Made.compact(7, 5))
                chat.say(.node(2), "getblocktxn", Made.getblocktxn(7))
                chat.say(.peer(2), "blocktxn", Made.blocktxn(7, Made.transaction(3)))
            }
            compact(&chat)
            #expect(chat.results.last == "redundant", "\(form)")
        }
    }

    /// The node waits for another peer: what comes meanwhile is neither redundant nor reconstructed.
    @Test func requestedElsewhere() {
        var chat = BlockChat()
        compact(&chat, to: 1)
        chat.say(.node(1), "getblocktxn", Made.getblocktxn(7))
        compact(&chat, to: 2)
        chat.say(.node(2), "ping", Made.number(UInt64(1)))
        compact(&chat, to: 3)
        #expect(
            chat.results == ["transactions requested, not answered", "requested elsewhere", "requested elsewhere"])
        chat.say(.peer(1), "blocktxn", Made.blocktxn(7, Made.transaction(3)))
        compact(&chat, to: 4)
        #expect(chat.results.last == "redundant")
    }

    // MARK: Short ids

    @Test func seenBefore() throws {
        var chat = BlockChat()
        let (one, other) = (Made.transaction(1), Made.transaction(2, witness: true))
        chat.say(.peer(2), "tx", one)
        chat.say(.node(3), "tx", other)
        chat.say(.peer(3), "tx", other)
        let ids = (Made.shortID(7, one), Made.shortID(7, other))
        chat.say(.peer(1), "cmpctblock", Made.compact(7, ids.0, ids.1, 5))
        chat.say(.peer(1), "tx", Made.transaction(3))
        let row = try #require(chat.compacts.first?.fact)
        #expect(row.shortIDs == 3 && row.prefilled == 1 && row.seen == 2 && row.ambiguous == 0)
    }

    /// Only of receivers that named version 1 alone the ids are of txids.
    @Test func versions() {
        let (plain, full) = (Made.transaction(2), Made.transaction(2, witness: true))
        let byTxid = Made.shortID(7, full, byTxid: Made.name(plain))
        func seen(_ versions: [UInt64], by sender: BlockChat.Sender) -> UInt64? {
            var chat = BlockChat()
            for version in versions { chat.say(sender, "sendcmpct", [0] + Made.number(version)) }
            chat.say(.peer(2), "tx", full)
            // The same with another witness.
            chat.say(.peer(2), "tx", Array(full.dropLast(5)) + [8] + Array(full.suffix(4)))
            chat.say(.peer(1), "cmpctblock", Made.compact(7, byTxid, 5))
            return chat.compacts.first?.fact.ambiguous == 0 ? chat.compacts.first?.fact.seen : nil
        }
        #expect(seen([1], by: .node(1)) == 1)
        #expect(seen([1, 1], by: .node(1)) == 1)
        #expect(seen([2, 1], by: .node(1)) == 0)
        #expect(seen([], by: .node(1)) == 0)
        #expect(seen([1], by: .peer(1)) == 0, "the sender's word")
    }

    /// Two transactions whose short ids are the same in this block.
    static let twins: (UInt32, UInt32) = (4_328_726, 10_320_564)

    @Test func ambiguous() throws {
        let (one, other) = (Made.transaction(Self.twins.0), Made.transaction(Self.twins.1))
        let id = Made.shortID(7, one)
        try #require(id == Made.shortID(7, other) && id == 0x7592_00a0_cbad)
        var chat = BlockChat(tellsEarlier: true)
        chat.say(.peer(2), "tx", one)
        let first = chat.say(.peer(1), "cmpctblock", Made.compact(7, 5, id))
        #expect(first.transactions.map { $0?.frame } == [nil, 1])
        chat.say(.peer(2), "tx", other)
        let second = chat.say(.peer(1), "cmpctblock", Made.compact(7, 5, id))
        #expect(second.transactions.isEmpty)
        #expect(chat.compacts.map(\.fact.seen) == [1, 0] && chat.compacts.map(\.fact.ambiguous) == [0, 1])
        #expect(second.shortIDs?.seen == 0 && second.shortIDs?.ambiguous == 1)
    }

    /// More work than the capture's bytes pay for is not done.
    @Test func allowance() {
        var allowance = HashAllowance(10)
        #expect(allowance.spend(10) && !allowance.spend(1))
        allowance.earn(50)
        #expect(allowance.spend(100) && !allowance.spend(1))
        for _ in 0..<3 { allowance.earn(.max) }
        #expect(allowance.spend(40_000_000) && !allowance.spend(1))
    }

    // MARK: Bounds

    @Test func compactBlocksBeyondTheLimit() {
        var limits = BlockBook.Limits()
        limits.compactBlocks = 2
        var chat = BlockChat(limits: limits)
        for _ in 0..<5 { compact(&chat) }
        #expect(chat.compacts.count == 2 && chat.completeUntil == 3_000_000)
        guard case .other(3)? = CompactBlocksQuestion(chat.view).rows.last else {
            Issue.record("not three others")
            return
        }
    }

    // MARK: What earlier messages tell

    @Test func earlierAnnouncements() {
        var chat = BlockChat(tellsEarlier: true)
        #expect(chat.say(.peer(1), "inv", Made.inv(7)).announcements.isEmpty)
        chat.say(.peer(3), "cmpctblock", Made.compact(7, 5))
        let inv = chat.say(.peer(2), "inv", Made.inv(8, 7))
        #expect(inv.announcements.map { $0?.frame } == [nil, 1] && inv.announcements.last??.lag == 2_000_000)
        let block = chat.say(.peer(2), "block", Made.block(7))
        #expect(block.announcedIn == 3 && block.first?.frame == 1)
        #expect(block.first.map { String(decoding: $0.announcer, as: UTF8.self) } == BlockChat.end(1))
        let other = chat.say(.peer(4), "cmpctblock", Made.compact(7, 5))
        #expect(other.announcedIn == nil && other.first?.frame == 1)
        #expect(chat.say(.peer(4), "block", Made.block(9)).first == nil)
    }

    @Test func faces() {
        var chat = BlockChat(tellsEarlier: true)
        let (one, other) = (Made.transaction(1), Made.transaction(2, witness: true))
        chat.say(.peer(2), "tx", other)
        let ids = (Made.shortID(7, one), Made.shortID(7, other))
        let compact = chat.say(.peer(1), "cmpctblock", Made.compact(7, ids.0, ids.1))
        #expect(compact.transactions.map { $0?.frame } == [nil, 1])
        chat.say(.node(1), "getblocktxn", Made.getblocktxn(7, [1, 0]))
        let filled = chat.say(.peer(1), "blocktxn", Made.blocktxn(7, one, other))
        #expect(filled.transactions.map { $0?.frame } == [nil, 1])
        let key = filled.shortIDKey
        #expect(key.map { $0.shortID(other.wtxid) } == ids.1)
        #expect(chat.say(.peer(1), "blocktxn", Made.blocktxn(7, one)).shortIDKey == nil, "unasked")
    }
}

extension [UInt8] {
    fileprivate var wtxid: Hash256 { DoubleSHA256.hash(span.bytes) }
}
