import BitcoinP2P
import Fields
import Foundation
import Testing

@Suite struct CatalogTests {
    private static let fields: [FieldDeclaration] = {
        _ = MessageTypes.standard
        _ = MessageHeaderLayout()
        return Catalog.declarations.filter { $0.name.hasPrefix("bitcoin") }
    }()

    @Test func `no name is declared twice with different words`() {
        #expect(Self.fields.count > 450)
        #expect(Catalog.conflicts.isEmpty)
    }

    @Test func `names are lower snake case with dots`() throws {
        let form = try Regex("bitcoin(\\.[a-z][a-z0-9]*(_[a-z0-9]+)*)*")
        for field in Self.fields {
            let match = try form.wholeMatch(in: field.name)
            #expect(match != nil, "\(field.name)")
        }
    }

    @Test func `every field has a label and a meaning of its own`() {
        for field in Self.fields {
            #expect(!field.label.isEmpty, "\(field.name)")
            #expect(!field.meaning.isEmpty, "\(field.name)")
            #expect(field.meaning.lowercased() != field.label.lowercased(), "\(field.name)")
            #expect(!field.meaning.hasSuffix(".") && field.meaning.count <= 110, "\(field.name)")
        }
    }

    @Test func `a message's heading has its command's name`() {
        for type in MessageTypes.standard.types {
            let name = type.isPrefix ? "service" : type.command.name.lowercased().replacing("-", with: "_")
            #expect(type.message.declaration.name == "bitcoin.\(name)")
        }
    }

    /// Wireshark's names that we don't have, and why.
    private static let exceptions: Set<String> = [
        // Groups over a length and a value: here the value has the group's name, and `.length` stands beside it.
        "bitcoin.string.value", "bitcoin.string.count", "bitcoin.data.value", "bitcoin.data.count",
        // Annotations here.
        "bitcoin.command.unknown", "bitcoin.address_length.invalid", "bitcoin.script_length.invalid",
    ]
    /// Wireshark's labels that are slips of the pen.
    private static let relabelled: Set<String> = ["bitcoin.notfound", "bitcoin.getblocks", "bitcoin.headers.version"]

    @Test(.enabled(if: Files.hasVectors, "needs the shared reference files"))
    func `Wireshark's names and labels are kept`() throws {
        let reference = try #require(Files.reference)
        let list = try String(
            contentsOf: reference.appendingPathComponent("wireshark-bitcoin-fields.tsv"), encoding: .utf8)
        let ours = Dictionary(Self.fields.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        var seen = 0
        for line in list.split(separator: "\n").dropFirst() {
            let columns = line.split(separator: "\t").map(String.init)
            let name = try #require(columns.first)
            // The wide twins of counts.
            if name.hasSuffix("64") || Self.exceptions.contains(name) { continue }
            let field = try #require(ours[name], "\(name)")
            // Service bits have the protocol's own names as labels, NODE_NETWORK and so on.
            if !Self.relabelled.contains(name), !name.hasPrefix("bitcoin.services.") {
                #expect(field.label == columns[2], "\(name)")
            }
            seen += 1
        }
        #expect(seen > 115)
    }

    @Test
    func `dissecting declares no field that the registry has not`() {
        // Trailing bytes, unknown bits: whatever a payload can make of itself.
        let before = Set(MessageTypes.standard.declared.map(\.name))
        for sample in Sample.all {
            let dissected = Dissected(sample.command, sample.bytes + [0xff, 0x01])
            for node in dissected.nodes { #expect(before.contains(node.field.declaration.name)) }
        }
    }
}
