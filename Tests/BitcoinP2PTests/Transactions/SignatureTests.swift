import BitcoinP2P
import Fields
import Support
import Testing

/// DER, Schnorr, and what is wrong with them.
@Suite struct SignatureTests {
    private static let r = [UInt8](repeating: 0x11, count: 32)
    private static let s = [UInt8](repeating: 0x22, count: 32)

    private static func der(_ r: [UInt8], _ s: [UInt8], _ sighash: UInt8 = 1, length: Int? = nil) -> [UInt8] {
        [0x30, UInt8(length ?? r.count + s.count + 4), 2, UInt8(r.count)] + r + [2, UInt8(s.count)] + s + [sighash]
    }

    @Test(arguments: [
        (der(r, s), true), (der([0, 0x80], [1]), true), (der([0], [0]), true),
        (der([0] + [0x80] + r.dropFirst(), s), true),
        // Negative, padded, empty, another length than it says.
        (der([0x80], s), false), (der(r, [0xff]), false), (der([0] + r, s), false), (der(r, [0, 0x7f]), false),
        (der([], s), false), (der(r, []), false), (der(r, s, length: 67), false), (der(r, s, length: 69), false),
        (der(r, s) + [1], false), (der([UInt8](repeating: 1, count: 34), [UInt8](repeating: 1, count: 33)), false),
    ])
    func `strict DER`(_ signature: [UInt8], _ isStrict: Bool) {
        let dissected = TransactionBuilder.spending(push(signature))
        #expect(dissected["bitcoin.tx.in.type"] == ["P2PK"])
        #expect(dissected["bitcoin.tx.in.signature"] == [signature.hex])
        #expect(dissected.annotations.map(\.remark.name) == (isStrict ? [] : ["bitcoin.signature.not_strict"]))
        // As in Core, only what is a signature ends in the name of its type.
        let words = isStrict ? Array(signature.dropLast()).hex + "[ALL]" : signature.hex
        #expect(dissected["bitcoin.tx.in.asm"] == [words])
        #expect(dissected.tilingProblem() == nil && dissected.structureProblem() == nil)
    }

    @Test func `what is no signature`() {
        for bytes in [[0x30], [0x30, 6, 2, 1, 1, 2, 1], [0x31] + Self.der(Self.r, Self.s).dropFirst()] as [[UInt8]] {
            #expect(TransactionBuilder.spending(push(bytes))["bitcoin.tx.in.signature"].isEmpty)
        }
        // Every prefix of one is read without harm.
        let whole = Self.der(Self.r, Self.s)
        for length in 0..<whole.count {
            let dissected = TransactionBuilder.spending(witness: [Array(whole[..<length])])
            #expect(dissected.outcome == .complete && dissected.structureProblem() == nil)
        }
    }

    @Test(
        arguments: [
            (1, "ALL"), (2, "NONE"), (3, "SINGLE"), (0x81, "ALL|ANYONECANPAY"), (0x82, "NONE|ANYONECANPAY"),
            (0x83, "SINGLE|ANYONECANPAY"), (0, nil), (4, nil), (0x41, nil), (0x80, nil),
        ] as [(UInt8, String?)])
    func `sighash types`(_ type: UInt8, _ name: String?) {
        let signature = Self.der(Self.r, Self.s, type)
        let dissected = TransactionBuilder.spending(push(signature))
        #expect(
            dissected.annotations("bitcoin.tx.in.signature.sighash")
                == (name == nil ? ["bitcoin.sighash.undefined"] : []))
        let body = Array(signature.dropLast()).hex
        #expect(dissected["bitcoin.tx.in.asm"] == [name.map { "\(body)[\($0)]" } ?? signature.hex])
        if let name { #expect(dissected["bitcoin.tx.in.signature.sighash"] == [name]) }
        let schnorr = TransactionBuilder.spending(witness: [Self.r + Self.s + [type]])
        #expect(schnorr["bitcoin.tx.in.signature.r"] == [Self.r.hex])
        #expect(schnorr["bitcoin.tx.in.signature.s"] == [Self.s.hex])
        // BIP 118's draft has 0x41.
        let isKnown = name != nil || type == 0x41
        #expect(
            schnorr.annotations("bitcoin.tx.in.signature.sighash") == (isKnown ? [] : ["bitcoin.sighash.undefined"]))
    }

    @Test func `a Schnorr signature of 64 bytes covers everything`() {
        let dissected = TransactionBuilder.spending(witness: [Self.r + Self.s])
        #expect(dissected["bitcoin.tx.in.signature.sighash"] == ["DEFAULT"])
        let node = dissected.nodes[dissected.indexes("bitcoin.tx.in.signature.sighash")[0]]
        #expect(node.flags.contains(.generated))
        #expect(dissected.headings("bitcoin.tx.witness.component") == ["signature"])
    }

    @Test func `data of an OP_RETURN is never taken for a signature`() {
        let signature = Self.der(Self.r, Self.s)
        let dissected = TransactionBuilder.spending([0x6a] + push(signature))
        #expect(dissected["bitcoin.tx.in.asm"] == ["OP_RETURN \(signature.hex)"])
    }
}
