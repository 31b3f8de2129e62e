import BitcoinP2P
import Fields
import Reassembly
import Testing

@testable import Insight

/// Each rule about a payload is broken by a made message, and not by its neighbour.
struct ViolationTests {
    private func broken(
        _ command: StaticString, _ payload: [UInt8], isCut: Bool = false, status: ChecksumStatus = .good
    ) -> [String] {
        var chat = Chat([.rules])
        chat.say(.forward, command, payload, isCut: isCut, status: status)
        return chat.relations.violations.rows.map { "\($0.words): \($0.rule.reaction.rawValue)" }
    }

    @Test func entries() {
        for command in ["inv", "getdata"] as [StaticString] {
            #expect(broken(command, Made.list(50_000, of: 36)).isEmpty)
            #expect(broken(command, Made.list(50_001, of: 36)) == ["\(command) message size: misbehaving"])
        }
        // Core has no such rule.
        #expect(broken("notfound", Made.list(50_001, of: 36)).isEmpty)
        #expect(broken("addr", Made.list(1_000, of: 30)).isEmpty)
        #expect(broken("addr", Made.list(1_001, of: 30)) == ["addr message size: misbehaving"])
        let address: [UInt8] = [0, 0, 0, 0, 0, 1, 4, 1, 2, 3, 4, 0, 0]
        func addresses(_ count: Int) -> [UInt8] { Made.count(count) + (0..<count).flatMap { _ in address } }
        #expect(broken("addrv2", addresses(1_000)).isEmpty)
        #expect(broken("addrv2", addresses(1_001)) == ["addrv2 message size: misbehaving"])
        for command in ["getheaders", "getblocks"] as [StaticString] {
            func locator(_ count: Int) -> [UInt8] { [0, 0, 0, 0] + Made.list(count, of: 32) + Made.hash(0) }
            #expect(broken(command, locator(101)).isEmpty)
            #expect(broken(command, locator(102)) == ["\(command) locator size: disconnect"])
        }
    }

    private func chain(_ count: Int) -> [UInt8] {
        var parent = Made.hash(0)
        var bytes = Made.count(count)
        for _ in 0..<count {
            let header = Made.mined(on: parent)
            bytes += header + [0]
            parent = Made.name(header)
        }
        return bytes
    }

    @Test func headers() {
        #expect(broken("headers", chain(2_000)).isEmpty)
        // They are not read at all, so it makes no difference what is wrong with them.
        #expect(broken("headers", chain(2_001)) == ["headers message size: misbehaving"])
        #expect(broken("headers", Made.list(2_001, of: 81)) == ["headers message size: misbehaving"])
        #expect(broken("headers", Made.count(2_001)) == ["headers message size: misbehaving"])
        let one = Made.mined()
        #expect(broken("headers", Made.headers(one, Made.mined(on: Made.name(one)))).isEmpty)
        #expect(
            broken("headers", Made.headers(one, Made.mined(on: Made.hash(1)))) == [
                "non-continuous headers sequence: misbehaving"
            ])
    }

    @Test func work() {
        #expect(broken("headers", Made.headers(Made.mined())).isEmpty)
        let bad = Made.mined(isGood: false)
        #expect(broken("headers", Made.headers(bad)) == ["header with invalid proof of work: misbehaving"])
        #expect(broken("cmpctblock", Made.compactBlock(Made.mined())).isEmpty)
        #expect(
            broken("cmpctblock", Made.compactBlock(bad)) == ["cmpctblock with invalid proof of work: misbehaving"])
        let block = Made.block(of: [Made.transaction(1)])
        #expect(broken("block", block).isEmpty)
        #expect(
            Set(broken("block", bad + block[80...])) == [
                "block with invalid proof of work: misbehaving", "mutated block: misbehaving",
            ])
        // A target that no hash meets, whatever the network is.
        var none = Made.mined()
        none.replaceSubrange(72..<76, with: [0, 0, 0, 0])
        #expect(broken("headers", Made.headers(none)) == ["header with invalid proof of work: misbehaving"])
        // Nobody is asked for the work of a part.
        #expect(broken("merkleblock", Made.merkleBlock(bad)).isEmpty)
    }

    @Test func mutatedBlocks() {
        let transactions = (0..<3 as Range<UInt32>).map { Made.transaction($0) }
        #expect(broken("block", Made.block(of: transactions)).isEmpty)
        #expect(
            broken("block", Made.block(of: transactions, root: Made.hash(1))) == ["mutated block: misbehaving"])
        // CVE-2012-2459: the root stays the same.
        #expect(broken("block", Made.block(of: transactions + [transactions[2]])) == ["mutated block: misbehaving"])
    }

    @Test func filters() {
        func filter(_ bytes: Int, functions: UInt32) -> [UInt8] {
            Made.list(bytes, of: 1) + Made.number(functions) + [0, 0, 0, 0, 0]
        }
        #expect(broken("filterload", filter(36_000, functions: 50)).isEmpty)
        #expect(broken("filterload", filter(36_001, functions: 50)) == ["too-large bloom filter: misbehaving"])
        #expect(broken("filterload", filter(36_000, functions: 51)) == ["too-large bloom filter: misbehaving"])
        #expect(broken("filterload", filter(36_001, functions: 51)) == ["too-large bloom filter: misbehaving"])
        #expect(broken("filteradd", Made.list(520, of: 1)).isEmpty)
        #expect(broken("filteradd", Made.list(521, of: 1)) == ["bad filteradd message: misbehaving"])
    }

    @Test(arguments: [(31_799, true), (31_800, false), (-1, true), (70_016, false)] as [(Int32, Bool)])
    func versions(_ number: Int32, _ isObsolete: Bool) {
        let version = MadeVersion(protocolVersion: number).payload
        #expect(broken("version", version) == (isObsolete ? ["obsolete version: disconnect"] : []))
    }

    @Test func checksums() {
        let long = Made.list(1_001, of: 30)
        #expect(broken("addr", long, status: .notPresent) == ["addr message size: misbehaving"])
        // Receivers have not looked at any more of it.
        #expect(broken("addr", long, status: .bad) == ["Wrong checksum: ignored"])
        #expect(broken("nonsense", [], status: .bad) == ["Wrong checksum: ignored"])
        #expect(broken("addr", long, isCut: true, status: .unverified).isEmpty)
        #expect(broken("addr", long, isCut: true, status: .bad).isEmpty)
    }

    @Test func malformedPayloads() {
        #expect(broken("pong", Made.number(UInt64(1))).isEmpty)
        #expect(broken("pong", Array(Made.number(UInt64(1)).prefix(7))) == ["malformed pong: ignored"])
        // Bytes to spare, and a ping as before BIP 31.
        #expect(broken("pong", Made.number(UInt64(1)) + [1, 2]).isEmpty)
        #expect(broken("ping", []).isEmpty)
        // A beginning of a message that was cut.
        #expect(broken("pong", [1], isCut: true, status: .unverified).isEmpty)
        // What Core does not know, it does not read.
        #expect(broken("nonsense", [1]).isEmpty && broken("reqrecon", []).isEmpty)
        // The entries are read before they are counted.
        #expect(broken("inv", Made.count(50_001)) == ["malformed inv: ignored"])
        #expect(broken("getheaders", [0, 0, 0, 0, 102]) == ["malformed getheaders: ignored"])
        let block = Made.block(of: [Made.transaction(1)])
        #expect(broken("block", Array(block.dropLast())) == ["malformed block: ignored"])
        #expect(broken("tx", Array(Made.transaction(1).dropLast())) == ["malformed tx: ignored"])
        #expect(broken("tx", Made.transaction(1)).isEmpty)
    }

    /// By sides of connections, with the first frame of each.
    @Test func counted() {
        var chat = Chat([.rules])
        for _ in 0..<3 { chat.say(.forward, "pong", [1]) }
        chat.say(.backward, "pong", [1])
        chat.say(.forward, "pong", [1], of: 1)
        chat.say(.forward, "pong", [1])
        let rows = chat.relations.violations.rows
        #expect(rows.map(\.count) == [4, 1, 1])
        #expect(rows.map(\.firstFrame) == [1, 4, 5])
        #expect(rows.map(\.connection) == [0, 0, 1])
        #expect(rows.map(\.side) == [.forward, .backward, .forward])
    }

    @Test func rowsAreLimited() {
        var chat = Chat([.rules])
        for connection in 0..<1_500 as Range<UInt64> { chat.say(.forward, "pong", [1], of: connection) }
        chat.say(.forward, "pong", [1], of: 0)
        let violations = chat.relations.violations
        #expect(violations.rows.count == Violations.limit)
        #expect(violations.others == 500)
        #expect(violations.rows.first?.count == 2)
        #expect(violations.firstOther == Origin(frame: 1_001, time: 1_001 * Chat.millisecond))
    }

    /// Who does not ask does not pay.
    @Test func nothingIsFoundUnasked() {
        var chat = Chat([.pings, .requests, .purposes, .costs, .identity])
        chat.say(.forward, "pong", [1])
        #expect(chat.relations.violations.rows.isEmpty)
    }
}
