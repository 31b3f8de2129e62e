import BitcoinP2P
import Fields

/// A message as `-T ndjson`, `-T json` or `-T jsonraw` has shown it: the values of which it can be built again.
///
/// Of a record only the layer `bitcoin` is the message; what stands there about the conversation is passed over, and so are
/// remarks. A payload alone is an object whose keys are its fields.
public struct WrittenMessage: Sendable {
    public let type: MessageType
    public private(set) var values = BuildValues()
    /// When it was captured, in nanoseconds since the Unix epoch; 0 where that is not told.
    public private(set) var time: Int64 = 0

    /// What is no such message.
    public struct Fault: Error, Sendable, CustomStringConvertible {
        public let description: String
    }

    /// - Parameter type: Of a payload that stands alone; nil where the message itself says it.
    public init(_ json: JSON, as expected: MessageType?) throws(Fault) {
        guard case .object = json else { throw Fault(description: "an object is needed: a message, or its payload") }
        let layers = json["_source"]?["layers"] ?? json
        if let layer = layers["bitcoin"] {
            guard case .object = layer else { throw Fault(description: "the layer 'bitcoin' is no object") }
            type = try Self.type(of: layer, expected)
            time = Self.time(of: layers)
            addLayer(layer)
        } else if let (member, found) = Self.payload(of: layers) {
            type = found
            guard expected == nil || expected?.command == found.command else {
                throw Fault(description: "it is of type \(found.name), not \(expected?.name ?? "")")
            }
            add(member.value.members)
        } else {
            guard let expected else {
                throw Fault(
                    description:
                        "the layer 'bitcoin' is missing: give what -T ndjson or -T json shows without -e, or a payload and its type"
                )
            }
            type = expected
            add(json.members)
        }
    }

    /// Gives a field of the message another value.
    public mutating func make(_ change: BuildChange) throws(Fault) {
        guard values.make(change) else {
            throw Fault(description: "\(change.path): this message has no such field to change")
        }
    }

    private static func type(of layer: JSON, _ expected: MessageType?) throws(Fault) -> MessageType {
        let raw = layer["bitcoin.command_raw"]?.elements.first?.string
        guard let name = layer["bitcoin.command"]?.string ?? raw.flatMap(command) else {
            if let expected { return expected }
            throw Fault(description: "bitcoin.command is missing, so the type is not known")
        }
        guard let command = Command(name: name), let type = MessageTypes.standard[command] else {
            throw Fault(description: "no type of message is called '\(name)', so there is no layout to build it by")
        }
        if let expected, expected.command != type.command {
            throw Fault(description: "it is of type \(type.name), not \(expected.name)")
        }
        return type
    }

    /// The command in hexadecimal, without the NUL bytes at its end.
    private static func command(_ digits: String) -> String? {
        guard let bytes = HexadecimalLiteral.bytes(Array(digits.utf8)) else { return nil }
        return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }

    /// An object whose only member is a payload with its heading: `{"bitcoin.inv": {…}}`.
    private static func payload(of json: JSON) -> (JSON.Member, MessageType)? {
        let members = json.members.filter { if case .object = $0.value { true } else { false } }
        guard let member = members.first, json.members.count == 1 else { return nil }
        return MessageTypes.standard.types.first { $0.message.declaration.name == member.key }.map { (member, $0) }
    }

    private static func time(of layers: JSON) -> Int64 {
        let told = layers["frame"]?["frame.time_epoch"]
        let text =
            switch told {
            case .number(let digits): digits
            case .string(let digits): digits
            default: ""
            }
        return TimeLiteral.duration(Array(text.utf8)).flatMap { Int64(exactly: $0) } ?? 0
    }

    // MARK: Values

    /// Adds the header's fields and the payload; others of the layer say where the message stood.
    private mutating func addLayer(_ layer: JSON) {
        let header = MessageHeaderLayout.standard.names
        let heading = type.message.declaration.name
        let known = layer.members.filter { member in
            let name = Self.base(of: member.key)
            return header.contains(name) || name == heading || Catalog.field(named: name) == nil
        }
        add(known)
    }

    private static let suffixes = ["_raw", "_tree", ".truncated", ".name", ".epoch"]

    /// The field's name in a key.
    private static func base(of key: String) -> String {
        if Catalog.field(named: key) != nil { return key }
        for suffix in suffixes where key.hasSuffix(suffix) { return String(key.dropLast(suffix.count)) }
        return key
    }

    private mutating func add(_ members: [JSON.Member]) {
        var others: [String: JSON] = [:]
        for member in members { others[member.key] = member.value }
        for member in members {
            let key = member.key
            if key == "_ws.expert" { continue }
            if Catalog.field(named: key) == nil {
                if key.hasSuffix("_tree") {
                    for part in member.value.elements { add(part.members) }
                    continue
                }
                let base = Self.base(of: key)
                if key.hasSuffix("_raw") {
                    if others[base] == nil { add(base, values: nil, raws: Self.raws(member.value), truncated: nil) }
                    continue
                }
                if key.hasSuffix(".truncated"), others[base] != nil { continue }
            }
            add(
                key, values: member.value.elements, raws: Self.raws(others[key + "_raw"]),
                truncated: others[key + ".truncated"])
        }
    }

    /// The values of one field.
    private mutating func add(_ key: String, values told: [JSON]?, raws: [Raw], truncated: JSON?) {
        let name: BuildValues.Name = Catalog.field(named: key).map { .field($0) } ?? .written(key)
        let cut = truncated?.elements ?? []
        for place in 0..<(told?.count ?? raws.count) {
            let raw = place < raws.count ? raws[place].bytes : nil
            switch told?[place] {
            case .object(let members):
                let mark = values.open(name)
                add(members)
                values.close(mark)
            case .null:
                let bytes = (place < cut.count ? cut[place].string : nil).flatMap(Self.bytes)
                if let bytes { values.add(name, wire: bytes) } else { values.skip(name) }
            case nil:
                if let raw { values.add(name, wire: raw) } else { values.skip(name) }
            case .some(let value): values.add(name, text: Self.text(of: value).utf8, wire: raw)
            }
        }
    }

    private static func text(of value: JSON) -> String {
        switch value {
        case .bool(let isTrue): isTrue ? "true" : "false"
        case .number(let text), .string(let text): text
        case .null, .array, .object: ""
        }
    }

    private static func bytes(_ digits: String) -> [UInt8]? {
        digits.isEmpty ? [] : HexadecimalLiteral.bytes(Array(digits.utf8))
    }

    /// `["hex", offset, length, mask, type]`: nil bytes of what was computed, which has offset and length 0, and of bits.
    private struct Raw {
        let bytes: [UInt8]?

        init(_ json: JSON) {
            let parts = json.elements
            guard parts.count == 5, let digits = parts[0].string else {
                bytes = nil
                return
            }
            let isComputed = parts[1] == .number("0") && parts[2] == .number("0")
            bytes = isComputed || parts[3] != .number("0") ? nil : WrittenMessage.bytes(digits)
        }
    }

    private static func raws(_ json: JSON?) -> [Raw] {
        guard let json else { return [] }
        if case .array(let elements) = json, case .array = elements.first { return elements.map(Raw.init) }
        return [Raw(json)]
    }
}
