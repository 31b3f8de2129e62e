import BitcoinP2P
import Fields
import Foundation
import Output
import Support
import Testing

@testable import Dissector

/// Blocks that are put together from compact ones are those that `block` messages have, byte for byte.
@Suite struct BlockRebuilderTests {
    /// A transaction that spends an output of a number; the coinbase none.
    private func transaction(_ number: UInt8, witness: [UInt8] = [], outputs: [[UInt8]] = []) -> [UInt8] {
        let isCoinbase = number == 0
        var bytes: [UInt8] = [2, 0, 0, 0] + (witness.isEmpty ? [] : [0, 1]) + [1]
        bytes += [UInt8](repeating: number, count: 32)
        bytes += isCoinbase ? [0xff, 0xff, 0xff, 0xff, 2, 0x51, 0x51] : [0, 0, 0, 0, 0]
        bytes += [0xff, 0xff, 0xff, 0xff, UInt8(outputs.count + 1), 9, 0, 0, 0, 0, 0, 0, 0, 1, 0x51]
        for script in outputs { bytes += [0, 0, 0, 0, 0, 0, 0, 0, UInt8(script.count)] + script }
        return bytes + witness + [0, 0, 0, 0]
    }

    private func hash(_ bytes: [UInt8]) -> [UInt8] {
        let digest = DoubleSHA256.hash(bytes.span.bytes)
        return digest.bytes.withUnsafeBytes { Array($0) }
    }

    private func root(_ leaves: [[UInt8]]) -> [UInt8] {
        var row = leaves
        while row.count > 1 {
            if row.count % 2 == 1 { row.append(row[row.count - 1]) }
            row = stride(from: 0, to: row.count, by: 2).map { hash(row[$0] + row[$0 + 1]) }
        }
        return row[0]
    }

    /// A block of these, with as much work as the easiest target asks for.
    private func header(_ txids: [[UInt8]]) -> [UInt8] {
        let start: [UInt8] = [1, 0, 0, 0] + filler(32) + root(txids) + [1, 2, 3, 4, 0xff, 0xff, 0x7f, 0x20]
        for nonce in UInt8.min...UInt8.max where hash(start + [nonce, 0, 0, 0])[31] < 0x7f {
            return start + [nonce, 0, 0, 0]
        }
        return start
    }

    private func block(_ header: [UInt8], _ transactions: [[UInt8]]) -> [UInt8] {
        header + compactSize(transactions.count) + transactions.flatMap(\.self)
    }

    /// The coinbase of a block along, and the others as short ids.
    private func compact(_ header: [UInt8], _ transactions: [[UInt8]], nonce: UInt8 = 0, extra: [UInt8] = []) throws
        -> [UInt8]
    {
        let start = header + [nonce, 0, 0, 0, 0, 0, 0, 0]
        var bytes = start + compactSize(transactions.count - 1 + extra.count / 6)
        for other in transactions.dropFirst() { bytes += try shortID(start, other) }
        return bytes + extra + [1, 0] + transactions[0]
    }

    /// As the layout computes it of a prefilled transaction.
    private func shortID(_ start: [UInt8], _ transaction: [UInt8]) throws -> [UInt8] {
        let tree = try dissect("cmpctblock", start + [0, 1, 0] + transaction)
        let node = try #require(
            tree.nodes.first { $0.field.declaration.name == "bitcoin.cmpctblock.prefilledtxn.shortid" })
        return Array(littleEndian(node.value).prefix(6))
    }

    private func dissect(_ command: StaticString, _ payload: [UInt8]) throws -> Tree {
        let type = try #require(MessageTypes.standard[Command(command)])
        var sink = TreeSink()
        type.dissect(payload.span.bytes, from: 0, MessageContext(network: .known[0], time: 0), into: &sink)
        return sink.tree
    }

    private func name(_ header: [UInt8]) -> String {
        var text = TextBuffer()
        let name = hash(header)
        text.append(reversedHexadecimal: name.span.bytes)
        return text.string
    }

    /// What is written when these are sent, by the server unless they ask.
    private func export(_ messages: [UInt8]...) throws -> (counts: ExportCounts, files: [String: [UInt8]]) {
        let folder = try Folder()
        let path = folder("objects")
        var talk = Talk()
        for message in messages { talk.send(.server, message) }
        let exporter = ObjectExporter(path: path, isHexadecimal: false)
        try feed(talk.packets, to: exporter)
        var files: [String: [UInt8]] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: path) where name.contains(".blk") {
            files[name] = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path + "/" + name)))
        }
        return (exporter.counts, files)
    }

    /// Three transactions, and the block of them.
    private var plain: (transactions: [[UInt8]], header: [UInt8]) {
        let transactions = [transaction(0), transaction(1), transaction(2)]
        return (transactions, header(transactions.map(hash)))
    }

    @Test func transactionsSeenBefore() throws {
        let (transactions, header) = plain
        let whole = block(header, transactions)
        let sent = [framed("tx", transactions[2]), framed("tx", transactions[1])]
        let small = framed("cmpctblock", try compact(header, transactions))
        let (counts, files) = try export(sent[0], sent[1], small, small, framed("block", whole))
        #expect(counts.rebuilt == 1 && counts.blocks == 1)
        #expect(files == ["\(name(header)).blk": whole, "\(name(header)).rebuilt.blk": whole])
        #expect(counts.text == "exported 3 transactions, 1 block, 1 block rebuilt from compact ones; 1 duplicate")
        // Not where it was written before.
        let late = try export(sent[0], sent[1], framed("block", whole), small)
        #expect(late.counts.rebuilt == 0 && late.files.keys.sorted() == ["\(name(header)).blk"])
        // One is missing.
        #expect(try export(sent[0], small).files.isEmpty)
        // Seen only later.
        #expect(try export(small, sent[0], sent[1]).files.isEmpty)
    }

    @Test func transactionsAskedFor() throws {
        let (transactions, header) = plain
        let small = framed("cmpctblock", try compact(header, transactions))
        let rest = framed("blocktxn", hash(header) + [1] + transactions[2])
        let (counts, files) = try export(framed("tx", transactions[1]), small, rest, rest)
        #expect(counts.rebuilt == 1 && files == ["\(name(header)).rebuilt.blk": block(header, transactions)])
        let both = framed("blocktxn", hash(header) + [2] + transactions[1] + transactions[2])
        #expect(try export(small, both).counts.rebuilt == 1)
        // Others than it was made of.
        let wrong = framed("blocktxn", hash(header) + [1] + transaction(7))
        #expect(try export(framed("tx", transactions[1]), small, wrong).files.isEmpty)
        let foreign = framed("blocktxn", filler(32) + [1] + transactions[2])
        #expect(try export(framed("tx", transactions[1]), small, foreign).files.isEmpty)
    }

    /// What the header does not commit to is no block.
    @Test func otherTransactions() throws {
        let (transactions, header) = plain
        let sent = transactions.map { framed("tx", $0) }
        let swapped = [transactions[0], transactions[2], transactions[1]]
        let wrong = framed("cmpctblock", try compact(header, swapped))
        #expect(try export(sent[1], sent[2], wrong).files.isEmpty)
        // The last one twice has the same root.
        let again = try compact(header, transactions + [transactions[2]])
        #expect(try export(sent[1], sent[2], framed("cmpctblock", again)).files.isEmpty)
    }

    /// The coinbase commits to the witnesses, and short ids are of wtxids.
    @Test func witnesses() throws {
        let (one, other) = (transaction(1, witness: [1, 1, 7]), transaction(2, witness: [1, 1, 8]))
        let reserved = [UInt8](repeating: 0, count: 32)
        let commitment = hash(root([reserved, hash(one), hash(other)]) + reserved)
        let script: [UInt8] = [0x6a, 0x24, 0xaa, 0x21, 0xa9, 0xed] + commitment
        let coinbase = transaction(0, witness: [1, 32] + reserved, outputs: [script])
        let stripped = transaction(0, outputs: [script])
        let header = header([hash(stripped), hash(transaction(1)), hash(transaction(2))])
        let whole = [coinbase, one, other]
        let small = framed("cmpctblock", try compact(header, whole))
        let (counts, files) = try export(framed("tx", one), framed("tx", other), small)
        #expect(counts.rebuilt == 1 && files == ["\(name(header)).rebuilt.blk": block(header, whole)])
        // Of another witness with the same txid the short id is another one; of one that is sent the root is right.
        let forged = transaction(2, witness: [1, 1, 9])
        #expect(try export(framed("tx", one), framed("tx", forged), small).files.isEmpty)
        let wrong = framed("cmpctblock", try compact(header, [coinbase, one, forged]))
        #expect(try export(framed("tx", one), framed("tx", forged), wrong).files.isEmpty)
        // Without any witness nothing is known of them.
        let bare = [stripped, transaction(1), transaction(2)]
        let unproven = framed("cmpctblock", try compact(header, bare))
        #expect(try export(framed("tx", bare[1]), framed("tx", bare[2]), unproven).files.isEmpty)
        // Ids of version 1.
        let old = framed("cmpctblock", try compact(header, [coinbase, transaction(1), transaction(2)]))
        #expect(try export(framed("tx", one), framed("tx", other), old).counts.rebuilt == 1)
    }

    /// The oldest bytes go, and with them what is made of them.
    @Test func arena() {
        var arena = TransactionArena(capacity: 10)
        func keep(_ bytes: [UInt8], at place: Int) { arena.keep(bytes.span.bytes, at: place) }
        func bytes(_ place: Int) -> [UInt8]? {
            var found: [UInt8] = []
            return arena.append(place, to: &found) ? found : nil
        }
        keep([1, 2, 3, 4], at: 0)
        keep([5, 6, 7, 8], at: 1)
        #expect(bytes(0) == [1, 2, 3, 4] && bytes(1) == [5, 6, 7, 8] && bytes(2) == nil)
        keep([9, 10, 11], at: 2)
        #expect(bytes(0) == nil && bytes(1) == [5, 6, 7, 8] && bytes(2) == [9, 10, 11])
        keep([12, 13], at: 0)
        #expect(bytes(0) == [12, 13] && bytes(1) == nil && bytes(2) == [9, 10, 11])
        keep([UInt8](repeating: 1, count: 11), at: 2)
        #expect(bytes(2) == nil)
    }

    /// Of captures of Core: each compact block is whole with what came before or after it.
    @Test(arguments: ["relay.pcap", "relay-ipv6.pcap"]) func captures(_ capture: String) throws {
        let folder = try Folder()
        let exporter = ObjectExporter(path: folder("objects"), isHexadecimal: false)
        try feed(packets(capture), to: exporter)
        #expect(exporter.counts.rebuilt == 3)
    }
}
