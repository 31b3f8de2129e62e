import Fields

/// Reads rows of a survey back: flat objects of JSON, whose values are texts, numbers, words and null.
public struct SurveyReader {
    /// A value as it stands: of a text what it says, else its letters; null is not there.
    private var values: [String: [UInt8]] = [:]

    /// - Parameter line: Without its end.
    /// - Returns: Nil where it is no row of a survey.
    public init?(_ line: some Collection<UInt8>) {
        var reader = FlatObject(Array(line))
        guard reader.read(into: &values), values["target"] != nil, values["outcome"] != nil else { return nil }
    }

    public var target: String { text("target") ?? "" }
    public var outcome: String { text("outcome") ?? "" }
    public var isV2: Bool { text("transport") == MeetingTransport.v2.rawValue }

    /// In nanoseconds since 1970, cut to whole microseconds.
    public var begun: Int64 {
        guard let text = text("begun"), let seconds = Double(text), abs(seconds) < 9e9 else { return 0 }
        return Int64(seconds * 1e6) * 1000
    }

    /// What the peer's `version` said; nil where none came.
    public var claims: Acquaintance.Claims? {
        guard values["version_ms"] != nil else { return nil }
        var claims = Acquaintance.Claims()
        claims.version = text("version").flatMap { Int64($0) }
        claims.services = text("services").flatMap { UInt64($0, radix: 16) }
        claims.timestamp = text("timestamp").flatMap { Int64($0) }
        claims.startHeight = text("start_height").flatMap { Int64($0) }
        claims.relays = text("relay").map { $0 == "true" }
        claims.userAgent = values["user_agent"].map { escaped in
            var text = TextBuffer()
            text.append(unescaping: escaped.span.bytes)
            return text.bytes
        }
        claims.receiver = values["addr_recv"].map {
            Acquaintance.Claims.Place(address: Self.safe($0), port: text("addr_recv_port").flatMap { UInt16($0) })
        }
        claims.sender = values["addr_from"].map { Acquaintance.Claims.Place(address: Self.safe($0)) }
        return claims
    }

    /// A file may have been edited: what is printed is made safe again.
    private static func safe(_ bytes: [UInt8]) -> [UInt8] {
        var text = TextBuffer()
        text.append(wire: bytes.span.bytes)
        return text.bytes
    }

    private func text(_ key: String) -> String? { values[key].map { String(decoding: $0, as: UTF8.self) } }
}

/// One object of JSON (RFC 8259) without objects and arrays in it.
private struct FlatObject {
    private let bytes: [UInt8]
    private var at = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func read(into values: inout [String: [UInt8]]) -> Bool {
        guard take(0x7b) else { return false }
        if take(0x7d) { return isAtEnd }
        repeat {
            guard let key = string(), take(0x3a) else { return false }
            if peek == 0x22 {
                guard let value = string() else { return false }
                values[String(decoding: key, as: UTF8.self)] = value
            } else {
                let word = word()
                guard !word.isEmpty else { return false }
                if !word.elementsEqual("null".utf8) { values[String(decoding: key, as: UTF8.self)] = word }
            }
        } while take(0x2c)
        return take(0x7d) && isAtEnd
    }

    private var isAtEnd: Bool {
        mutating get { peek == nil }
    }

    /// The next byte after white space.
    private var peek: UInt8? {
        mutating get {
            while at < bytes.count, [0x20, 0x09, 0x0a, 0x0d].contains(bytes[at]) { at += 1 }
            return at < bytes.count ? bytes[at] : nil
        }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard peek == byte else { return false }
        at += 1
        return true
    }

    /// A number, or a word.
    private mutating func word() -> [UInt8] {
        let start = at
        while at < bytes.count, ![0x2c, 0x7d, 0x20, 0x09, 0x0a, 0x0d, 0x22, 0x5b, 0x7b].contains(bytes[at]) { at += 1 }
        return Array(bytes[start..<at])
    }

    private mutating func string() -> [UInt8]? {
        guard take(0x22) else { return nil }
        var text: [UInt8] = []
        while at < bytes.count {
            let byte = bytes[at]
            at += 1
            switch byte {
            case 0x22: return text
            case 0x5c:
                guard at < bytes.count, let character = escaped() else { return nil }
                text += character
            default: text.append(byte)
            }
        }
        return nil
    }

    /// What follows a backslash. Halves of a pair beyond 16 bits become the character that stands for what cannot be read.
    private mutating func escaped() -> [UInt8]? {
        let letter = bytes[at]
        at += 1
        switch letter {
        case 0x22, 0x5c, 0x2f: return [letter]
        case 0x62: return [0x08]
        case 0x66: return [0x0c]
        case 0x6e: return [0x0a]
        case 0x72: return [0x0d]
        case 0x74: return [0x09]
        case 0x75:
            guard at + 4 <= bytes.count,
                let value = UInt32(String(decoding: bytes[at..<at + 4], as: UTF8.self), radix: 16)
            else { return nil }
            at += 4
            return Array(String(Unicode.Scalar(value) ?? "\u{fffd}").utf8)
        default: return nil
        }
    }
}
