/// What `-T` names.
public enum OutputFormat: String, Sendable, CaseIterable {
    case text, fields, tabs, json, jsonraw, ek, pdml, psml, ndjson

    /// One line for help and manual.
    public var meaning: String {
        switch self {
        case .text: "summary lines, trees and dumps for people"
        case .fields: "the fields of -e, a line a message, as -E says: TAB-separated values, CSV"
        case .tabs: "the columns of the summary line with a TAB between them"
        case .json: "one array of all messages in tshark's shape; every value is a string"
        case .jsonraw: "the same with the bytes of each field, its place and type instead of its value"
        case .ek: "two lines a message for the bulk API of Elasticsearch and OpenSearch"
        case .pdml: "Wireshark's XML: each field with name, label, place, value and bytes"
        case .psml: "Wireshark's XML of the summary lines' columns"
        case .ndjson: "one JSON object a line with typed values, for programs"
        }
    }

    /// Whether `-e` chooses among the fields.
    public var takesFields: Bool {
        switch self {
        case .fields, .json, .ek, .pdml, .ndjson: true
        case .text, .tabs, .jsonraw, .psml: false
        }
    }
}
