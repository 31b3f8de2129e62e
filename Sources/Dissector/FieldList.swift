import Fields

/// `-G fields`: every field with its type and meaning, in tshark's format.
///
/// A line a field, tab-separated: `F`, label, name, type, protocol, base, mask, meaning; protocols as `P`, label, name.
enum FieldList {
    static func append(to text: inout TextBuffer) {
        let remarks = Catalog.remarks.filter { !$0.isInTree }
        let summaries = Dictionary(remarks.map { ($0.name, $0.summary) }, uniquingKeysWith: { first, _ in first })
        for field in RecordNames.recordFields {
            if let summary = summaries[field.name] {
                append(field.name, summary, field.kind, field.meaning, to: &text)
            } else if field.kind == .layer {
                text.append("P\t\(field.label)\t\(field.name)\n")
            } else {
                append(field.name, field.label, field.kind, field.meaning, to: &text)
            }
        }
        for alias in RecordNames.aliases where Catalog.field(named: alias.name) == nil {
            guard let first = RecordNames.fields(named: alias.name).first else { continue }
            append(alias.name, alias.label, first.declaration.kind, alias.meaning, to: &text)
        }
    }

    private static func append(
        _ name: String, _ label: String, _ kind: Kind, _ meaning: String, to text: inout TextBuffer
    ) {
        let (type, base, mask) = type(kind)
        // Wireshark's own protocols have two words: _ws.expert, _ws.col.
        let layer = name.split(separator: ".").prefix(name.hasPrefix("_ws.") ? 2 : 1).joined(separator: ".")
        text.append("F\t\(label)\t\(name)\t\(type)\t\(layer)\t\(base)\t\(mask)\t\(meaning)\n")
    }

    /// Wireshark's names of a kind's type and base, and the mask of a bit.
    private static func type(_ kind: Kind) -> (type: String, base: String, mask: String) {
        func integer(_ bits: Int) -> Int { bits <= 8 ? 8 : bits <= 16 ? 16 : bits <= 32 ? 32 : 64 }
        switch kind {
        case .group, .layer: return ("FT_NONE", "BASE_NONE", "0x0")
        case .unsigned(let bits): return ("FT_UINT\(integer(bits))", "BASE_DEC", "0x0")
        case .signed(let bits): return ("FT_INT\(integer(bits))", "BASE_DEC", "0x0")
        case .hexadecimal(let bits): return ("FT_UINT\(integer(bits))", "BASE_HEX", "0x0")
        case .frameNumber: return ("FT_FRAMENUM", "BASE_NONE", "0x0")
        case .count: return ("FT_UINT64", "BASE_DEC", "0x0")
        case .boolean: return ("FT_BOOLEAN", "BASE_NONE", "0x0")
        case .flag(let mask, let bits): return ("FT_BOOLEAN", "\(bits)", "0x" + String(mask, radix: 16))
        case .enumeration(_, let bits, let hexadecimal):
            return ("FT_UINT\(integer(bits))", hexadecimal ? "BASE_HEX" : "BASE_DEC", "0x0")
        case .hash, .bytes: return ("FT_BYTES", "BASE_NONE", "0x0")
        case .text, .paddedText: return ("FT_STRING", "BASE_NONE", "0x0")
        case .decimal: return ("FT_DOUBLE", "BASE_NONE", "0x0")
        case .seconds, .nanoseconds: return ("FT_ABSOLUTE_TIME", "BASE_NONE", "0x0")
        case .duration: return ("FT_RELATIVE_TIME", "BASE_NONE", "0x0")
        case .amount: return ("FT_INT64", "BASE_DEC", "0x0")
        case .ipv4: return ("FT_IPv4", "BASE_NONE", "0x0")
        case .ipv6: return ("FT_IPv6", "BASE_NONE", "0x0")
        case .ethernet: return ("FT_ETHER", "BASE_NONE", "0x0")
        }
    }
}
