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
            .Nd messages, fields and remarks that btcshark knows
            .Sh DESCRIPTION
            The lists below are those of
            .Ic btcshark -G messages ,
            .Ic btcshark -G fields
            and
            .Ic btcshark -G expert .
            Field names are Wireshark's where it has the field.
            A list entry's fields occur once for each entry.

            """)
        appendMessages(to: &text)
        appendFields(to: &text)
        appendRemarks(to: &text)
        text.append(
            """
            .Sh SEE ALSO
            .Xr btcshark 1 ,
            .Xr btcshark-statistics 7

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
            text.append(".It Ic \(Roff.escaped(type.name))\n")
            text.append(
                "\(Roff.sentence(type.meaning))\n(\(type.standing.rawValue); \(Roff.escaped(type.source))\(since)).\n"
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
            text.append(".It Va \(Roff.escaped(name))\n")
            text.append("\(Roff.escaped(label)): \(Roff.escaped(meaning)).\n")
        }
        text.append(".El\n")
    }

    private static func appendRemarks(to text: inout TextBuffer) {
        text.append(".Sh REMARKS\n.Bl -tag -width Ds\n")
        for remark in Catalog.remarks.sorted(by: { $0.name < $1.name }) {
            text.append(".It Va \(Roff.escaped(remark.name))\n")
            text.append("\(Roff.escaped(remark.summary)) (\(remark.severity.name), \(remark.group.name)).\n")
        }
        text.append(".El\n")
    }
}
