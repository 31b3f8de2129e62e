/// A JSON value with all that `JSONSerialization` does not tell: the digits of numbers and the order of keys.
indirect enum JSON: Equatable {
    case null
    case bool(Bool)
    case number(String)
    case string(String)
    case array([JSON])
    case object([Member])

    struct Member: Equatable {
        var key: String
        var value: JSON
    }

    subscript(_ key: String) -> JSON? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.key == key }?.value
    }

    /// The elements of an array; what is none is its own only element.
    var elements: [JSON] {
        if case .array(let elements) = self { elements } else { [self] }
    }

    var members: [Member] {
        if case .object(let members) = self { members } else { [] }
    }
}

/// Reads JSON as RFC 8259 has it, and no key twice.
struct JSONReader {
    struct Malformed: Error {
        let at: Int
        let reason: String
    }

    private let bytes: [UInt8]
    private var at = 0

    static func read(_ text: some StringProtocol) throws -> JSON {
        var reader = JSONReader(bytes: Array(text.utf8))
        let value = try reader.value()
        reader.space()
        guard reader.at == reader.bytes.count else { throw reader.malformed("more behind the value") }
        return value
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private func malformed(_ reason: String) -> Malformed { Malformed(at: at, reason: reason) }
    private var next: UInt8? { at < bytes.count ? bytes[at] : nil }

    private mutating func space() { while let byte = next, [0x20, 0x0a, 0x0d, 0x09].contains(byte) { at += 1 } }

    private mutating func take(_ text: String) -> Bool {
        guard bytes[at...].starts(with: text.utf8) else { return false }
        at += text.utf8.count
        return true
    }

    private mutating func value() throws -> JSON {
        space()
        if take("null") { return .null }
        if take("true") { return .bool(true) }
        if take("false") { return .bool(false) }
        switch next {
        case 0x22: return .string(try string())
        case 0x5b: return try array()
        case 0x7b: return try object()
        default: return .number(try number())
        }
    }

    private mutating func array() throws -> JSON {
        at += 1
        space()
        if take("]") { return .array([]) }
        var elements: [JSON] = []
        while true {
            elements.append(try value())
            space()
            if take("]") { return .array(elements) }
            guard take(",") else { throw malformed("neither , nor ]") }
        }
    }

    private mutating func object() throws -> JSON {
        at += 1
        space()
        if take("}") { return .object([]) }
        var members: [JSON.Member] = []
        var keys: Set<String> = []
        while true {
            space()
            let key = try string()
            guard keys.insert(key).inserted else { throw malformed("\(key) twice") }
            space()
            guard take(":") else { throw malformed("no :") }
            members.append(JSON.Member(key: key, value: try value()))
            space()
            if take("}") { return .object(members) }
            guard take(",") else { throw malformed("neither , nor }") }
        }
    }

    private mutating func number() throws -> String {
        let start = at
        _ = take("-")
        let whole = try digits()
        guard whole == 1 || bytes[at - whole] != 0x30 else { throw malformed("a zero in front") }
        if take(".") { _ = try digits() }
        return String(decoding: bytes[start..<at], as: UTF8.self)
    }

    private mutating func digits() throws -> Int {
        let start = at
        while let byte = next, (0x30...0x39).contains(byte) { at += 1 }
        guard at > start else { throw malformed("no digit") }
        return at - start
    }

    private mutating func string() throws -> String {
        guard take("\"") else { throw malformed("no string") }
        var contents: [UInt8] = []
        while let byte = next {
            at += 1
            switch byte {
            case 0x22:
                guard let text = String(validating: contents, as: UTF8.self) else { throw malformed("no UTF-8") }
                return text
            case 0..<0x20: throw malformed("a control character")
            case 0x5c:
                // Nothing else needs an escape, since control characters are shown as text.
                guard let escaped = next, escaped == 0x22 || escaped == 0x5c else { throw malformed("an escape") }
                contents.append(escaped)
                at += 1
            default: contents.append(byte)
            }
        }
        throw malformed("no end of the string")
    }
}
