/// Reads one JSON value (RFC 8259).
///
/// Numbers keep their digits and objects their order, since what is read is given to a message, where 64-bit numbers and
/// repeated fields count.
public struct JSONReader {
    /// Where the text is no JSON, and why.
    public struct Malformed: Error, Sendable {
        /// From the first byte.
        public let offset: Int
        public let reason: String
    }

    /// Deeper values are refused: reading is recursive.
    private static let depthLimit = 64

    private let bytes: ArraySlice<UInt8>
    private var at: Int
    private var depth = 0

    /// Reads the value that `bytes` are, with nothing but white space around it.
    public static func read(_ bytes: ArraySlice<UInt8>) throws(Malformed) -> JSON {
        var reader = JSONReader(bytes)
        let value = try reader.value()
        reader.skipSpace()
        guard reader.at == bytes.endIndex else { throw reader.malformed("more follows the value") }
        return value
    }

    private init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        at = bytes.startIndex
    }

    private func malformed(_ reason: String) -> Malformed { Malformed(offset: at - bytes.startIndex, reason: reason) }

    private var next: UInt8? { at < bytes.endIndex ? bytes[at] : nil }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 { at += 1 }
    }

    private mutating func take(_ text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard bytes.endIndex - at >= count else { return false }
        let isHere = text.withUTF8Buffer { buffer in (0..<count).allSatisfy { buffer[$0] == bytes[at + $0] } }
        if isHere { at += count }
        return isHere
    }

    private mutating func value() throws(Malformed) -> JSON {
        skipSpace()
        switch next {
        case 0x22: return .string(try string())
        case 0x5b: return try array()
        case 0x7b: return try object()
        case .some(0x2d), .some(0x30...0x39): return .number(try number())
        default: break
        }
        if take("null") { return .null }
        if take("true") { return .bool(true) }
        if take("false") { return .bool(false) }
        throw malformed(next == nil ? "it ends within a value" : "no value begins so")
    }

    private mutating func descend() throws(Malformed) {
        at += 1
        depth += 1
        guard depth <= Self.depthLimit else { throw malformed("more than \(Self.depthLimit) values within each other") }
    }

    private mutating func array() throws(Malformed) -> JSON {
        try descend()
        defer { depth -= 1 }
        var elements: [JSON] = []
        skipSpace()
        if take("]") { return .array([]) }
        while true {
            elements.append(try value())
            skipSpace()
            if take("]") { return .array(elements) }
            guard take(",") else { throw malformed("a comma or ] is needed") }
        }
    }

    private mutating func object() throws(Malformed) -> JSON {
        try descend()
        defer { depth -= 1 }
        var members: [JSON.Member] = []
        skipSpace()
        if take("}") { return .object([]) }
        while true {
            skipSpace()
            let key = try string()
            skipSpace()
            guard take(":") else { throw malformed("a colon is needed") }
            members.append(JSON.Member(key: key, value: try value()))
            skipSpace()
            if take("}") { return .object(members) }
            guard take(",") else { throw malformed("a comma or } is needed") }
        }
    }

    private mutating func number() throws(Malformed) -> String {
        let start = at
        _ = take("-")
        if !take("0") { try digits() }
        if take(".") { try digits() }
        if take("e") || take("E") {
            if !take("+") { _ = take("-") }
            try digits()
        }
        return String(decoding: bytes[start..<at], as: UTF8.self)
    }

    private mutating func digits() throws(Malformed) {
        let start = at
        while let byte = next, byte >= 0x30, byte <= 0x39 { at += 1 }
        if at == start { throw malformed("a digit is needed") }
    }

    private mutating func string() throws(Malformed) -> String {
        guard take("\"") else { throw malformed("a string is needed") }
        var contents: [UInt8] = []
        while let byte = next {
            at += 1
            switch byte {
            case 0x22:
                guard let text = String(validating: contents, as: UTF8.self) else { throw malformed("it is not UTF-8") }
                return text
            case 0x5c: try escape(&contents)
            case 0..<0x20: throw malformed("a control character in a string")
            default: contents.append(byte)
            }
        }
        throw malformed("it ends within a string")
    }

    private mutating func escape(_ contents: inout [UInt8]) throws(Malformed) {
        guard let letter = next else { throw malformed("it ends within a string") }
        at += 1
        switch letter {
        case 0x22, 0x5c, 0x2f: contents.append(letter)
        case 0x62: contents.append(0x08)
        case 0x66: contents.append(0x0c)
        case 0x6e: contents.append(0x0a)
        case 0x72: contents.append(0x0d)
        case 0x74: contents.append(0x09)
        case 0x75:
            var unit = UInt32(try unicode())
            if 0xd800...0xdbff ~= unit {
                guard take("\\u") else { throw malformed("half a surrogate pair") }
                let low = UInt32(try unicode())
                guard 0xdc00...0xdfff ~= low else { throw malformed("half a surrogate pair") }
                unit = 0x10000 + (unit - 0xd800) << 10 + (low - 0xdc00)
            }
            guard let scalar = Unicode.Scalar(unit) else { throw malformed("half a surrogate pair") }
            contents += Array(String(Character(scalar)).utf8)
        default: throw malformed("no such escape")
        }
    }

    private mutating func unicode() throws(Malformed) -> UInt16 {
        guard bytes.endIndex - at >= 4, let text = String(validating: bytes[at..<at + 4], as: UTF8.self),
            text.utf8.allSatisfy({ ($0 | 0x20) >= 0x61 && ($0 | 0x20) <= 0x66 || $0 >= 0x30 && $0 <= 0x39 }),
            let value = UInt16(text, radix: 16)
        else { throw malformed("four hexadecimal digits are needed") }
        at += 4
        return value
    }
}
