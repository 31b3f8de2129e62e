import Fields

/// Names by which the fields of records are asked for: their own, and others that mean one or several of them.
public enum RecordNames {
    /// Another name, for Wireshark's sake.
    struct Alias {
        let name: String
        let label: String
        let members: [String]
        let meaning: String
    }

    static let aliases = [
        Alias(
            name: "ip.addr", label: "Source or Destination Address", members: ["ip.src", "ip.dst"],
            meaning: "either side's IPv4 address"),
        Alias(
            name: "ipv6.addr", label: "Source or Destination Address", members: ["ipv6.src", "ipv6.dst"],
            meaning: "either side's IPv6 address"),
        Alias(
            name: "tcp.port", label: "Source or Destination Port", members: ["tcp.srcport", "tcp.dstport"],
            meaning: "either side's port"),
        // Wireshark has one name for the version in both messages.
        Alias(
            name: "bitcoin.headers.version", label: "Version",
            members: ["bitcoin.headers.version", "bitcoin.getheaders.version"],
            meaning: "block version in headers, and protocol version in getheaders"),
    ]

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
        if let alias = aliases.first(where: { $0.name == name }) {
            return alias.members.compactMap(Catalog.field(named:))
        }
        if let field = recordField(name) { return [field] }
        if name.hasPrefix("_ws.col.") {
            let column = name.lowercased()
            return [recordField(column == "_ws.col.no." ? "_ws.col.number" : column)].compactMap(\.self)
        }
        if name.hasSuffix("64"), let field = recordField(String(name.dropLast(2))), field.declaration.kind == .count {
            return [field]
        }
        return []
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
