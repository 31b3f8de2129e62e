import BitcoinP2P
import Fields
import Support
import Testing

/// Envelopes in tapscripts (protocol.md section 7.7).
@Suite struct InscriptionTests {
    private static let txid = filler(32)
    private static let txidText = "\(Array(txid.reversed()).hex)"

    private static func text(_ text: String) -> [UInt8] { push(Array(text.utf8)) }

    private static func envelope(_ contents: [UInt8]) -> [UInt8] { [0x00, 0x63] + text("ord") + contents + [0x68] }

    private static let page = envelope([1, 1] + text("text/plain") + [0] + text("Hello, ") + text("world"))

    private func dissected(_ script: [UInt8], version: UInt8 = 0xc0) -> Dissected {
        TransactionBuilder.spending(witness: [filler(64), script, [version] + filler(32)])
    }

    private func values(_ dissected: Dissected, _ name: String) -> [String] {
        dissected["bitcoin.tx.in.inscription" + name]
    }

    private func isSound(_ dissected: Dissected) -> Bool {
        dissected.structureProblem() == nil && dissected.tilingProblem() == nil
    }

    // MARK: What they say

    @Test func `type and body`() {
        let dissected = dissected(push(filler(32)) + [0xac] + Self.page)
        #expect(values(dissected, "_count") == ["1"])
        #expect(values(dissected, ".content_type") == ["text/plain"])
        #expect(values(dissected, ".field_count") == ["1"])
        #expect(values(dissected, ".body_length") == ["12"])
        #expect(values(dissected, ".body") == [Array("Hello, world".utf8).hex])
        #expect(dissected.headings("bitcoin.tx.in.inscription") == ["text/plain, 12 bytes"])
        #expect(dissected.annotations.isEmpty)
        // It stands at its bytes, which the tapscript has, too.
        let node = dissected.nodes[dissected.indexes("bitcoin.tx.in.inscription")[0]]
        #expect(Array(dissected.bytes[node.range]) == Self.page)
        #expect(node.flags == [.partOfParent, .listEntry, .headed])
        #expect(isSound(dissected))
    }

    @Test func `every tag that has a name`() {
        let fields: [UInt8] =
            [1, 2] + push([0x39, 0x30]) + [1, 3] + push(Self.txid) + [0x53] + push(Self.txid + [1, 2])
            + [0x55] + push([0xa0]) + [1, 5] + push([0xf6]) + [1, 7] + Self.text("brc-20") + [1, 9] + Self.text("br")
            + [1, 11] + push(Self.txid + [7]) + [1, 13] + push([9]) + [2, 1, 1] + push([8]) + [1, 255, 0]
        let dissected = dissected(Self.envelope(fields))
        #expect(values(dissected, ".pointer") == ["12345"])
        #expect(values(dissected, ".parent") == ["\(Self.txidText)i0", "\(Self.txidText)i513"])
        #expect(values(dissected, ".metadata") == ["a0", "f6"])
        #expect(values(dissected, ".metaprotocol") == ["brc-20"])
        #expect(values(dissected, ".content_encoding") == ["br"])
        #expect(values(dissected, ".delegate") == ["\(Self.txidText)i7"])
        #expect(values(dissected, ".field.tag") == ["rune", "nop"])
        #expect(values(dissected, ".field.long_tag") == ["0101"])
        #expect(values(dissected, ".field.value") == ["09", "08", ""])
        #expect(values(dissected, ".field_count") == ["11"])
        #expect(values(dissected, ".body_length").isEmpty && values(dissected, ".body").isEmpty)
        #expect(dissected.annotations.isEmpty)
        #expect(isSound(dissected))
    }

    /// Numbers that instructions push are bytes, not the instructions.
    @Test func `small numbers`() {
        let dissected = dissected(Self.envelope([0x51, 0x5a, 0x52, 0x59, 0x4f, 0x60, 0x00, 0x51, 0x4f] + push([7])))
        #expect(values(dissected, ".content_type") == ["\\n"])
        #expect(values(dissected, ".pointer") == ["9"])
        #expect(values(dissected, ".field.tag") == ["129"] && values(dissected, ".field.value") == ["10"])
        #expect(values(dissected, ".body_length") == ["3"] && values(dissected, ".body") == ["018107"])
        #expect(isSound(dissected))
    }

    /// Of a second value nobody takes notice, and a value that is none of its kind is shown as it is.
    @Test func `values that do not count`() {
        let long = [UInt8](repeating: 1, count: 9)
        let fields: [UInt8] =
            [1, 1] + Self.text("a") + [1, 1] + Self.text("b") + [1, 2] + push(long) + [1, 3] + push(filler(31))
            + [1, 3] + push(Self.txid + [0]) + [1, 11] + push(Self.txid + [1, 2, 3, 4, 5]) + [1, 2, 0]
        let dissected = dissected(Self.envelope(fields))
        #expect(values(dissected, ".content_type") == ["a"])
        #expect(values(dissected, ".parent").isEmpty && values(dissected, ".delegate").isEmpty)
        #expect(
            values(dissected, ".field.tag") == ["content type", "pointer", "parent", "parent", "delegate"])
        #expect(values(dissected, ".field.value").first == "62")
        #expect(values(dissected, ".pointer") == ["0"], "an empty value is a number, too")
        #expect(isSound(dissected))
    }

    @Test func `texts are escaped`() {
        let dissected = dissected(Self.envelope([1, 1] + push([0x1b, 0x5b, 0x32, 0x4a]) + [0]))
        #expect(values(dissected, ".content_type") == ["\\x1b[2J"])
        #expect(dissected.headings("bitcoin.tx.in.inscription") == ["\\x1b[2J, 0 bytes"])
        #expect(values(dissected, ".body_length") == ["0"] && values(dissected, ".body").isEmpty)
    }

    @Test func `of a long body the first bytes`() {
        let pieces = [filler(5), filler(520), filler(520, from: 3)]
        let dissected = dissected(Self.envelope([1, 1] + Self.text("image/png") + [0x4c, 0] + pieces.flatMap(push)))
        #expect(values(dissected, ".body_length") == ["1045"])
        #expect(values(dissected, ".body") == [Array(pieces.joined().prefix(32)).hex])
        #expect(dissected.headings("bitcoin.tx.in.inscription") == ["image/png, 1045 bytes"])
    }

    // MARK: Several, and none

    @Test func `several in one script`() {
        let dissected = dissected(Self.page + [0x51, 0x75] + Self.envelope([]) + Self.page + [0x51])
        #expect(values(dissected, "_count") == ["3"])
        #expect(dissected.indexes("bitcoin.tx.in.inscription").map { dissected.nodes[$0].value } == [0, 1, 2])
        #expect(
            dissected.headings("bitcoin.tx.in.inscription") == ["text/plain, 12 bytes", nil, "text/plain, 12 bytes"])
        #expect(values(dissected, ".field_count") == ["1", "0", "1"])
        #expect(isSound(dissected))
    }

    @Test(
        arguments: [
            // Another name, no name, no instruction that skips it, another instruction between.
            [0x00, 0x63] + push(Array("orb".utf8)) + [0x68], [0x00, 0x63, 0x68],
            [0x00, 0x64] + push(Array("ord".utf8)) + [0x68],
            [0x51, 0x63] + push(Array("ord".utf8)) + [0x68], [0x00, 0x61, 0x63] + push(Array("ord".utf8)) + [0x68],
            [0x00],
            [0x00, 0x63], [],
        ] as [[UInt8]])
    func `scripts without one`(_ script: [UInt8]) {
        let dissected = dissected(script + [0x51])
        #expect(values(dissected, "").isEmpty && values(dissected, "_count").isEmpty)
        #expect(dissected.annotations.isEmpty)
    }

    /// No end, another instruction, and an envelope within one: what comes after is read on.
    @Test func `malformed ones`() {
        let name = [0x00, 0x63] + push(Array("ord".utf8))
        let open = dissected(name + [1, 1] + Self.text("a"))
        #expect(values(open, "_count").isEmpty)
        #expect(open.annotations("bitcoin.tx.in.tapscript.asm") == ["bitcoin.inscription.malformed"])
        let other = dissected(name + [0xac, 0x68] + Self.page)
        #expect(values(other, "_count") == ["1"] && values(other, ".content_type") == ["text/plain"])
        #expect(other.annotations("bitcoin.tx.in.tapscript.asm") == ["bitcoin.inscription.malformed"])
        let nested = dissected(name + Self.page + Self.page)
        #expect(values(nested, "_count") == ["1"])
        #expect(nested.annotations.map(\.value) == [1])
        #expect(isSound(open) && isSound(other) && isSound(nested))
    }

    @Test func `a tag without a value`() {
        let dissected = dissected(Self.envelope([1, 1] + Self.text("a") + [1, 5]))
        #expect(values(dissected, ".field.tag") == ["metadata"] && values(dissected, ".metadata").isEmpty)
        #expect(dissected.annotations("bitcoin.tx.in.inscription.field.tag") == ["bitcoin.inscription.value_missing"])
        #expect(isSound(dissected))
    }

    /// Nobody indexes a script of which a push runs past the end, and other versions of scripts have other rules.
    @Test func `scripts that cannot be read`() {
        let cut = dissected(Self.page + [0x05, 1])
        #expect(values(cut, "").isEmpty && values(cut, "_count").isEmpty)
        #expect(cut.annotations("bitcoin.tx.in.tapscript.unread").isEmpty)
        #expect(cut.annotations("bitcoin.tx.in.tapscript.asm") == ["bitcoin.script.overrun"])
        #expect(values(dissected(Self.page, version: 0xc2), "").isEmpty)
        #expect(values(TransactionBuilder.spending(witness: [filler(71), Self.page]), "").isEmpty)
    }

    @Test func `every prefix is sound`() {
        let script = Self.page + Self.envelope([1, 3] + push(Self.txid + [1]) + [1, 99] + push([1]))
        for length in 0..<script.count {
            let dissected = dissected(Array(script.prefix(length)) + [0x51])
            #expect(isSound(dissected), "\(length)")
            #expect(values(dissected, "").count == values(dissected, ".field_count").count)
        }
    }

    // MARK: Hostile ones

    @Test func `more than are shown are counted`() {
        let count = 300_000
        let dissected = dissected(Array(repeatElement(Self.envelope([]), count: count).joined()))
        #expect(values(dissected, "_count") == ["\(count)"])
        #expect(dissected.indexes("bitcoin.tx.in.inscription").count == 64)
        let tags = self.dissected(Self.envelope(Array(repeatElement([1, 13, 1, 1] as [UInt8], count: count).joined())))
        #expect(values(tags, ".field_count") == ["\(count)"])
        #expect(values(tags, ".field.tag").count == 64)
        #expect(tags.nodes.count < 500 && dissected.nodes.count < 500)
    }

    /// Beginnings without an end are read once, not once from each.
    @Test func `beginnings without an end`() {
        let name = [0x00, 0x63] + push(Array("ord".utf8))
        let dissected = dissected(Array(repeatElement(name, count: 400_000).joined()))
        #expect(values(dissected, "_count").isEmpty)
        #expect(dissected.annotations.map(\.value) == [200_000])
    }

    @Test func `a pick of one field has its values`() throws {
        let whole = dissected(Self.page + Self.page)
        let type = try #require(MessageType.named("tx"))
        let field = try #require(Catalog.field(named: "bitcoin.tx.in.inscription.content_type"))
        #expect(whole.picked(type, field) == whole.values(of: field))
        #expect(whole.picked(type, field).count == 2)
    }
}
