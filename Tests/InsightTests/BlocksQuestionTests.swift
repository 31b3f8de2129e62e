import Reassembly
import Testing

@testable import Insight

/// Who announces blocks first, and how they come.
struct BlocksQuestionTests {
    // MARK: Paths

    @Test func wholeBlocks() throws {
        var chat = BlockChat()
        chat.say(.peer(1), "inv", Made.inv(7))
        chat.say(.node(1), "getdata", Made.getdata(0x4000_0002, 7))
        chat.say(.peer(1), "block", Made.block(7))
        #expect(chat.firsts == ["1 inv 1.1.1.1:1000"] && chat.path == "block" && chat.sync.isEmpty)
        let body = try #require(chat.announced.first?.body)
        #expect(body.complete.frame == 3 && body.bytes == UInt64(24 + Made.block(7).count) && body.transactions == 1)
    }

    @Test func compactBlocks() {
        var chat = BlockChat()
        chat.say(.peer(1), "cmpctblock", Made.compact(7, 5))
        #expect(chat.firsts == ["1 cmpctblock 1.1.1.1:1000"] && chat.path == "cmpctblock high-bandwidth")
        #expect(chat.announced.first?.body?.transactions == 2 && chat.announced.first?.body?.complete.frame == 1)
        chat.say(.node(1), "getblocktxn", Made.getblocktxn(7))
        #expect(chat.path == nil, "asked for, and not answered so far")
        chat.say(.peer(1), "blocktxn", Made.blocktxn(7, Made.transaction(3)))
        #expect(chat.path == "cmpctblock high-bandwidth, blocktxn" && chat.announced.first?.body?.complete.frame == 3)
        chat.say(.node(1), "getdata", Made.getdata(2, 7))
        #expect(chat.path == nil, "the transactions were not the block's")
        chat.say(.peer(1), "block", Made.block(7))
        #expect(chat.path == "block")
    }

    @Test func compactBlocksAskedFor() {
        var chat = BlockChat()
        chat.say(.peer(1), "inv", Made.inv(7))
        chat.say(.node(1), "getdata", Made.getdata(4, 7))
        chat.say(.peer(1), "cmpctblock", Made.compact(7, 5))
        #expect(chat.firsts == ["1 inv 1.1.1.1:1000"] && chat.path == "cmpctblock low-bandwidth")
        chat.say(.node(1), "getblocktxn", Made.getblocktxn(7))
        chat.say(.peer(1), "blocktxn", Made.blocktxn(7, Made.transaction(3)))
        #expect(chat.path == "cmpctblock low-bandwidth, blocktxn")
    }

    /// What is asked in the frame of the compact block, or before it, was not asked because of it.
    @Test func earlyRequests() {
        var chat = BlockChat()
        chat.say(.node(1), "getblocktxn", Made.getblocktxn(7))
        chat.say(.peer(1), "cmpctblock", Made.compact(7, 5))
        chat.say(.node(1), "getblocktxn", Made.getblocktxn(7), sharesFrame: true)
        #expect(chat.path == "cmpctblock high-bandwidth")
        #expect(chat.compacts.first?.fact.request == nil)
    }

    /// A block answers a request of parts of it, too.
    @Test func blockForTransactions() {
        var chat = BlockChat()
        chat.say(.peer(1), "cmpctblock", Made.compact(7, 5))
        chat.say(.node(1), "getblocktxn", Made.getblocktxn(7))
        chat.say(.peer(1), "block", Made.block(7))
        #expect(chat.path == "block" && chat.results == ["transactions requested"])
        #expect(chat.compacts.first?.answer == nil, "no blocktxn")
        #expect(chat.announced.first?.announcers == 1)
    }

    /// A body is the first one; it may come by another peer than the announcement.
    @Test func firstBody() {
        var chat = BlockChat()
        chat.say(.peer(1), "inv", Made.inv(7))
        chat.say(.peer(2), "block", Made.block(7))
        chat.say(.peer(3), "cmpctblock", Made.compact(7, 5))
        #expect(chat.announced.first?.announcers == 3)
        #expect(chat.announced.first.map { String(decoding: $0.bodyBy ?? [], as: UTF8.self) } == BlockChat.end(2))
        #expect(chat.announced.first?.lags.least == 1_000_000 && chat.announced.first?.lags.greatest == 2_000_000)
    }

    // MARK: Announcements

    @Test func announcementsAreOfFewBlocks() {
        var chat = BlockChat()
        chat.say(.peer(1), "inv", Made.inv(1, 2, 3, 4, 5, 6, 7, 8, 9))
        #expect(chat.announced.isEmpty)
        chat.say(.peer(1), "headers", Made.headers(Made.blockHeader(1), Made.blockHeader(2)))
        #expect(chat.firsts.count == 2 && chat.firsts.allSatisfy { $0 == "2 headers 1.1.1.1:1000" })
        chat.say(.peer(1), "inv", Made.inv(1, 2, 3, 4, 5, 6, 7, 8))
        #expect(chat.announced.count == 8)
        var parent = Made.hash(1)
        var headers: [[UInt8]] = []
        for _ in 0..<9 {
            headers.append(Made.header(on: parent))
            parent = Made.name(headers[headers.count - 1])
        }
        chat.say(.peer(1), "headers", [9] + headers.flatMap { $0 + [0] })
        #expect(chat.announced.count == 8)
    }

    @Test func answersAnnounceNothing() {
        var chat = BlockChat()
        chat.say(.node(1), "getheaders", Made.getheaders([Made.hash(1)]))
        chat.say(.peer(1), "headers", Made.headers(Made.blockHeader(1)))
        chat.say(.node(1), "getdata", Made.getdata(2, 1))
        chat.say(.peer(1), "block", Made.block(1))
        chat.say(.node(1), "getdata", Made.getdata(4, 2))
        chat.say(.peer(1), "cmpctblock", Made.compact(2))
        #expect(chat.announced.isEmpty)
        #expect(chat.sync.map(\.tally.blocks) == [2])
    }

    /// An announcement after the body starts no row.
    @Test func lateAnnouncements() {
        var chat = BlockChat()
        chat.say(.node(1), "getdata", Made.getdata(2, 1))
        chat.say(.peer(1), "block", Made.block(1))
        chat.say(.peer(2), "inv", Made.inv(1))
        chat.say(.peer(2), "block", Made.block(1))
        #expect(chat.announced.isEmpty && chat.sync.map(\.tally.blocks) == [1])
        #expect(chat.sync.first?.tally.end == 2_000_000)
    }

    /// Who brings blocks to the node: what it announces and sends itself is left out.
    @Test func theNodeItself() {
        func talk(_ chat: inout BlockChat) {
            chat.say(.node(1), "inv", Made.inv(7))
            chat.say(.peer(1), "getdata", Made.getdata(2, 7))
            chat.say(.node(1), "block", Made.block(7))
            chat.say(.peer(2), "inv", Made.inv(7))
            chat.say(.node(2), "getdata", Made.getdata(2, 7))
            chat.say(.peer(2), "block", Made.block(7))
            chat.say(.node(3), "inv", Made.inv(8))
            chat.say(.node(3), "getdata", Made.getdata(2, 8))
            chat.say(.peer(3), "block", Made.block(8))
        }
        var known = BlockChat()
        talk(&known)
        #expect(known.firsts == ["4 inv 1.1.1.2:1000"] && known.path == "block")
        #expect(known.announced.first?.body?.complete.frame == 6)
        #expect(known.sync.map(\.stream) == [3], "only the node had announced it")
        var unknown = BlockChat(isNodeKnown: false)
        talk(&unknown)
        #expect(unknown.firsts == ["1 inv 9.9.9.9:8333", "7 inv 9.9.9.9:8333"])
        #expect(unknown.announced.first?.announcers == 2 && unknown.sync.isEmpty)
    }

    /// A header alone, and what ends early, is no block.
    @Test func whatIsNoBlock() {
        var chat = BlockChat()
        chat.say(.peer(1), "block", Made.blockHeader(7))
        chat.say(.peer(1), "block", Array(Made.block(7).dropLast()))
        chat.say(.peer(1), "cmpctblock", Array(Made.compact(7, 5).dropLast()))
        chat.say(.peer(1), "inv", Array(Made.inv(7).dropLast()))
        #expect(chat.announced.isEmpty && chat.sync.isEmpty && chat.compacts.isEmpty)
    }

    /// What the node itself does has no row, but is counted under the table.
    @Test func blocksOfTheNode() {
        var chat = BlockChat()
        chat.say(.node(1), "inv", Made.inv(7))
        chat.say(.peer(1), "getdata", Made.getdata(2, 7))
        chat.say(.node(1), "block", Made.block(7))
        chat.say(.node(2), "inv", Made.inv(7))
        #expect(chat.announced.isEmpty && chat.sync.isEmpty)
        let judge = BlockJudge(chat.view)
        #expect(judge.byNode.announced == 1 && judge.byNode.sent == 1)
        let unknown = BlockJudge(chat.view.withoutNode)
        #expect(unknown.byNode.announced == 0 && unknown.byNode.sent == 0 && unknown.announced.count == 1)
    }

    // MARK: Bounds

    @Test func announcedBlocksBeyondTheLimit() {
        var limits = BlockBook.Limits()
        limits.announced = 2
        var chat = BlockChat(limits: limits)
        for nonce in 0..<5 as Range<UInt32> {
            for _ in 0..<2 { chat.say(.peer(1), "inv", Made.inv(nonce)) }
        }
        #expect(chat.announced.count == 2 && chat.completeUntil == 5_000_000)
        guard case .other(3)? = BlocksQuestion(chat.view).rows.last else {
            Issue.record("not three others")
            return
        }
    }

    /// What is forgotten of historic blocks is counted, and not announced again.
    @Test func forgottenHistory() {
        var limits = BlockBook.Limits()
        limits.silent = 3
        var chat = BlockChat(limits: limits)
        for nonce in 0..<50 as Range<UInt32> {
            chat.say(.node(1), "getdata", Made.getdata(2, nonce))
            chat.say(.peer(1), "block", Made.block(nonce))
        }
        chat.say(.peer(2), "inv", Made.inv(1, 2, 48, 49))
        #expect(chat.announced.isEmpty && chat.sync.map(\.tally.blocks) == [50] && chat.completeUntil == nil)
        #expect(chat.sync.first?.tally.start == 2_000_000 && chat.sync.first?.tally.end == 100_000_000)
    }

    @Test func deliveriesBeyondTheLimit() {
        var limits = BlockBook.Limits()
        limits.deliveries = 3
        var chat = BlockChat(limits: limits)
        for nonce in 0..<10 as Range<UInt32> {
            chat.say(.node(1), "getdata", Made.getdata(2, nonce))
            chat.say(.peer(1), "block", Made.block(nonce))
        }
        #expect(chat.sync.map(\.tally.blocks) == [10] && chat.completeUntil == nil)
        chat.say(.peer(1), "inv", Made.inv(9))
        #expect(chat.announced.isEmpty)
    }

    @Test func partsBeyondTheLimit() {
        var limits = BlockBook.Limits()
        limits.parts = 2
        var chat = BlockChat(limits: limits)
        for peer in 1...5 as ClosedRange<UInt64> { chat.say(.peer(peer), "inv", Made.inv(7)) }
        #expect(chat.announced.first?.announcers == 2 && chat.completeUntil == 3_000_000)
    }

    /// Many connections download old blocks, as nodes do that are new: later blocks have their rows, all old ones are
    /// counted, and nothing is partial.
    @Test func newBlocksAfterManyOldOnes() throws {
        var limits = BlockBook.Limits()
        limits.parts = 64
        limits.deliveries = 40
        var chat = BlockChat(limits: limits)
        for nonce in 0..<20 as Range<UInt32> {
            for peer in 1...12 as ClosedRange<UInt64> {
                chat.say(.node(peer), "getdata", Made.getdata(2, nonce))
                chat.say(.peer(peer), "block", Made.block(nonce))
            }
        }
        chat.say(.peer(3), "inv", Made.inv(100))
        chat.say(.peer(4), "inv", Made.inv(100))
        chat.say(.node(3), "getdata", Made.getdata(2, 100))
        chat.say(.peer(3), "block", Made.block(100))
        let row = try #require(chat.announced.first)
        #expect(chat.announced.count == 1 && row.announcers == 2 && row.body?.side.connection == 3)
        #expect(chat.sync.map(\.tally.blocks) == Array(repeating: 20, count: 12))
        #expect(chat.completeUntil == nil)
    }

    /// Where announced blocks alone take all the room, the oldest has no row any more, and it is said since when.
    @Test func oldestAnnouncedBlockGoes() {
        var limits = BlockBook.Limits()
        limits.parts = 4
        var chat = BlockChat(limits: limits)
        for nonce in 0..<3 as Range<UInt32> {
            for peer in 1...2 as ClosedRange<UInt64> { chat.say(.peer(peer), "inv", Made.inv(nonce)) }
        }
        #expect(chat.firsts == ["3 inv 1.1.1.1:1000", "5 inv 1.1.1.1:1000"])
        #expect(chat.announced.map(\.announcers) == [2, 2] && chat.completeUntil == 5_000_000)
        guard case .other(1)? = BlocksQuestion(chat.view).rows.last else {
            Issue.record("not one other")
            return
        }
        // It has no second beginning, and takes no room from the others.
        for peer in 1...2 as ClosedRange<UInt64> { chat.say(.peer(peer), "inv", Made.inv(0)) }
        #expect(chat.firsts.count == 2)
    }

    /// What was too much for one question leaves the others complete, and is named.
    @Test func partialFiguresOfOneQuestion() throws {
        var limits = BlockBook.Limits()
        limits.announced = 1
        var chat = BlockChat(limits: limits)
        for nonce in 0..<2 as Range<UInt32> { chat.say(.peer(1), "inv", Made.inv(nonce)) }
        let view = chat.view
        #expect(view.losses.map(\.kind) == [.blocks])
        for name in QuestionName.allCases {
            let until = name.table(view).head.nanoseconds("complete_until_seconds")
            #expect(until == (name == .blocks || name == .cmpctblock ? 2_000_000 : nil), "\(name)")
        }
        let sentence = try #require(view.losses.sentence)
        #expect(sentence.hasPrefix("From 0.0 s on figures are partial: more blocks"))
    }
}
