import BitcoinP2P
import Fields
import Output

/// Names by which the fields of records are asked for: their own, and others that mean one or several of them.
public enum RecordNames {
    /// The first of these fields that only a second reading of the files can fill; nil where there is none.
    public static func nameForSecondReading(among fields: [Field]) -> String? {
        let forward = RecordFields.standard.relations.forward
        return fields.first { forward.contains($0) }?.declaration.name
    }

    /// Another name, for Wireshark's sake.
    struct Alias {
        let name: String
        let label: String
        let members: [Field]
        let meaning: String
    }

    static let aliases: [Alias] = {
        let (fields, messages) = (RecordFields.standard, MessageTypes.standard.fields)
        return [
            Alias(
                name: "eth.addr", label: "Address", members: fields.packet.address,
                meaning: "either side's hardware address"),
            Alias(
                name: "ip.addr", label: "Source or Destination Address",
                members: [fields.ipSource, fields.ipDestination],
                meaning: "either side's IPv4 address"),
            Alias(
                name: "ipv6.addr", label: "Source or Destination Address",
                members: [fields.ipv6Source, fields.ipv6Destination], meaning: "either side's IPv6 address"),
            Alias(
                name: "tcp.port", label: "Source or Destination Port",
                members: [fields.sourcePort, fields.destinationPort], meaning: "either side's port"),
            // Wireshark has one name for the version in both messages.
            Alias(
                name: messages.headersVersion.declaration.name, label: "Version",
                members: [messages.headersVersion, messages.getHeadersVersion],
                meaning: "block version in headers, and protocol version in getheaders"),
            // It has one name for what stands in a text, whichever.
            Alias(
                name: "bitcoin.string.value", label: "String value", members: messages.texts.values,
                meaning: "a user agent, and both texts of reject"),
            Alias(
                name: "bitcoin.string.count", label: "Count", members: messages.texts.lengths,
                meaning: "the length of a user agent, and of both texts of reject"),
            Alias(
                name: "bitcoin.data.count", label: "Count", members: messages.filterData.lengths,
                meaning: "the length of what filterload and filteradd bring"),
            // What is wrong with a length is a remark here, which the field has that it is too long for.
            Alias(
                name: "bitcoin.script_length.invalid", label: "script_len too large",
                members: [Remark.common.truncated.declaration.field],
                meaning: "the message ends before a script, or another field, does"),
        ]
    }()

    /// The fields that records have, in the order of their declaration: Bitcoin's, and those of frame, IP and
    /// TCP. The layers below declare more than a record carries.
    public static var recordFields: [FieldDeclaration] {
        let preface = preface
        return Catalog.declarations.filter { declaration in
            isBitcoin(declaration.name) || Catalog.field(named: declaration.name).map(preface.contains) == true
        }
    }

    /// The fields that `name` means, in the order in which they are declared; none if there is no such name.
    ///
    /// Beside the names of ``recordFields`` there are ``aliases``, `x.count64` and the like for a count `x.count`
    /// (Wireshark has two fields for each), and the columns in any case (`_ws.col.Info`).
    public static func fields(named name: String) -> [Field] {
        if let alias = aliases.first(where: { $0.name == name }) { return alias.members }
        if let field = recordField(name) { return [field] }
        if let column = column(name) { return [column] }
        guard name.hasSuffix("64") else { return [] }
        let short = String(name.dropLast(2))
        let counts = aliases.first { $0.name == short }?.members ?? recordField(short).map { [$0] } ?? []
        return counts.allSatisfy { $0.declaration.kind == .count } ? counts : []
    }

    /// All names but those that differ by a rule.
    public static var all: [String] {
        recordFields.map(\.name) + aliases.map(\.name)
    }

    /// Whether some of these are columns of the summary line, which are made only where they are wanted.
    public static func containsColumns(_ fields: some Sequence<Field>) -> Bool {
        let columns = RecordFields.standard.columns.all
        return fields.contains(where: columns.contains)
    }

    /// The column that Wireshark shows by that name: `_ws.col.Info`, and `_ws.col.No.` for the number.
    private static func column(_ name: String) -> Field? {
        let columns = RecordFields.standard.columns
        guard name.hasPrefix(columns.layer.declaration.name + ".") else { return nil }
        let name = name.lowercased()
        if name == "_ws.col.no." { return columns.number }
        return columns.all.first { $0.declaration.name == name }
    }

    private static func recordField(_ name: String) -> Field? {
        guard let field = Catalog.field(named: name), isOfRecords(field) else { return nil }
        return field
    }

    private static func isOfRecords(_ field: Field) -> Bool {
        isBitcoin(field.declaration.name) || preface.contains(field)
    }

    private static let preface: FieldSet = {
        let fields = RecordFields.standard
        return RecordFields.early.union(fields.columns.all).union(fields.remarks.all)
    }()

    private static func isBitcoin(_ name: String) -> Bool { name == "bitcoin" || name.hasPrefix("bitcoin.") }
}
