import BitcoinP2P
import Reassembly
import Testing

@testable import Insight

/// Which message answers which request.
struct RequestTests {
    private let nonce = Made.number(UInt64(7))
    private let other = Made.number(UInt64(8))

    // MARK: Pings

    @Test func pingAndPong() {
        var chat = Chat()
        #expect(chat.say(.forward, "ping", nonce).isEmpty)
        #expect(chat.say(.backward, "ping", nonce).isEmpty)
        #expect(chat.say(.backward, "pong", other).isEmpty)
        let pair = Related(requestFrame: 1, requestMessage: 1, responseTime: 3 * Chat.millisecond, kind: .ping)
        #expect(chat.say(.backward, "pong", nonce) == [pair])
        #expect(chat.say(.backward, "pong", nonce).isEmpty, "one answer answers one request")
        #expect(chat.tally(.ping) == Counted(requests: 1, answered: 1))
        #expect(chat.tally(.ping, of: .backward) == Counted(requests: 1, open: 1))
    }

    /// A nonce of 0 is one; before BIP 31 there was none, and no answer.
    @Test func nonces() {
        var chat = Chat()
        chat.say(.forward, "ping", Made.number(UInt64(0)))
        chat.say(.forward, "ping")
        #expect(chat.say(.backward, "pong").isEmpty)
        #expect(chat.say(.backward, "pong", Made.number(UInt64(0))).map(\.requestMessage) == [1])
        #expect(chat.tally(.ping) == Counted(requests: 1, answered: 1))
    }

    /// Bytes in front of the nonce's end are not there.
    @Test func shortNonces() {
        var chat = Chat()
        chat.say(.forward, "ping", Array(nonce.dropLast()))
        #expect(chat.tally(.ping) == Counted())
        chat.say(.forward, "ping", nonce)
        #expect(chat.say(.backward, "pong", Array(nonce.dropLast())).isEmpty)
    }

    @Test func oldestFirst() {
        var chat = Chat()
        for _ in 0..<3 { chat.say(.forward, "ping", nonce) }
        #expect(chat.say(.backward, "pong", nonce).map(\.requestFrame) == [1])
        #expect(chat.say(.backward, "pong", nonce).map(\.requestFrame) == [2])
        #expect(chat.say(.backward, "pong", nonce).map(\.requestFrame) == [3])
    }

    /// Whose answer was lost in a hole cannot be known: the newest gets it.
    @Test func newestAfterAHole() {
        var chat = Chat()
        for _ in 0..<3 { chat.say(.forward, "ping", nonce) }
        chat.say(.forward, "ping", other)
        chat.lose(.backward)
        #expect(chat.say(.backward, "pong", nonce).map(\.requestFrame) == [3])
        #expect(chat.tally(.ping) == Counted(requests: 4, answered: 1, unclear: 2, open: 1))
        #expect(chat.say(.backward, "pong", other).map(\.requestFrame) == [4], "the only one")
    }

    /// A hole that was passed before they were asked, or of the asking side, hides no answer.
    @Test func harmlessHoles() {
        var chat = Chat()
        chat.say(.forward, "verack")
        chat.lose(.backward)
        for _ in 0..<2 { chat.say(.forward, "ping", nonce) }
        chat.lose(.forward)
        #expect(chat.say(.backward, "pong", nonce).map(\.requestFrame) == [3])
    }

    /// The newest of those that were complete before the answer's first byte came.
    @Test func answersThatBeganEarly() {
        var chat = Chat()
        for _ in 0..<2 { chat.say(.forward, "ping", nonce) }
        chat.lose(.backward)
        for _ in 0..<2 { chat.say(.forward, "ping", nonce) }
        #expect(chat.say(.backward, "pong", nonce, first: 3).map(\.requestFrame) == [2])
        #expect(chat.tally(.ping) == Counted(requests: 4, answered: 1, unclear: 1, open: 2))
        #expect(chat.say(.backward, "pong", nonce, first: 4).isEmpty)
        #expect(chat.say(.backward, "pong", nonce, first: 5).map(\.requestFrame) == [4])
    }

    /// An answer begins in a later frame than its request ends.
    @Test func sameFrame() {
        var chat = Chat()
        chat.say(.forward, "ping", nonce)
        #expect(chat.say(.backward, "pong", nonce, sharesFrame: true).isEmpty)
        chat.say(.forward, "ping", other)
        #expect(chat.say(.backward, "pong", other, first: 2).isEmpty)
        #expect(chat.tally(.ping) == Counted(requests: 2, open: 2))
    }

    @Test func ofOneConnection() {
        var chat = Chat()
        chat.say(.forward, "ping", nonce)
        chat.say(.backward, "verack", of: 1)
        #expect(chat.say(.backward, "pong", nonce, of: 1).isEmpty)
        #expect(chat.say(.forward, "pong", nonce).isEmpty, "nobody answers himself")
    }

    /// What is cut or has a wrong checksum neither asks nor answers.
    @Test func unsound() {
        var chat = Chat()
        chat.say(.forward, "ping", nonce, status: .bad)
        chat.say(.forward, "ping", nonce, isCut: true)
        #expect(chat.tally(.ping) == Counted())
        chat.say(.forward, "ping", nonce)
        #expect(chat.say(.backward, "pong", nonce, status: .bad).isEmpty)
        #expect(chat.say(.backward, "pong", nonce, isCut: true).isEmpty)
        #expect(chat.say(.backward, "pong", nonce, status: .notPresent).count == 1)
    }

    // MARK: Inventories

    @Test func transactions() {
        var chat = Chat()
        let (plain, witness) = (Made.transaction(1), Made.transaction(1, witness: true))
        let (txid, wtxid) = (Made.name(plain), Made.name(witness))
        chat.say(.forward, "getdata", Made.inventory((1, txid), (5, wtxid), (0x4000_0001, txid), (7, txid)))
        #expect(chat.say(.backward, "tx", witness).map(\.kind) == [.tx])
        #expect(chat.say(.backward, "tx", witness).count == 1, "asked for twice by one name")
        #expect(chat.say(.backward, "tx", witness).count == 1, "by its other name")
        #expect(chat.say(.backward, "tx", plain).isEmpty)
        #expect(chat.tally(.tx) == Counted(requests: 3, answered: 3))
    }

    @Test func notFound() {
        var chat = Chat()
        chat.say(.forward, "getdata", Made.inventory((1, Made.hash(1)), (2, Made.hash(1)), (4, Made.hash(2))))
        let pairs = chat.say(
            .backward, "notfound", Made.inventory((1, Made.hash(1)), (4, Made.hash(2)), (1, Made.hash(8))))
        #expect(pairs.map(\.kind) == [.tx], "said once of one message")
        #expect(chat.tally(.tx) == Counted(requests: 1, notFound: 1))
        #expect(chat.tally(.cmpctblock) == Counted(requests: 1, notFound: 1))
        #expect(chat.tally(.block) == Counted(requests: 1, open: 1))
    }

    /// A whole block answers those who asked for its compact form or for parts of it, the oldest of all.
    @Test func blocks() {
        var chat = Chat()
        let header = Made.header(on: Made.hash(0))
        let hash = Made.name(header)
        chat.say(.forward, "getblocktxn", Made.parts(hash))
        chat.say(.forward, "getdata", Made.inventory((4, hash), (3, hash), (2, hash)))
        #expect(chat.say(.backward, "block", Made.block(header)).map(\.kind) == [.blocktxn])
        #expect(chat.say(.backward, "merkleblock", Made.merkleBlock(header)).map(\.kind) == [.merkleblock])
        #expect(Set(chat.say(.backward, "block", Made.block(header)).map(\.kind)).isSubset(of: [.block, .cmpctblock]))
        #expect(chat.say(.backward, "block", Made.block(header)).count == 1)
        #expect(chat.say(.backward, "block", Made.block(header)).isEmpty)
        chat.say(.forward, "getdata", Made.inventory((4, hash)))
        chat.say(.forward, "getblocktxn", Made.parts(hash))
        #expect(chat.say(.backward, "blocktxn", Made.parts(hash)).map(\.kind) == [.blocktxn])
        #expect(chat.say(.backward, "cmpctblock", Made.compactBlock(header)).map(\.kind) == [.cmpctblock])
        #expect(chat.say(.backward, "cmpctblock", Made.compactBlock(header)).isEmpty)
    }

    /// After a hole also the older requests of the other kinds are unclear.
    @Test func blocksAfterAHole() {
        var chat = Chat()
        let header = Made.header(on: Made.hash(0))
        let hash = Made.name(header)
        chat.say(.forward, "getdata", Made.inventory((2, hash)))
        chat.say(.forward, "getdata", Made.inventory((4, hash)))
        chat.say(.forward, "getblocktxn", Made.parts(hash))
        chat.lose(.backward)
        #expect(chat.say(.backward, "block", Made.block(header)).map(\.kind) == [.blocktxn])
        #expect(chat.tally(.block) == Counted(requests: 1, unclear: 1))
        #expect(chat.tally(.cmpctblock) == Counted(requests: 1, unclear: 1))
    }

    // MARK: Headers

    @Test func headersByLocator() {
        var chat = Chat()
        chat.say(.forward, "getheaders", Made.getheaders([Made.hash(1), Made.hash(2)]))
        chat.say(.forward, "getheaders", Made.getheaders([Made.hash(2), Made.hash(3)]))
        #expect(chat.say(.backward, "headers", Made.headers(Made.header(on: Made.hash(4)))).isEmpty)
        #expect(chat.say(.backward, "headers", Made.headers(Made.header(on: Made.hash(3)))).map(\.requestFrame) == [2])
        #expect(chat.say(.backward, "headers", Made.headers(Made.header(on: Made.hash(2)))).map(\.requestFrame) == [1])
        #expect(chat.say(.backward, "headers", Made.headers(Made.header(on: Made.hash(2)))).isEmpty)
    }

    /// Without a locator one header is asked for, by its own hash.
    @Test func headersByHash() {
        var chat = Chat()
        let header = Made.header(on: Made.hash(6), 5)
        chat.say(.forward, "getheaders", Made.getheaders([], stop: Made.name(header)))
        #expect(chat.say(.backward, "headers", Made.headers(Made.header(on: Made.hash(6), 4))).isEmpty)
        #expect(chat.say(.backward, "headers", Made.headers(header)).map(\.kind) == [.headers])
    }

    /// An empty answer fits any; after a hole only the newest.
    @Test func emptyHeaders() {
        var chat = Chat()
        for number in 1...4 as ClosedRange<UInt8> {
            chat.say(.forward, "getheaders", Made.getheaders([Made.hash(number)]))
        }
        #expect(chat.say(.backward, "headers", Made.headers()).map(\.requestFrame) == [1])
        chat.lose(.backward)
        #expect(chat.say(.backward, "headers", Made.headers()).map(\.requestFrame) == [4])
        #expect(chat.tally(.headers) == Counted(requests: 4, answered: 2, unclear: 2))
    }

    // MARK: Filters

    @Test func filters() {
        var chat = Chat()
        chat.say(.forward, "getcfilters", Made.getfilters(stop: Made.hash(3)))
        chat.say(.forward, "getcfilters", Made.getfilters(stop: Made.hash(5)))
        #expect(chat.say(.backward, "cfilter", Made.filter(1, Made.hash(1))).isEmpty, "another type")
        for number in 1...3 as ClosedRange<UInt8> {
            #expect(chat.say(.backward, "cfilter", Made.filter(0, Made.hash(number))).map(\.requestFrame) == [1])
        }
        #expect(chat.tally(.cfilters) == Counted(requests: 2, answered: 1, open: 1))
        for number in 4...5 as ClosedRange<UInt8> {
            #expect(chat.say(.backward, "cfilter", Made.filter(0, Made.hash(number))).map(\.requestFrame) == [2])
        }
        #expect(chat.say(.backward, "cfilter", Made.filter(0, Made.hash(6))).isEmpty)
        #expect(chat.tally(.cfilters) == Counted(requests: 2, answered: 2))
    }

    /// The end of the first answer is lost: the last filter of a later one tells.
    @Test func filtersAfterAHole() {
        var chat = Chat()
        for number in [3, 5, 7, 9] as [UInt8] {
            chat.say(.forward, "getcfilters", Made.getfilters(stop: Made.hash(number)))
        }
        chat.say(.backward, "cfilter", Made.filter(0, Made.hash(1)))
        chat.lose(.backward)
        #expect(chat.say(.backward, "cfilter", Made.filter(0, Made.hash(7))).map(\.requestFrame) == [3])
        #expect(chat.tally(.cfilters) == Counted(requests: 4, answered: 2, unclear: 1, open: 1))
        #expect(chat.say(.backward, "cfilter", Made.filter(0, Made.hash(8))).map(\.requestFrame) == [4])
    }

    @Test func filterHeadersAndCheckpoints() {
        var chat = Chat()
        chat.say(.forward, "getcfheaders", Made.getfilters(stop: Made.hash(3)))
        chat.say(.forward, "getcfcheckpt", [0] + Made.hash(3))
        #expect(chat.say(.backward, "cfheaders", Made.filterHeaders(1, Made.hash(3))).isEmpty)
        #expect(chat.say(.backward, "cfheaders", Made.filterHeaders(0, Made.hash(3))).map(\.kind) == [.cfheaders])
        #expect(chat.say(.backward, "cfcheckpt", Made.checkpoints(0, Made.hash(3))).map(\.kind) == [.cfcheckpt])
    }

    // MARK: Addresses

    /// One address is gossip.
    @Test func addresses() {
        var chat = Chat()
        chat.say(.forward, "getaddr")
        #expect(chat.say(.backward, "addr", Made.addresses(1)).isEmpty)
        #expect(chat.say(.backward, "addr", Made.addresses(2)).map(\.kind) == [.addr])
        #expect(chat.say(.backward, "addr", Made.addresses(2)).isEmpty)
    }
}
