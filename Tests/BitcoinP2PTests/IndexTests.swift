import BitcoinP2P
import Foundation
import Testing

/// The index of messages in protocol.md section 5 and ``MessageTypes`` have the same types.
@Suite struct IndexTests {
    private struct Row {
        let commands: [String]
        let status: String
        /// One-byte ids in v2 packets, in the order of the commands.
        let identifiers: [UInt8]
    }

    private static let statuses: [Character: MessageType.Standing] = [
        "C": .current, "R": .retired, "D": .draft, "F": .foreign,
    ]

    private static func rows() throws -> [Row] {
        let text = String(decoding: try Files.package("Documentation/protocol.md"), as: UTF8.self)
        let section = try #require(text.split(separator: "\n## ").first { $0.hasPrefix("5. ") })
        let lines = section.split(separator: "\n").filter { $0.hasPrefix("| ") && !$0.hasPrefix("| Command ") }
        return try lines.map { line in
            let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            try #require(cells.count == 6, "\(line)")
            // "`_` + service name" is the one that stands for many.
            let commands = cells[0].components(separatedBy: ", ").map { $0.hasPrefix("`_`") ? "_…" : $0 }
            let ends = cells[3].components(separatedBy: "–").compactMap(UInt8.init)
            let identifiers = ends.isEmpty ? [] : Array(ends[0]...ends[ends.count - 1])
            return Row(commands: commands, status: cells[1], identifiers: identifiers)
        }
    }

    @Test func `every type of the index is registered, and no other`() throws {
        var index: Set<String> = []
        // Messages that exist only in encrypted streams of BIP 151 cannot be seen.
        for row in try Self.rows() where !row.status.contains("inside BIP151") {
            let status = try #require(row.status.first.flatMap { Self.statuses[$0] }, "\(row.status)")
            for command in row.commands { index.insert("\(command): \(status)") }
        }
        let registered = Set(MessageTypes.standard.types.map { "\($0.name): \($0.standing)" })
        #expect(index.subtracting(registered) == [], "not registered")
        #expect(registered.subtracting(index) == [], "not in protocol.md section 5")
    }

    @Test func `the short ids are those of the index`() throws {
        var index: [UInt8: String] = [:]
        for row in try Self.rows() where !row.identifiers.isEmpty {
            try #require(row.identifiers.count == row.commands.count, "\(row.commands)")
            for (identifier, command) in zip(row.identifiers, row.commands) { index[identifier] = command }
        }
        #expect(index.count > 30)
        for identifier in 0...UInt8.max {
            #expect(ShortMessageIdentifiers.command(of: identifier)?.name == index[identifier], "\(identifier)")
        }
    }
}
