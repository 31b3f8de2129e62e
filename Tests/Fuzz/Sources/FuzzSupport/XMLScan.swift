/// Goes over an XML text without keeping it: PDML, whose text stands in attributes, or PSML.
struct XMLScan {
    private let bytes: [UInt8]
    private var at = 0
    private var open: [ArraySlice<UInt8>] = []
    private var children = 0
    /// Elements of this name have text and no elements, those of others only elements.
    private static let withText = Array("section".utf8)

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The whole text; answers how many elements stand right below the root.
    mutating func document() throws(Malformed) -> Int {
        guard take("<?xml version=\"1.0\" encoding=\"utf-8\"?>") else { throw malformed("no declaration") }
        var roots = 0
        while at < bytes.count {
            if next != 0x3c {
                if let last = open.last, last.elementsEqual(Self.withText) {
                    try characters(to: 0x3c)
                    continue
                }
                guard next == 0x20 || next == 0x0a else { throw malformed("text between elements") }
                at += 1
                continue
            }
            if open.isEmpty { roots += 1 }
            try tag()
        }
        guard open.isEmpty, roots == 1 else { throw malformed("\(roots) roots, \(open.count) open") }
        return children
    }

    private func malformed(_ reason: String) -> Malformed { Malformed(at: at, reason: reason) }
    private var next: UInt8 { at < bytes.count ? bytes[at] : 0 }

    private mutating func take(_ text: StaticString) -> Bool {
        guard text.withUTF8Buffer({ bytes[at...].starts(with: $0) }) else { return false }
        at += text.utf8CodeUnitCount
        return true
    }

    private mutating func name() throws(Malformed) -> ArraySlice<UInt8> {
        let start = at
        while (0x61...0x7a).contains(next) || next == 0x5f { at += 1 }
        guard at > start else { throw malformed("no name") }
        return bytes[start..<at]
    }

    private mutating func tag() throws(Malformed) {
        if take("</") {
            let name = try name()
            guard open.popLast() == name, take(">") else { throw malformed("not the end of what is open") }
            return
        }
        at += 1
        let name = try name()
        if open.count == 1 { children += 1 }
        var names: Set<ArraySlice<UInt8>> = []
        while take(" ") {
            guard names.insert(try self.name()).inserted else { throw malformed("an attribute twice") }
            guard take("=\"") else { throw malformed("no value") }
            try attribute()
        }
        if take("/>") { return }
        guard take(">") else { throw malformed("no end of the tag") }
        open.append(name)
        guard open.count < 100 else { throw malformed("too deep") }
    }

    private mutating func attribute() throws(Malformed) {
        try characters(to: 0x22)
        at += 1
    }

    /// Up to the one that ends them, which stays.
    private mutating func characters(to end: UInt8) throws(Malformed) {
        while at < bytes.count {
            switch next {
            case end: return
            case 0x22, 0x3c, 0x3e, 0x00..<0x20: throw malformed("a character that is not escaped")
            case 0x26:
                guard take("&amp;") || take("&lt;") || take("&gt;") || take("&quot;") || take("&#x27;") else {
                    throw malformed("an entity")
                }
            default: at += 1
            }
        }
        throw malformed("no end of a text")
    }
}
