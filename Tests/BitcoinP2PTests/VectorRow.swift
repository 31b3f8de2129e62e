import BitcoinP2P
import Foundation
import Support
import Testing

/// A row of one of BIP 324's tables of test vectors; values by the name of their column.
struct VectorRow: Sendable, CustomStringConvertible {
    /// Of the row in its table, from 1.
    let index: Int
    private let columns: [String: String]

    /// The rows of a table in the folder of BIP 324's vectors; none where that is missing.
    static func all(of table: String) -> [VectorRow] {
        guard let url = Files.reference?.appendingPathComponent("bip324/\(table)"),
            let text = try? String(contentsOf: url, encoding: .utf8)
        else { return [] }
        let lines = text.split(whereSeparator: \.isNewline).map { line in
            line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        guard let names = lines.first else { return [] }
        return lines.dropFirst().enumerated().map { index, values in
            VectorRow(
                index: index + 1, columns: Dictionary(zip(names, values), uniquingKeysWith: { first, _ in first }))
        }
    }

    func text(_ name: String) -> String { columns[name] ?? "" }
    func bytes(_ name: String) -> [UInt8] { Array(hex: text(name)) }
    func number(_ name: String) -> Int { Int(text(name)) ?? 0 }
    var description: String { "row \(index)" }
}

/// Columns of the table of packets.
extension VectorRow {
    /// The side that encrypts.
    var role: KeySchedule.Role { number("in_initiating") == 1 ? .initiator : .responder }
    var contents: [UInt8] {
        let piece = bytes("in_contents")
        var contents: [UInt8] = []
        for _ in 0..<number("in_multiply") { contents += piece }
        return contents
    }
    /// Header and contents.
    var plain: [UInt8] { [number("in_ignore") == 1 ? 0x80 : 0] + contents }
}

/// The key at the beginning of `bytes`.
func ellSwiftKey(_ bytes: [UInt8]) throws -> EllSwiftKey {
    // The macro takes no span.
    let key = EllSwiftKey(bytes.span.bytes)
    return try #require(key)
}
