import BitcoinP2P
import Fields
import Output

/// `-G manual`: the manual page btcshark-fields(7), written from the declarations.
public enum ManualPage {
    public static func append(to text: inout TextBuffer) {
        text.append(
            """
            .\\" Written by btcshark -G manual: do not edit.
            .Dd November 23, 2026
            .Dt BTCSHARK-FIELDS 7
            .Os
            .Sh NAME
            .Nm btcshark-fields
            .Nd messages, fields, remarks and statistics that btcshark knows
            .Sh DESCRIPTION
            The lists below are those of
            .Ic btcshark -G messages ,
            .Ic btcshark -G fields
            and
            .Ic btcshark -G expert .
            The columns are those of
            .Fl z .
            Field names are Wireshark's where it has the field.
            A list entry's fields occur once for each entry.

            """)
        appendMessages(to: &text)
        appendFields(to: &text)
        appendRemarks(to: &text)
        appendStatistics(to: &text)
        text.append(
            """
            .Sh SEE ALSO
            .Xr btcshark 1

            """)
    }

    private static func appendMessages(to text: inout TextBuffer) {
        text.append(".Sh MESSAGES\n")
        text.append(
            "A message is current (sent or understood by Bitcoin Core 28.1), retired (once was), draft (of a BIP or a\n"
        )
        text.append("draft of one) or foreign (of other implementations, shown with its payload as it is).\n")
        text.append(".Bl -tag -width getcfcheckpt\n")
        for type in MessageTypes.standard.types {
            let since = type.since.map { "; since protocol \($0)" } ?? ""
            text.append(".It Ic \(escaped(type.name))\n")
            text.append(
                "\(escaped(capitalised(type.meaning)))\n(\(type.standing.rawValue); \(escaped(type.source))\(since)).\n"
            )
        }
        text.append(".El\n")
    }

    private static func appendFields(to text: inout TextBuffer) {
        text.append(".Sh FIELDS\n.Bl -tag -width Ds\n")
        let remarks = Set(Catalog.remarks.filter { !$0.isInTree }.map(\.name))
        let fields = RecordNames.recordFields.filter { !remarks.contains($0.name) }.map {
            ($0.name, $0.label, $0.meaning)
        }
        let aliases = RecordNames.aliases.filter { Catalog.field(named: $0.name) == nil }
            .map { ($0.name, $0.label, $0.meaning) }
        for (name, label, meaning) in (fields + aliases).sorted(by: { $0.0 < $1.0 }) {
            text.append(".It Va \(escaped(name))\n")
            text.append("\(escaped(label)): \(escaped(meaning)).\n")
        }
        text.append(".El\n")
    }

    private static func appendRemarks(to text: inout TextBuffer) {
        text.append(".Sh REMARKS\n.Bl -tag -width Ds\n")
        for remark in Catalog.remarks.sorted(by: { $0.name < $1.name }) {
            text.append(".It Va \(escaped(remark.name))\n")
            text.append("\(escaped(remark.summary)) (\(remark.severity.name), \(remark.group.name)).\n")
        }
        text.append(".El\n")
    }

    private static func appendStatistics(to text: inout TextBuffer) {
        text.append(
            """
            .Sh STATISTICS
            A row of a statistic has a value for each of these columns, in the order in which
            .Fl T Cm ndjson
            writes them after the statistic's name,
            .Va statistic .
            In brackets stand what the values are and the title in the table, if the table has the column.
            A value is null where it is not known, or where there is nothing to divide by.
            Rows of bytes that could not be read, and of other connections together, have only some of the columns.

            """)
        for statistic in Statistic.allCases {
            text.append(".Ss \(escaped(statistic.rawValue))\n\(escaped(capitalised(statistic.meaning))).\n")
            text.append(".Bl -tag -width Ds\n")
            for column in statistic.columns {
                let title = column.title.map { "\($0)" } ?? ""
                text.append(".It Va \(escaped("\(column.key)"))\n")
                text.append("\(escaped(capitalised("\(column.meaning)")))\n")
                text.append("(\(column.unit.name)\(title.isEmpty ? "" : "; \(escaped(title))")).\n")
            }
            text.append(".El\n")
        }
    }

    private static func capitalised(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }

    /// What roff would take for its own: backslashes, and dots and apostrophes at the beginning of a line.
    private static func escaped(_ text: String) -> String {
        let text = text.replacing("\\", with: "\\e").replacing("\"", with: "\\(dq")
        return text.hasPrefix(".") || text.hasPrefix("'") ? "\\&" + text : text
    }
}
