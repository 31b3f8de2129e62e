import BitcoinP2P
import Reassembly
import Testing

@testable import Insight

/// Who announced transactions, who was first, and who sent them in vain.
struct RelayTests {
    private static let scope: Relations.Scope = [.requests, .transactions]
    private let tx = Made.transaction(1)
    private var txid: [UInt8] { Made.name(tx) }
    private let witnessed = Made.transaction(1, witness: true)
    /// Of ``witnessed``, whose txid is ``txid``.
    private var wtxid: [UInt8] { Made.name(witnessed) }

    /// By txid, or by wtxid.
    private func one(_ hash: [UInt8], byWitness: Bool = false) -> [UInt8] {
        Made.inventory((byWitness ? 5 : 1, hash))
    }

    private func tally(
        _ chat: borrowing Chat, _ side: Direction = .forward, of connection: UInt64 = 0, node: Node? = Chat.node
    ) throws -> RelayTally {
        let place = try #require(chat.relations.states.place(of: connection))
        return chat.relations.relay(node)[place, side] ?? RelayTally()
    }

    /// The first of two announcers wins; a repetition counts nowhere.
    @Test func whoIsFirst() throws {
        var chat = Chat(Self.scope)
        chat.say(.forward, "inv", one(txid))
        chat.say(.forward, "inv", one(txid))
        chat.say(.forward, "inv", one(txid), of: 1)
        chat.say(.forward, "inv", one(Made.hash(9)), of: 1)
        let (first, second) = (try tally(chat), try tally(chat, of: 1))
        #expect([first.announced, first.contested, first.first, first.lags.count] == [1, 1, 1, 0])
        #expect([second.announced, second.contested, second.first] == [2, 1, 0])
        #expect(second.lags.least == 2 * Chat.millisecond && second.lags.count == 1)
        let counts = chat.relations.relay(Chat.node).counts
        #expect(counts.announced == 2 && counts.seen == 0)
    }

    /// The node tells of what it heard: that is no contest. Without a node it is one.
    @Test func nodeDoesNotCompete() throws {
        var chat = Chat(Self.scope)
        chat.say(.forward, "inv", one(txid))
        chat.say(.backward, "inv", one(txid), of: 1)
        #expect(try tally(chat).contested == 0)
        #expect(try tally(chat, .backward, of: 1).announced == 1)
        #expect(try tally(chat, node: nil).first == 1)
    }

    /// By txid and by wtxid, until the transaction itself tells that they are of one.
    @Test func twoNames() throws {
        var chat = Chat(Self.scope)
        chat.say(.forward, "inv", one(txid))
        chat.say(.forward, "inv", one(wtxid, byWitness: true), of: 1)
        chat.say(.forward, "inv", one(txid), of: 2)
        var counts = chat.relations.relay(Chat.node).counts
        #expect(counts.announced == 2 && counts.seen == 0)
        #expect(try tally(chat, of: 1).contested == 0)
        chat.say(.forward, "tx", witnessed, of: 1)
        counts = chat.relations.relay(Chat.node).counts
        #expect(counts.announced == 1 && counts.seen == 1)
        #expect(try tally(chat).first == 1)
        #expect(try tally(chat, of: 1).lags.greatest == Chat.millisecond)
        // From now on either name is known.
        chat.say(.forward, "inv", one(wtxid, byWitness: true), of: 2)
        #expect(try tally(chat, of: 2).announced == 1)
        #expect(chat.relations.relay(Chat.node).counts.announced == 1)
    }

    /// What the receiver sent, announced or received on any connection of the node's it had.
    @Test func wastedBytes() throws {
        var chat = Chat(Self.scope)
        chat.say(.forward, "inv", one(txid))
        chat.say(.forward, "inv", one(txid), of: 1)
        chat.say(.backward, "getdata", one(txid))
        chat.say(.forward, "tx", tx)
        chat.say(.forward, "tx", tx, of: 1)
        chat.say(.forward, "tx", tx, of: 1)
        let (first, second) = (try tally(chat), try tally(chat, of: 1))
        #expect([first.delivered, first.duplicates, first.unrequested] == [1, 0, 0])
        #expect(first.holds.least == 3 * Chat.millisecond)
        let size = UInt64(24 + tx.count)
        #expect([second.delivered, second.duplicates, second.unrequested] == [2, 2, 2])
        #expect(second.wasted == 2 * size && second.bytes == 2 * size && second.holds.count == 0)
        // Two receivers that nobody knows to be one.
        #expect(try tally(chat, of: 1, node: nil).duplicates == 1)
    }

    @Test func whoAnnouncedHasIt() throws {
        var chat = Chat(Self.scope)
        chat.say(.backward, "inv", one(txid))
        chat.say(.forward, "tx", tx)
        #expect(try tally(chat).duplicates == 1)
    }

    /// From the announcement to the first request in a later frame, once.
    @Test func choices() throws {
        var chat = Chat(Self.scope)
        chat.say(.forward, "inv", one(txid))
        chat.say(.backward, "getdata", one(txid), sharesFrame: true)
        #expect(try tally(chat).choices.count == 0)
        chat.say(.backward, "getdata", one(txid))
        chat.say(.backward, "getdata", one(txid))
        #expect(try tally(chat).choices.count == 1)
        #expect(try tally(chat).choices.least == Chat.millisecond)
        #expect(try tally(chat, of: 0).notFound == 0)
        chat.say(.forward, "notfound", one(txid))
        #expect(try tally(chat).notFound == 1)
    }

    /// Blocks are no transactions, and what is damaged says nothing.
    @Test func othersAreLeftOut() throws {
        var chat = Chat(Self.scope)
        chat.say(.forward, "inv", Made.inventory((2, txid), (4, txid), (0x4000_0002, txid)))
        chat.say(.forward, "inv", one(txid), status: .bad)
        chat.say(.forward, "inv", one(txid), isCut: true)
        #expect(try tally(chat).announced == 0)
        #expect(chat.relations.relay(Chat.node).counts.announced == 0)
    }

    // MARK: What is told with a message

    @Test func told() throws {
        var chat = Chat(Self.scope)
        chat.say(.forward, "inv", Made.inventory((1, Made.hash(8)), (1, txid)))
        #expect(chat.relations.earlier.isEmpty)
        chat.say(.forward, "inv", Made.inventory((2, txid), (1, txid), (1, Made.hash(7))), of: 1)
        let told = chat.relations.earlier.announcements
        #expect(told.count == 2 && told[0] == nil)
        let entry = try #require(told[1])
        #expect(entry.frame == 1 && entry.lag == Chat.millisecond && entry.announcer == Chat.ends(of: 0).forward)
        chat.say(.forward, "tx", tx, of: 1)
        #expect(chat.relations.earlier.announcedIn == 2)
        #expect(chat.relations.earlier.first?.frame == 1)
        chat.say(.forward, "tx", tx, of: 2)
        #expect(chat.relations.earlier.announcedIn == nil, "this peer announced nothing")
        chat.say(.forward, "ping", Made.number(UInt64(1)))
        #expect(chat.relations.earlier.isEmpty)
    }

    // MARK: Bounds

    /// What no longer has room is judged before it is forgotten, and it is said from when on figures are partial.
    @Test func generations() throws {
        var chat = Chat(Self.scope, announcements: TransactionGeneration.Limits(names: 10, parts: 100))
        for number in 0..<100 as Range<UInt8> {
            chat.say(.forward, "inv", one(Made.hash(number)))
            chat.say(.forward, "inv", one(Made.hash(number)), of: 1)
        }
        let (first, second) = (try tally(chat), try tally(chat, of: 1))
        #expect([first.announced, first.contested, first.first] == [100, 100, 100])
        #expect([second.announced, second.contested, second.first] == [100, 100, 0])
        #expect(second.lags.count == 100)
        #expect(chat.relations.relay(Chat.node).counts.announced == 100)
        #expect(chat.relations.losses.map(\.kind) == [.transactions])
    }

    /// What a few tell of again and again stays: both names, and who announced it first.
    @Test func whatIsToldOfAgainStays() throws {
        var chat = Chat(Self.scope, announcements: TransactionGeneration.Limits(names: 10, parts: 100))
        chat.say(.forward, "inv", one(txid))
        chat.say(.forward, "tx", witnessed)
        for number in 0..<100 as Range<UInt8> {
            chat.say(.forward, "inv", one(Made.hash(number)), of: 1)
            let byWitness = number % 2 == 0
            chat.say(.forward, "inv", one(byWitness ? wtxid : txid, byWitness: byWitness), of: 2 + UInt64(number % 10))
            #expect(chat.relations.earlier.announcements.last??.frame == 1)
        }
        let first = try tally(chat)
        #expect(first.announced == 1 && first.first == 1 && first.holds.count == 1)
        let counts = chat.relations.relay(Chat.node).counts
        #expect(counts.announced == 101 && counts.seen == 1)
    }

    /// The parts of many sides in few transactions are bounded, too.
    @Test func parts() throws {
        var chat = Chat(Self.scope, announcements: TransactionGeneration.Limits(names: 100, parts: 40))
        for number in 0..<200 as Range<UInt64> { chat.say(.forward, "inv", one(txid), of: number) }
        var announced: UInt64 = 0
        for number in 0..<200 as Range<UInt64> { announced += try tally(chat, of: number).announced }
        #expect(announced == 200)
        #expect(chat.relations.losses.map(\.kind) == [.transactions])
    }

    /// Its names come in two generations, and are found to be of one transaction.
    @Test(arguments: [false, true]) func namesInTwoGenerations(_ txidFirst: Bool) throws {
        var chat = Chat(Self.scope, announcements: TransactionGeneration.Limits(names: 20, parts: 1_000))
        for number in 0..<20 as Range<UInt64> {
            chat.say(.forward, "inv", one(txidFirst ? txid : wtxid, byWitness: !txidFirst), of: number)
        }
        for number in 0..<20 as Range<UInt8> { chat.say(.forward, "inv", one(Made.hash(number)), of: 21) }
        for number in 20..<40 as Range<UInt64> {
            chat.say(.forward, "inv", one(txidFirst ? wtxid : txid, byWitness: txidFirst), of: number)
        }
        chat.say(.forward, "tx", witnessed, of: 39)
        #expect(chat.relations.earlier.first?.frame == 1)
        var contested: UInt64 = 0
        for number in 0..<40 as Range<UInt64> { contested += try tally(chat, of: number).contested }
        #expect(contested == 40)
        let counts = chat.relations.relay(Chat.node).counts
        #expect(counts.announced == 21 && counts.seen == 1)
        #expect(chat.relations.losses.isEmpty)
    }
}
