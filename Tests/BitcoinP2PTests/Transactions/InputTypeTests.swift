import BitcoinP2P
import Fields
import Foundation
import Support
import Testing

/// What inputs spend, told from script and witness (protocol.md section 7.4), and what they show.
@Suite struct InputTypeTests {
    static let r = [UInt8](repeating: 0x11, count: 32)
    static let s = [UInt8](repeating: 0x22, count: 32)
    /// DER with SIGHASH_ALL.
    static let signature: [UInt8] = [0x30, 0x44, 2, 32] + r + [2, 32] + s + [1]
    static let key = [2] + [UInt8](repeating: 0x33, count: 32)
    static let multisig = [0x51] + push(key) + push(key) + [0x52, 0xae]
    static let lock = push([0x40, 0x42, 0x0f]) + [0xb1, 0x75] + push(key) + [0xac]
    static let controlBlock = [0xc1] + [UInt8](repeating: 0x44, count: 32) + [UInt8](repeating: 0x55, count: 64)
    static let tapscript = push(Array(key.dropFirst())) + [0xac]

    struct Shape: Sendable, CustomTestStringConvertible {
        let type: String
        var script: [UInt8] = []
        var witness: [[UInt8]] = []

        var testDescription: String { "\(type) \(script.count) \(witness.count)" }
    }

    @Test(arguments: [
        Shape(type: "P2PK", script: push(signature)),
        Shape(type: "P2PKH", script: push(signature) + push(key)),
        Shape(type: "P2PKH", script: push(signature) + push([4] + r + s)),
        Shape(type: "multisig", script: [0] + push(signature)),
        Shape(type: "multisig", script: [0] + push(signature) + [0] + push(signature)),
        Shape(type: "P2SH multisig", script: [0] + push(signature) + push(multisig)),
        Shape(type: "P2SH", script: push(signature) + push(lock)),
        Shape(type: "P2SH", script: push([0x51])),
        Shape(type: "P2SH", script: push([0x51, 0x20] + r)),
        Shape(type: "P2WPKH", witness: [signature, key]),
        Shape(type: "P2SH-P2WPKH", script: push([0, 20] + r[..<20]), witness: [signature, key]),
        Shape(type: "P2WSH", witness: [[], signature, multisig]),
        Shape(type: "P2WSH", witness: [lock]),
        Shape(type: "P2SH-P2WSH", script: push([0, 32] + r), witness: [[], signature, multisig]),
        Shape(type: "P2TR key path", witness: [r + s]),
        Shape(type: "P2TR key path", witness: [r + s + [1]]),
        Shape(type: "P2TR key path", witness: [r + s, [0x50, 1, 2]]),
        Shape(type: "P2TR script path", witness: [r + s, tapscript, controlBlock]),
        Shape(type: "P2TR script path", witness: [tapscript, controlBlock, [0x50]]),
        Shape(type: "P2TR script path", witness: [[], [0xfb] + r]),
        Shape(type: "empty"),
        // Without its witness a nested spend still shows its program.
        Shape(type: "P2SH-P2WPKH", script: push([0, 20] + r[..<20])),
        // No shape: an instruction that is no push, a push past the end, data, a script with a witness.
        Shape(type: "unknown", script: [0xac]), Shape(type: "unknown", script: [5, 1]),
        Shape(type: "unknown", script: push(r)), Shape(type: "unknown", script: push(signature), witness: [[1]]),
        Shape(type: "unknown", witness: [[1], [0x4c]]), Shape(type: "unknown", witness: [[1], [0x50]]),
        Shape(type: "unknown", witness: [[1], []]),
        // Control blocks of another length or beginning are none.
        Shape(type: "unknown", witness: [tapscript, controlBlock.dropLast() + []]),
        Shape(type: "unknown", witness: [tapscript, [0x4e] + controlBlock.dropFirst()]),
    ])
    func `shapes`(_ shape: Shape) {
        let dissected = TransactionBuilder.spending(shape.script, witness: shape.witness)
        #expect(dissected["bitcoin.tx.in.type"] == [shape.type])
        #expect(dissected.headings("bitcoin.tx.in") == ["1111…1111:7, \(shape.type)"])
        #expect(dissected.outcome == .complete)
        #expect(dissected.tilingProblem() == nil && dissected.structureProblem() == nil)
        #expect(dissected.annotations.isEmpty == (shape.script != [5, 1]))
        if !shape.witness.isEmpty { #expect(dissected.headings("bitcoin.tx.witness") == [shape.type]) }
    }

    @Test func `what a key hash spend shows`() {
        let dissected = TransactionBuilder.spending(push(Self.signature) + push(Self.key))
        #expect(
            dissected["bitcoin.tx.in.asm"] == [
                "\(Array(Self.signature.dropLast()).hex)[ALL] \(Self.key.hex)"
            ])
        #expect(dissected["bitcoin.tx.in.signature"] == [Self.signature.hex])
        #expect(dissected["bitcoin.tx.in.signature.r"] == [Self.r.hex])
        #expect(dissected["bitcoin.tx.in.signature.s"] == [Self.s.hex])
        #expect(dissected["bitcoin.tx.in.signature.sighash"] == ["ALL"])
        #expect(dissected["bitcoin.tx.in.pubkey"] == [Self.key.hex])
        #expect(dissected["bitcoin.tx.in.pubkey.form"] == ["compressed"])
        // The parts are leaves under the script, at their own bytes.
        let script = dissected.nodes[dissected.indexes("bitcoin.tx.in.sig_script")[0]]
        for name in ["signature", "signature.r", "signature.s", "signature.sighash", "pubkey"] {
            let node = dissected.nodes[dissected.indexes("bitcoin.tx.in.\(name)")[0]]
            #expect(node.flags.contains(.partOfParent) && node.depth > script.depth)
            #expect(script.range.contains(node.range.lowerBound) && node.range.upperBound <= script.range.upperBound)
        }
    }

    @Test func `scripts that are shown`() {
        let nested = TransactionBuilder.spending([0] + push(Self.signature) + push(Self.multisig))
        #expect(nested["bitcoin.tx.in.redeem_script"] == [Self.multisig.hex])
        #expect(nested["bitcoin.tx.in.redeem_script.asm"] == ["1 \(Self.key.hex) \(Self.key.hex) 2 OP_CHECKMULTISIG"])
        #expect(nested["bitcoin.tx.in.redeem_script.type"] == ["multisig"])
        #expect(nested["bitcoin.tx.in.redeem_script.multisig"] == ["1 of 2"])
        #expect(nested["bitcoin.tx.in.pubkey"].count == 2)
        let witness = TransactionBuilder.spending(witness: [Self.signature, Self.lock])
        #expect(witness["bitcoin.tx.in.witness_script"] == [Self.lock.hex])
        #expect(
            witness["bitcoin.tx.in.witness_script.asm"] == [
                "1000000 OP_CHECKLOCKTIMEVERIFY OP_DROP \(Self.key.hex) OP_CHECKSIG"
            ])
        #expect(witness["bitcoin.tx.in.signature.sighash"] == ["ALL"])
        #expect(witness["bitcoin.tx.in.pubkey"] == [Self.key.hex])
        #expect(witness.headings("bitcoin.tx.witness.component") == ["signature", "witness script"])
        let program = TransactionBuilder.spending(push([0, 20] + Self.r[..<20]), witness: [Self.signature, Self.key])
        #expect(program["bitcoin.tx.in.redeem_script.type"] == ["witness_v0_keyhash"])
        #expect(program["bitcoin.tx.in.redeem_script.asm"] == ["0 \(Array(Self.r[..<20]).hex)"])
        #expect(program.headings("bitcoin.tx.witness.component") == ["signature", "public key"])
    }

    @Test func `taproot script path`() {
        let script = Self.tapscript + [0xba, 0x50, 0x7e, 0xfe, 0x61]
        let dissected = TransactionBuilder.spending(
            witness: [Self.r + Self.s, [], [9], script, Self.controlBlock, [0x50, 0xaa]])
        #expect(
            dissected["bitcoin.tx.in.tapscript.asm"] == [
                "\(Array(Self.key.dropFirst()).hex) OP_CHECKSIG OP_CHECKSIGADD OP_SUCCESS80 OP_SUCCESS126 OP_SUCCESS254 OP_NOP"
            ])
        #expect(dissected["bitcoin.tx.in.tapscript.type"].isEmpty)
        #expect(dissected["bitcoin.tx.in.control_block"] == [Self.controlBlock.hex])
        #expect(dissected["bitcoin.tx.in.control_block.leaf_version"] == ["tapscript"])
        #expect(dissected["bitcoin.tx.in.control_block.parity"] == ["1"])
        #expect(dissected["bitcoin.tx.in.control_block.internal_key"] == [String(repeating: "44", count: 32)])
        #expect(dissected["bitcoin.tx.in.control_block.merkle_node"].count == 2)
        #expect(dissected["bitcoin.tx.in.annex"] == ["50aa"])
        #expect(dissected["bitcoin.tx.in.signature"] == [(Self.r + Self.s).hex])
        #expect(
            dissected.headings("bitcoin.tx.witness.component") == [
                "signature", "empty", nil, "tapscript", "control block", "annex",
            ])
        // Behind OP_SUCCESSx bytes need not be instructions, before it they must.
        let after = TransactionBuilder.spending(witness: [[0x50, 5], Self.controlBlock])
        #expect(after["bitcoin.tx.in.tapscript.asm"] == ["OP_SUCCESS80 [error]"])
        #expect(after.annotations.isEmpty)
        let wrong = TransactionBuilder.spending(witness: [[0x51, 5], Self.controlBlock])
        #expect(wrong.annotations("bitcoin.tx.in.tapscript.asm") == ["bitcoin.script.overrun"])
    }

    @Test(.enabled(if: Files.hasVectors, "needs the shared reference files"))
    func `BIP 341's wallet`() throws {
        struct Vectors: Decodable {
            struct Row: Decodable {
                struct Expected: Decodable {
                    let scriptPubKey: String
                    let bip350Address: String
                    let scriptPathControlBlocks: [String]?
                }
                struct Given: Decodable { let internalPubkey: String }
                let given: Given
                let expected: Expected
            }
            let scriptPubKey: [Row]
        }
        let vectors = try JSONDecoder().decode(Vectors.self, from: Files.vector("core/bip341_wallet_vectors.json"))
        #expect(vectors.scriptPubKey.count == 7)
        var blocks = 0
        for row in vectors.scriptPubKey {
            let output = TransactionBuilder.paying(Array(hex: row.expected.scriptPubKey))
            #expect(output["bitcoin.tx.out.type"] == ["witness_v1_taproot"])
            #expect(output["bitcoin.tx.out.address"] == [row.expected.bip350Address])
            #expect(output["bitcoin.tx.out.witness_program"] == [String(row.expected.scriptPubKey.dropFirst(4))])
            for hex in row.expected.scriptPathControlBlocks ?? [] {
                let block = [UInt8](hex: hex)
                let input = TransactionBuilder.spending(witness: [[0x51], block])
                #expect(input["bitcoin.tx.in.type"] == ["P2TR script path"])
                let version = block[0] & 0xfe
                #expect(
                    input["bitcoin.tx.in.control_block.leaf_version"] == [version == 0xc0 ? "tapscript" : "\(version)"])
                #expect(input["bitcoin.tx.in.control_block.parity"] == ["\(block[0] & 1)"])
                #expect(input["bitcoin.tx.in.control_block.internal_key"] == [row.given.internalPubkey])
                let nodes = input["bitcoin.tx.in.control_block.merkle_node"]
                #expect(nodes.count == (block.count - 33) / 32 && nodes.joined() == hex.dropFirst(66))
                // Only of tapscript it is known what the script says.
                #expect(input["bitcoin.tx.in.tapscript.asm"] == (version == 0xc0 ? ["1"] : []))
                blocks += 1
            }
        }
        #expect(blocks == 12)
    }
}
