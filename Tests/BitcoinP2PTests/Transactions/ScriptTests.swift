import BitcoinP2P
import Fields
import Foundation
import Support
import Testing

/// Scripts in words.
@Suite struct ScriptTests {
    /// Codes by name, from the table of protocol.md section 8.1.
    private static func opcodes() throws -> [String: UInt8] {
        let text = String(decoding: try Files.package("Documentation/protocol.md"), as: UTF8.self)
        var codes: [String: UInt8] = [:]
        for line in text.split(separator: "\n") where line.hasPrefix("| ") && line.contains("OP_") {
            let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            for (hex, names) in zip(cells, cells.dropFirst()) {
                guard hex.count == 2, let code = UInt8(hex, radix: 16) else { continue }
                for name in names.split(whereSeparator: { " /()".contains($0) }) where name.hasPrefix("OP_") {
                    codes[String(name.dropFirst(3))] = code
                }
            }
        }
        // Of Bitcoin Inquisition, whose vectors these are; Core has no such name.
        codes["CHECKTEMPLATEVERIFY"] = codes["NOP4"]
        return codes
    }

    /// What Core calls opcodes that its tests have other names for.
    private static let renamed = [
        "NOP2": "CHECKLOCKTIMEVERIFY", "NOP3": "CHECKSEQUENCEVERIFY", "CHECKTEMPLATEVERIFY": "NOP4",
    ]

    /// A number as a push: what OP_1 to OP_16 cannot say.
    private static func number(_ value: Int) -> [UInt8] {
        var left = value.magnitude
        var bytes: [UInt8] = []
        while left > 0 {
            bytes.append(UInt8(left & 0xff))
            left >>= 8
        }
        if let top = bytes.last, top & 0x80 != 0 { bytes.append(0) }
        if value < 0, !bytes.isEmpty { bytes[bytes.count - 1] |= 0x80 }
        return bytes
    }

    /// Core's notation for its own tests: numbers, 'texts', names without OP_, and 0x… for bytes as they are. Answers
    /// the script, and what it reads in words; nil for the words where bytes are given as they are.
    private static func assemble(_ text: String, _ codes: [String: UInt8]) throws -> (script: [UInt8], words: String?) {
        var script: [UInt8] = []
        var words: [String]? = []
        for word in text.split(whereSeparator: \.isWhitespace).map(String.init) {
            if let value = Int(word) {
                let data = number(value)
                switch value {
                case 0: script.append(0)
                case -1, 1...16: script.append(UInt8(0x50 + value))
                default: script += push(data)
                }
                words?.append(data.count <= 4 ? "\(value)" : data.hex)
            } else if word.hasPrefix("0x") {
                script += [UInt8](hex: word.dropFirst(2))
                words = nil
            } else if word.hasPrefix("'") {
                let data = Array(word.utf8.dropFirst().dropLast())
                script += push(data)
                if data.count > 4 { words?.append(data.hex) } else { words = nil }
            } else {
                let name = word.hasPrefix("OP_") ? String(word.dropFirst(3)) : word
                script.append(try #require(codes[name], "\(name)"))
                words?.append("OP_" + (renamed[name] ?? name))
            }
        }
        return (script, words?.joined(separator: " "))
    }

    /// Whether a push runs past the end, told by a reader of its own.
    private static func overruns(_ script: [UInt8]) -> Bool {
        var left = script[...]
        while let code = left.popFirst() {
            var length = 0
            switch code {
            case 1...0x4b: length = Int(code)
            case 0x4c...0x4e:
                let width = 1 << Int(code - 0x4c)
                guard left.count >= width else { return true }
                for (place, byte) in left.prefix(width).enumerated() { length |= Int(byte) << (8 * place) }
                left = left.dropFirst(width)
            default: break
            }
            if left.count < length { return true }
            left = left.dropFirst(length)
        }
        return false
    }

    @Test(.enabled(if: Files.hasVectors, "needs the shared reference files"))
    func `Core's script tests`() throws {
        let codes = try Self.opcodes()
        #expect(codes.count > 100)
        let json = try JSONSerialization.jsonObject(with: Files.vector("core/script_tests.json"))
        let cases = try #require(json as? [[Any]]).filter { $0.count > 3 }
        #expect(cases.count == 1236)
        var inWords = 0
        var errors = 0
        for row in cases {
            let texts = row.compactMap { $0 as? String }
            for text in [texts[0], texts[1]] where !text.contains("#") {
                let (script, words) = try Self.assemble(text, codes)
                let dissected = TransactionBuilder.paying(script)
                #expect(dissected.outcome == .complete && dissected.tilingProblem() == nil, "\(text)")
                #expect(dissected.structureProblem() == nil, "\(text)")
                let asm = dissected["bitcoin.tx.out.asm"].first ?? ""
                if let words, asm.utf8.count < 8000 {
                    #expect(asm == words)
                    inWords += 1
                }
                let isWrong = Self.overruns(script)
                #expect(
                    dissected.annotations("bitcoin.tx.out.asm") == (isWrong ? ["bitcoin.script.overrun"] : []),
                    "\(text)")
                #expect(asm.utf8.count > 8000 || asm.hasSuffix("[error]") == isWrong, "\(text)")
                if isWrong { errors += 1 }
            }
        }
        #expect(inWords > 1000 && errors == 3, "\(inWords) \(errors)")
    }

    @Test(.enabled(if: Files.hasVectors, "needs the shared reference files"))
    func `Core's decodescript`() throws {
        let json = try JSONSerialization.jsonObject(with: Files.vector("core/rpc_decodescript.json"))
        let rows = try #require(json as? [[Any]])
        #expect(rows.count == 10)
        for row in rows {
            let hex = try #require(row[0] as? String)
            let expected = try #require(row[1] as? [String: Any])
            let dissected = TransactionBuilder.paying(Array(hex: hex), magic: Magic.regtest)
            #expect(dissected["bitcoin.tx.out.asm"] == [expected["asm"] as? String ?? ""])
            #expect(dissected["bitcoin.tx.out.type"] == [expected["type"] as? String ?? ""])
            #expect(dissected["bitcoin.tx.out.address"] == (expected["address"] as? String).map { [$0] } ?? [])
        }
    }

    @Test(arguments: [
        ("", nil), ("00", "0"), ("4f", "-1"), ("51", "1"), ("60", "16"), ("0101", "1"), ("0180", "0"), ("0181", "-1"),
        ("020001", "256"), ("04ffffff7f", "2147483647"), ("04ffffffff", "-2147483647"), ("0400000080", "0"),
        ("050000000080", "0000000080"), ("4c00", "0"), ("4c0107", "7"), ("4d0100ff", "-127"), ("4e0100000007", "7"),
        ("ac50", "OP_CHECKSIG OP_RESERVED"), ("b1b2", "OP_CHECKLOCKTIMEVERIFY OP_CHECKSEQUENCEVERIFY"),
        ("bb", "OP_UNKNOWN"), ("ff", "OP_INVALIDOPCODE"), ("7e", "OP_CAT"), ("51024e73ac", "1 29518 OP_CHECKSIG"),
        // Pushes that run past the end.
        ("ac4b00", "OP_CHECKSIG [error]"), ("4c", "[error]"), ("4d01", "[error]"), ("4e010000", "[error]"),
        ("4effffffff00", "[error]"),
    ])
    func `words`(_ script: String, _ asm: String?) {
        let dissected = TransactionBuilder.paying(Array(hex: script))
        #expect(dissected["bitcoin.tx.out.asm"] == (asm.map { [$0] } ?? []))
        let isWrong = asm?.hasSuffix("[error]") == true
        #expect(dissected.annotations.map(\.remark.name) == (isWrong ? ["bitcoin.script.overrun"] : []))
        let rest = script.hasPrefix("ac") && isWrong ? String(script.dropFirst(2)) : script
        #expect(dissected["bitcoin.tx.out.unread"] == (isWrong ? [rest] : []))
        #expect(dissected.tilingProblem() == nil && dissected.structureProblem() == nil)
    }

    @Test func `long scripts are cut, and known to be wrong all the same`() {
        let pushes = TransactionBuilder.paying([UInt8](repeating: 0xac, count: 10_000))
        let text = pushes["bitcoin.tx.out.asm"][0]
        #expect(text.hasPrefix("OP_CHECKSIG OP_CHECKSIG") && text.hasSuffix(" …"))
        #expect((8192..<8260).contains(text.utf8.count))
        #expect(pushes.annotations.isEmpty)
        let many = Array(repeating: push([1, 2, 3, 4, 5, 6]), count: 10_000).flatMap { $0 }
        let cut = TransactionBuilder.paying(many + [0x05, 1])
        #expect(cut["bitcoin.tx.out.asm"][0].utf8.count < 8260)
        #expect(cut.annotations("bitcoin.tx.out.asm") == ["bitcoin.script.overrun"])
        #expect(cut["bitcoin.tx.out.unread"] == ["0501"])
        #expect(cut.nodes.count < 40)
        let one = TransactionBuilder.paying(push([UInt8](repeating: 7, count: 60_000)))
        #expect(one["bitcoin.tx.out.asm"] == [String(repeating: "07", count: 4096) + "…"])
        // As a signature script: pushes that look like nothing are not listed.
        let input = TransactionBuilder.spending(many)
        #expect(input["bitcoin.tx.in.asm"][0].utf8.count < 8260)
        #expect(input.nodes.count < 40 && input.tilingProblem() == nil)
        let keys = Array(repeating: push([2] + [UInt8](repeating: 9, count: 32)), count: 10_000).flatMap { $0 }
        #expect(TransactionBuilder.spending(keys)["bitcoin.tx.in.pubkey"].count == 40)
    }
}
