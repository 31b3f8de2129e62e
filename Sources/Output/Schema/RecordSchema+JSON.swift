import Fields

extension RecordSchema {
    /// `-G schema`: as JSON Schema of 2020-12.
    public func append(jsonSchemaTo text: inout TextBuffer) {
        text.append("{\n  \"$schema\": \"https://json-schema.org/draft/2020-12/schema\",\n")
        text.append("  \"$id\": \"urn:btcshark:ndjson:\(Self.version)\",\n")
        text.append("  \"title\": \"A record of btcshark -T ndjson, version \(Self.version)\",\n")
        text.append("  \"$ref\": \"#/$defs/record\",\n  \"$defs\": {\n")
        for object in objects {
            Self.append(object, to: &text)
            text.append(",\n")
        }
        Self.appendCut(to: &text)
        text.append("  }\n}\n")
    }

    private static func append(_ object: Object, to text: inout TextBuffer) {
        text.append("    ")
        text.append(jsonString: (object.name.isEmpty ? "record" : object.name).utf8)
        text.append(": {\n      \"type\": \"object\",\n")
        if !object.meaning.isEmpty {
            text.append("      \"description\": ")
            text.append(jsonString: object.meaning.utf8)
            text.append(",\n")
        }
        text.append("      \"properties\": {\n")
        for member in object.members {
            text.append("        ")
            text.append(jsonString: member.key.utf8)
            text.append(": {")
            append(member, to: &text)
            text.append("},\n")
        }
        text.append("        \"truncated\": {\"$ref\": \"#/$defs/truncated\"}\n      },\n")
        // What there is of a field that is cut off.
        text.append("      \"patternProperties\": {\"^.+\\\\..+\\\\.truncated$\": {\"$ref\": \"#/$defs/cut\"}}\n    }")
    }

    private static func append(_ member: Member, to text: inout TextBuffer) {
        if member.isList {
            text.append("\"type\": \"array\", \"items\": {")
            append(member.type, to: &text)
            text.append("}")
        } else {
            append(member.type, to: &text)
        }
        if case .object = member.type { return }
        guard !member.meaning.isEmpty else { return }
        text.append(", \"description\": ")
        text.append(jsonString: member.meaning.utf8)
    }

    private static func append(_ type: ValueType, to text: inout TextBuffer) {
        switch type {
        case .boolean: text.append("\"type\": [\"boolean\", \"null\"]")
        case .unsigned(let bits):
            text.append("\"type\": [\"integer\", \"null\"], \"minimum\": 0, \"maximum\": ")
            text.append(decimal: bits >= 64 ? UInt64.max : (1 << UInt64(bits)) - 1)
        case .signed(let bits):
            let largest = bits >= 64 ? Int64.max : (1 << Int64(bits - 1)) - 1
            text.append("\"type\": [\"integer\", \"null\"], \"minimum\": ")
            text.append(decimal: Int(-largest - 1))
            text.append(", \"maximum\": ")
            text.append(decimal: Int(largest))
        case .seconds: text.append("\"type\": [\"number\", \"null\"]")
        case .text: text.append("\"type\": [\"string\", \"null\"]")
        case .object(let name):
            text.append("\"$ref\": ")
            text.append(jsonString: "#/$defs/\(name)".utf8)
        }
    }

    /// What is left out of large messages, and what there is of fields that end too early.
    private static func appendCut(to text: inout TextBuffer) {
        let cut = CutFields.standard
        text.append("    \"truncated\": {\n      \"type\": \"array\",\n      \"description\": ")
        text.append(jsonString: cut.group.declaration.meaning.utf8)
        text.append(",\n      \"items\": {\n        \"type\": \"object\",\n        \"properties\": {\n")
        for (place, field) in [cut.field, cut.shown, cut.total].enumerated() {
            text.append(place == 0 ? "          " : ",\n          ")
            let declaration = field.declaration
            text.append(jsonString: declaration.name.utf8)
            text.append(": {")
            for member in members(of: declaration, isList: false) { append(member, to: &text) }
            text.append("}")
        }
        text.append("\n        }\n      }\n    },\n    \"cut\": {\n")
        text.append(
            "      \"description\": \"the bytes that are there of a field that ends too early, as hexadecimal\",\n")
        text.append(
            "      \"type\": [\"string\", \"array\", \"null\"], \"items\": {\"type\": [\"string\", \"null\"]}\n    }\n")
    }
}
