import Fields
import Foundation
import FoundationXML
import Output

/// The values of one record, as one of the formats shows them: for each field one text an occurrence, in order.
///
/// Groups and layers have no values. Typed values become the text that `-T fields` prints, and colons go, since they
/// stand in the bytes of some formats and not of others.
typealias Values = [String: [String]]

/// Reads values back from each format.
struct WrittenValues {
    struct Unexpected: Error { let what: String }

    let declarations: [FieldDeclaration]
    private let byName: [String: FieldDeclaration]
    private let byKey: [String: [FieldDeclaration]]

    init() throws {
        declarations = Catalog.declarations
        byName = Dictionary(uniqueKeysWithValues: declarations.map { ($0.name, $0) })
        byKey = Dictionary(grouping: declarations, by: Self.key)
    }

    /// Names whose keys in `-T ek` are the same, so that their values cannot be told apart there.
    var sharedKeys: Set<String> {
        Set(byKey.values.filter { $0.count > 1 }.flatMap { $0.map(\.name) })
    }

    private static func key(_ declaration: FieldDeclaration) -> String {
        let name = declaration.name.replacingOccurrences(of: ".", with: "_")
        if declaration.kind == .layer { return name }
        let words = declaration.name.split(separator: ".")
        return words.prefix(words.first == "_ws" ? 2 : 1).joined(separator: "_") + "_" + name
    }

    /// Remarks have a form of their own in each format.
    var valued: [FieldDeclaration] {
        declarations.filter { $0.kind != .group && $0.kind != .layer && !$0.name.hasPrefix("_ws.expert.") }
    }

    private static func add(_ value: String, _ name: String, to values: inout Values) {
        values[name, default: []].append(value.replacingOccurrences(of: ":", with: ""))
    }

    // MARK: -T fields

    /// Rows of quoted cells, a column for each of ``valued``. Whether a cell of a text holds several values is told by
    /// how many `other` has.
    func fields(_ text: String, like other: [Values]) throws -> [Values] {
        let rows = text.split(separator: "\n")
        guard rows.count == other.count else { throw Unexpected(what: "\(rows.count) rows for \(other.count)") }
        return try zip(rows, other).map { row, other in
            let cells = row.split(separator: "\t", omittingEmptySubsequences: false)
            guard cells.count == valued.count else { throw Unexpected(what: "\(cells.count) cells") }
            var values: Values = [:]
            for (cell, declaration) in zip(cells, valued) where !cell.isEmpty {
                guard cell.hasPrefix("\""), cell.hasSuffix("\""), cell.count >= 2 else {
                    throw Unexpected(what: "\(cell)")
                }
                let contents = cell.dropFirst().dropLast().replacingOccurrences(of: "\"\"", with: "\"")
                let isAlone = other[declaration.name]?.count == 1
                let parts = isAlone ? [contents] : contents.components(separatedBy: ",")
                for part in parts { Self.add(Self.unescaped(part), declaration.name, to: &values) }
            }
            return values
        }
    }

    /// Takes back the escapes of separators and formulas, and no others.
    private static func unescaped(_ text: String) -> String {
        let own = ["2c": ",", "3d": "=", "2b": "+", "2d": "-", "40": "@"]
        var result = ""
        var rest = Substring(text)
        while let character = rest.popFirst() {
            if character == "\\", rest.hasPrefix("x"), let plain = own[String(rest.dropFirst().prefix(2))] {
                result += plain
                rest = rest.dropFirst(3)
            } else {
                result.append(character)
                // The second backslash of a doubled one begins no escape.
                if character == "\\", let next = rest.popFirst() { result.append(next) }
            }
        }
        return result
    }

    // MARK: -T json

    func json(_ text: String) throws -> [Values] {
        try JSONReader.read(text).elements.map { record in
            var values: Values = [:]
            guard let layers = record["_source"]?["layers"] else { throw Unexpected(what: "no layers") }
            try addJSON(layers, to: &values)
            return values
        }
    }

    private func addJSON(_ object: JSON, to values: inout Values) throws {
        for member in object.members where member.key != "_ws.expert" {
            if member.key.hasSuffix("_tree"), byName[member.key] == nil {
                guard member.value.elements.count == object[String(member.key.dropLast(5))]?.elements.count else {
                    throw Unexpected(what: "\(member.key) is not as long as its values")
                }
                for parts in member.value.elements { try addJSON(parts, to: &values) }
                continue
            }
            guard let declaration = byName[member.key] else { throw Unexpected(what: member.key) }
            for element in member.value.elements {
                switch (declaration.kind, element) {
                case (.group, .object), (.layer, .object): try addJSON(element, to: &values)
                case (_, .string(let text)): Self.add(text, member.key, to: &values)
                default: throw Unexpected(what: "\(member)")
                }
            }
        }
    }

    // MARK: -T ek

    func ek(_ text: String) throws -> [Values] {
        let lines = text.split(separator: "\n")
        guard lines.count % 2 == 0 else { throw Unexpected(what: "an odd number of lines") }
        return try stride(from: 0, to: lines.count, by: 2).map { line in
            guard try JSONReader.read(lines[line])["index"] != nil else { throw Unexpected(what: "no action") }
            var values: Values = [:]
            for layer in try JSONReader.read(lines[line + 1])["layers"]?.members ?? [] {
                for member in layer.value.members where member.key != "_ws_expert" {
                    guard let declaration = byKey[member.key]?.first else { throw Unexpected(what: member.key) }
                    for element in member.value.elements {
                        switch element {
                        case .null where declaration.kind == .group: break
                        case .string(let text): Self.add(text, declaration.name, to: &values)
                        case .bool(let value): Self.add(value ? "1" : "0", declaration.name, to: &values)
                        default: throw Unexpected(what: "\(member)")
                        }
                    }
                }
            }
            return values
        }
    }

    // MARK: -T ndjson

    func ndjson(_ text: String) throws -> [Values] {
        try text.split(separator: "\n").map { line in
            var values: Values = [:]
            try addTyped(JSONReader.read(line), to: &values)
            return values
        }
    }

    private func addTyped(_ object: JSON, to values: inout Values) throws {
        for member in object.members where member.key != "_ws.expert" {
            guard let declaration = byName[member.key] else {
                let isBeside = [".name", ".epoch", ".truncated"].contains { suffix in
                    member.key.hasSuffix(suffix) && object[String(member.key.dropLast(suffix.count))] != nil
                }
                guard isBeside else { throw Unexpected(what: member.key) }
                continue
            }
            for (place, element) in member.value.elements.enumerated() {
                switch (declaration.kind, element) {
                case (.group, .object), (.layer, .object): try addTyped(element, to: &values)
                case (_, .null):
                    guard let cut = object[member.key + ".truncated"]?.elements,
                        cut.count == member.value.elements.count,
                        case .string(let text) = cut[place]
                    else { throw Unexpected(what: "\(member.key) is null") }
                    Self.add(text, member.key, to: &values)
                default: Self.add(try plain(element, declaration), member.key, to: &values)
                }
            }
        }
    }

    /// A typed value as `-T fields` prints it.
    private func plain(_ value: JSON, _ declaration: FieldDeclaration) throws -> String {
        switch (declaration.kind, value) {
        case (.boolean, .bool(let value)), (.flag, .bool(let value)): return value ? "1" : "0"
        case (.hexadecimal(let bits), .number(let digits)), (.enumeration(_, let bits, true), .number(let digits)):
            guard let number = UInt64(digits) else { throw Unexpected(what: digits) }
            let hex = String(number, radix: 16)
            // A number that does not fill its bytes has the digits of the integer that holds it.
            let held = bits % 8 == 0 ? bits : [8, 16, 24, 32, 64].first { $0 > bits } ?? bits
            return "0x" + String(repeating: "0", count: max(0, held / 4 - hex.count)) + hex
        case (.unsigned, .number(let digits)), (.signed, .number(let digits)), (.count, .number(let digits)),
            (.frameNumber, .number(let digits)),
            (.enumeration, .number(let digits)), (.duration, .number(let digits)), (.amount, .number(let digits)):
            return digits
        case (.hash, .string(let text)), (.bytes, .string(let text)), (.text, .string(let text)),
            (.paddedText, .string(let text)), (.decimal, .string(let text)), (.seconds, .string(let text)),
            (.nanoseconds, .string(let text)),
            (.ipv4, .string(let text)), (.ipv6, .string(let text)), (.ethernet, .string(let text)):
            return text
        default: throw Unexpected(what: "\(declaration.name): \(value) is not of \(declaration.kind)")
        }
    }

    // MARK: -T pdml

    func pdml(_ text: String) throws -> [Values] {
        let reader = PacketReader(valued: Set(valued.map(\.name)))
        let parser = XMLParser(data: Data(text.utf8))
        parser.delegate = reader
        guard parser.parse() else { throw Unexpected(what: "XML: line \(parser.lineNumber)") }
        return reader.packets.map { $0.mapValues { $0.map { $0.replacingOccurrences(of: ":", with: "") } } }
    }

    private final class PacketReader: NSObject, XMLParserDelegate {
        private let valued: Set<String>
        var packets: [Values] = []

        init(valued: Set<String>) { self.valued = valued }

        func parser(
            _: XMLParser, didStartElement element: String, namespaceURI _: String?, qualifiedName _: String?,
            attributes: [String: String] = [:]
        ) {
            if element == "packet" { packets.append([:]) }
            guard let name = attributes["name"], valued.contains(name), let show = attributes["show"] else { return }
            packets[packets.count - 1][name, default: []].append(show)
        }
    }
}
