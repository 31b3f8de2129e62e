import BitcoinP2P
import Fields

/// A message as `-T ndjson`, `-T json` or `-T jsonraw` has shown it: the values of which it can be built again.
///
/// Of a record only the layer `bitcoin` is the message; what stands there about the conversation is skipped, and so are
/// remarks. A payload alone is an object whose keys are its fields.
public struct WrittenMessage: Sendable {
    public let type: MessageType
    public private(set) var values = BuildValues()
    /// The command, also of a type that stands for all with one beginning.
    public let command: Command
    /// When it was captured, in nanoseconds since the Unix epoch; 0 where that is not given.
    public private(set) var time: Int64 = 0
    /// The number of its connection; 0 where that is not given.
    public private(set) var stream: UInt64 = 0
    /// Whether the side that was connected to has sent it.
    public private(set) var isFromResponder = false

    /// What is no such message.
    public struct Fault: Error, Sendable, CustomStringConvertible {
        public let description: String
    }

    /// Whether a record is of a message: others are of gaps, handshakes and ends of connections.
    public static func isMessage(_ json: JSON) -> Bool {
        let layers = json["_source"]?["layers"] ?? json
        guard layers["frame"] != nil || layers["bitcoin.message"] != nil, let layer = layers["bitcoin"] else {
            return true
        }
        return layer["bitcoin.command"] != nil || layer["bitcoin.command_raw"] != nil
    }

    /// - Parameter expected: The type of a payload that stands alone; nil where the message itself says it.
    public init(_ json: JSON, as expected: MessageType?) throws(Fault) {
        guard case .object = json else { throw Fault(description: "an object is needed: a message, or its payload") }
        let layers = json["_source"]?["layers"] ?? json
        if let layer = layers["bitcoin"] {
            guard case .object = layer else { throw Fault(description: "the layer 'bitcoin' is no object") }
            (command, type) = try Self.type(of: layer, expected)
            readPlace(layers)
            let others = layers.members.map(\.key).filter { Self.isOfMessages($0) && $0 != "bitcoin" }
            if let other = others.first { throw Fault(description: "'\(other)' stands beside the layer 'bitcoin'") }
            addLayer(layer)
        } else if let (member, found) = Self.payload(of: layers) {
            (command, type) = (found.command, found)
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
            (command, type) = (expected.command, expected)
            add(json.members)
        }
    }

    /// Gives a field of the message another value.
    ///
    /// - Parameter isUsed: For each of ``values`` whether a field takes it; see ``MessageBuilder/uses(_:_:)``.
    /// - Throws: Where there is no such field, or it follows from others.
    public mutating func make(_ change: BuildChange, where isUsed: [Bool]) throws(Fault) {
        if values.make(change, where: isUsed) { return }
        var other = values
        let follows = other.make(change, where: Array(repeating: true, count: isUsed.count))
        throw Fault(
            description: follows
                ? "\(change.path): it follows from the other fields, and cannot be changed"
                : "\(change.path): this message has no such field to change")
    }

    private static func type(of layer: JSON, _ expected: MessageType?) throws(Fault) -> (Command, MessageType) {
        let raw = layer["bitcoin.command_raw"]?.elements.first?.string
        guard let name = layer["bitcoin.command"]?.string ?? raw.flatMap(command) else {
            if let expected { return (expected.command, expected) }
            throw Fault(description: "bitcoin.command is missing, so the type is not known")
        }
        guard let command = Command(name: name), let type = MessageTypes.standard[command] else {
            throw Fault(description: "no type of message is called '\(name)', so there is no layout to build it by")
        }
        if let expected, expected.command != type.command {
            throw Fault(description: "it is of type \(type.name), not \(expected.name)")
        }
        return (command, type)
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

    /// Reads when and where the message was captured.
    private mutating func readPlace(_ layers: JSON) {
        let epoch = Self.text(of: layers["frame"]?["frame.time_epoch"] ?? .null)
        time = TimeLiteral.duration(Array(epoch.utf8)).flatMap { Int64(exactly: $0) } ?? 0
        stream = UInt64(Self.text(of: layers["tcp"]?["tcp.stream"] ?? .null)) ?? 0
        isFromResponder = Self.text(of: layers["bitcoin.message"]?["bitcoin.message.direction"] ?? .null) == "1"
    }

    // MARK: Values

    /// The fields that a message of any type may have.
    private static let ofMessages: Set<String> = {
        var fields = FieldSet()
        for type in MessageTypes.standard.types { fields.formUnion(type.fields) }
        return Set(fields.names).union(MessageHeaderLayout.standard.names)
    }()

    private static func isOfMessages(_ key: String) -> Bool { ofMessages.contains(base(of: key)) }

    /// Adds what is of the message; other fields that are known say where it stood.
    private mutating func addLayer(_ layer: JSON) {
        var members = layer.members.filter {
            Self.isOfMessages($0.key) || Catalog.field(named: Self.base(of: $0.key)) == nil
        }
        let status = Self.text(of: layer["bitcoin.checksum.status"] ?? .null)
        if layer["bitcoin.checksum"] == nil, layer["bitcoin.checksum_raw"] == nil {
            // The header had none; the one that is built has.
            members.removeAll { $0.key.hasPrefix("bitcoin.checksum.status") }
        }
        if status == "0", layer["bitcoin.checksum_raw"] == nil, let wire = Self.checksum(of: layer) {
            // It is known to be wrong, and stays so.
            members.removeAll { $0.key == "bitcoin.checksum" }
            values.add(.field(MessageHeaderLayout.standard.checksum), wire: wire)
        }
        add(members)
    }

    /// The four bytes of a checksum that is shown as a number.
    private static func checksum(of layer: JSON) -> [UInt8]? {
        let text = Array(text(of: layer["bitcoin.checksum"] ?? .null).utf8)
        guard let number = IntegerLiteral.value(text).flatMap({ UInt32(exactly: $0) }) else { return nil }
        return withUnsafeBytes(of: number.bigEndian) { Array($0) }
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
                let base = Self.base(of: key)
                let isField = Catalog.field(named: base) != nil
                if isField, key.hasSuffix("_tree") {
                    for part in member.value.elements { add(part.members) }
                    continue
                }
                if isField, key.hasSuffix("_raw") {
                    if others[base] == nil { add(base, values: nil, raws: Self.raws(member.value), truncated: nil) }
                    continue
                }
                if isField, key.hasSuffix(".truncated"), others[base] != nil { continue }
            }
            add(
                key, values: member.value.elements, raws: Self.raws(others[key + "_raw"]),
                truncated: others[key + ".truncated"])
        }
    }

    /// The values of one field.
    private mutating func add(_ key: String, values given: [JSON]?, raws: [Raw], truncated: JSON?) {
        let name: BuildValues.Name = Catalog.field(named: key).map { .field($0) } ?? .written(key)
        let cut = truncated?.elements ?? []
        for place in 0..<(given?.count ?? raws.count) {
            let raw = place < raws.count ? raws[place].bytes : nil
            switch given?[place] {
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
