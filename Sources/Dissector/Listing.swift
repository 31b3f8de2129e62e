import BitcoinP2P
import Fields
import Output

/// What btcshark knows, as lists for people and programs.
public enum Listing {
    /// `-G fields`: every field with its type and meaning, in tshark's format.
    public static func appendFields(to text: inout TextBuffer) { FieldList.append(to: &text) }

    /// `-G messages`: command, status, source, first protocol version and meaning of every type, tab-separated.
    public static func appendMessages(to text: inout TextBuffer) {
        for type in MessageTypes.standard.types {
            let since = type.since.map(String.init) ?? ""
            text.append("\(type.name)\t\(type.standing.rawValue)\t\(type.source)\t\(since)\t\(type.meaning)\n")
        }
    }

    /// `-G elastic-mapping`: an index template for `-T ek`.
    ///
    /// - Parameter layers: The protocols whose fields are listed; nil for all.
    public static func appendMapping(of layers: [String]?, to text: inout TextBuffer) {
        let fields = RecordFields.standard
        let message = fields.message.declaration.name
        let placed = [fields.frames, fields.memberFrame, fields.lateRecord].map { ($0.declaration.name, message) }
        ElasticMapping.append(
            RecordNames.recordFields, placed: Dictionary(placed, uniquingKeysWith: { first, _ in first }), of: layers,
            to: &text)
    }

    /// `-G schema`: what `-T ndjson` writes, as JSON Schema.
    public static func appendSchema(to text: inout TextBuffer) {
        RecordSchema(RecordNames.recordFields).append(jsonSchemaTo: &text)
    }

    /// `-G schema,duckdb` and the like: the same as columns of a table.
    public static func appendSchema(_ dialect: SchemaDialect, to text: inout TextBuffer) {
        RecordSchema(RecordNames.recordFields).append(dialect, to: &text)
    }

    /// `-G expert`: severity, group, text and name of every remark, tab-separated.
    public static func appendRemarks(to text: inout TextBuffer) {
        for remark in Catalog.remarks {
            text.append("\(remark.severity.name)\t\(remark.group.name)\t\(remark.summary)\t\(remark.name)\n")
        }
    }
}
