import Fields

/// `-G elastic-mapping`: an index template for what `-T ek` writes, in the shape of tshark's.
public enum ElasticMapping {
    /// - Parameters:
    ///   - declarations: Of all fields.
    ///   - placed: The layers of fields that stand in another than their name says.
    ///   - layers: Those whose fields are listed; nil for all.
    public static func append(
        _ declarations: [FieldDeclaration], placed: [String: String], of layers: [String]?, to text: inout TextBuffer
    ) {
        let headings = Set(declarations.lazy.filter { $0.kind == .layer }.map(\.name))
        var names: [String] = []
        var ofLayer: [String: [FieldDeclaration]] = [:]
        for declaration in declarations where type(of: declaration.kind) != nil {
            let layer = placed[declaration.name] ?? layer(of: declaration, among: headings)
            if let layers, !layers.contains(layer) { continue }
            if ofLayer[layer] == nil { names.append(layer) }
            ofLayer[layer, default: []].append(declaration)
        }
        // A number beyond 63 bits, which a peer may send, is kept, but not indexed.
        text.append("{\n  \"settings\": {\n    \"index.mapping.total_fields.limit\": 1000000,\n")
        text.append("    \"index.mapping.ignore_malformed\": true\n  },\n")
        text.append("  \"mappings\": {\n    \"dynamic\": false,\n    \"properties\": {\n")
        text.append("      \"timestamp\": {\n        \"type\": \"date\"\n      },\n")
        text.append("      \"layers\": {\n        \"properties\": {")
        for (index, layer) in names.enumerated() {
            text.append(index == 0 ? "\n          " : ",\n          ")
            text.append(jsonString: EKWriter.underscored(layer).utf8)
            text.append(": {\n            \"properties\": {")
            for (place, declaration) in (ofLayer[layer] ?? []).enumerated() {
                text.append(place == 0 ? "\n              " : ",\n              ")
                text.append(jsonString: EKWriter.key(declaration).utf8)
                text.append(": {\n                \"type\": \"\(type(of: declaration.kind) ?? "")\"\n              }")
            }
            text.append("\n            }\n          }")
        }
        text.append("\n        }\n      }\n    }\n  }\n}\n")
    }

    /// The layer with the longest name that the field's begins with.
    private static func layer(of declaration: FieldDeclaration, among headings: Set<String>) -> String {
        var name = declaration.name[...]
        while let dot = name.lastIndex(of: ".") {
            name = name[..<dot]
            if headings.contains(String(name)) { return String(name) }
        }
        return EKWriter.layer(of: declaration)
    }

    /// What Elasticsearch and OpenSearch take the strings of ``EKWriter`` for; nil for what has no value.
    private static func type(of kind: Kind) -> String? {
        switch kind {
        case .group, .layer: nil
        case .unsigned, .enumeration(_, _, hexadecimal: false), .count, .frameNumber, .signed, .amount: "long"
        // 0x… is no number to them.
        case .hexadecimal, .enumeration, .hash, .bytes, .text, .paddedText, .ethernet: "keyword"
        case .boolean, .flag: "boolean"
        case .seconds, .nanoseconds: "date"
        case .duration, .decimal: "double"
        case .ipv4, .ipv6: "ip"
        }
    }
}
