/// Goes over a JSON text without keeping it.
struct JSONScan {
    private let bytes: [UInt8]
    private var at = 0
    private var depth = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The whole text; answers how many elements its array has, or 1.
    mutating func document() throws(Malformed) -> Int {
        let elements = try value()
        space()
        guard at == bytes.count else { throw malformed("more behind the value") }
        return elements
    }

    private func malformed(_ reason: String) -> Malformed { Malformed(at: at, reason: reason) }
    private var next: UInt8 { at < bytes.count ? bytes[at] : 0 }

    private mutating func space() { while [0x20, 0x0a, 0x0d, 0x09].contains(next) { at += 1 } }

    private mutating func take(_ text: StaticString) -> Bool {
        guard text.withUTF8Buffer({ bytes[at...].starts(with: $0) }) else { return false }
        at += text.utf8CodeUnitCount
        return true
    }

    private mutating func value() throws(Malformed) -> Int {
        space()
        switch next {
        case 0x22: _ = try string()
        case 0x5b: return try members(isObject: false)
        case 0x7b: _ = try members(isObject: true)
        case 0x6e where take("null"), 0x74 where take("true"), 0x66 where take("false"): break
        default: try number()
        }
        return 1
    }

    private mutating func members(isObject: Bool) throws(Malformed) -> Int {
        let end: StaticString = isObject ? "}" : "]"
        at += 1
        depth += 1
        guard depth < 100 else { throw malformed("too deep") }
        defer { depth -= 1 }
        space()
        if take(end) { return 0 }
        var keys: Set<ArraySlice<UInt8>> = []
        var count = 0
        while true {
            if isObject {
                space()
                guard keys.insert(try string()).inserted else { throw malformed("a key twice") }
                space()
                guard take(":") else { throw malformed("no :") }
            }
            _ = try value()
            count += 1
            space()
            if take(end) { return count }
            guard take(",") else { throw malformed("neither , nor the end") }
        }
    }

    private mutating func number() throws(Malformed) {
        _ = take("-")
        let start = at
        digits()
        guard at > start, at - start == 1 || bytes[start] != 0x30 else { throw malformed("no value") }
        guard take(".") else { return }
        let fraction = at
        digits()
        guard at > fraction else { throw malformed("no digit") }
    }

    private mutating func digits() { while (0x30...0x39).contains(next) { at += 1 } }

    private mutating func string() throws(Malformed) -> ArraySlice<UInt8> {
        guard take("\"") else { throw malformed("no string") }
        let start = at
        while at < bytes.count {
            let byte = bytes[at]
            at += 1
            switch byte {
            case 0x22: return bytes[start..<at - 1]
            case 0..<0x20: throw malformed("a control character")
            case 0x5c:
                // Control characters are shown as text, so nothing else needs an escape.
                guard next == 0x22 || next == 0x5c else { throw malformed("an escape") }
                at += 1
            default: break
            }
        }
        throw malformed("no end of the string")
    }
}
