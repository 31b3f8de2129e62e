#if Web
/// The parts of a request's address: its path, and what follows the question mark.
struct Query {
    /// After slashes, as they came: no part of ours has an escape in it. None where the address has no slash first.
    let path: [Substring]
    private let parameters: [(name: String, value: String)]

    /// No later time can be asked for, nor an earlier one than its negative, so that differences do not overflow.
    static let latestTime: Int64 = 1 << 61

    /// A longer filter is refused.
    static let mostFilterBytes = 4_096

    init(_ address: String) throws(Problem) {
        let address = address.prefix { $0 != "#" }
        let mark = address.firstIndex(of: "?") ?? address.endIndex
        let parts = address[..<mark].split(separator: "/", omittingEmptySubsequences: false)
        path = parts.first?.isEmpty == true ? Array(parts.dropFirst()) : []
        var parameters: [(String, String)] = []
        for part in address[mark...].dropFirst().split(separator: "&") {
            let sign = part.firstIndex(of: "=") ?? part.endIndex
            parameters.append((try Self.decoded(part[..<sign]), try Self.decoded(part[sign...].dropFirst())))
        }
        self.parameters = parameters
    }

    /// Takes back what the browser has escaped.
    static func decoded(_ text: Substring) throws(Problem) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"): bytes.append(0x20)
            case UInt8(ascii: "%"):
                guard rest.count >= 2,
                    let value = UInt8(hexadecimal: rest.prefix(2).map { Character(Unicode.Scalar($0)) })
                else {
                    throw .request("An escape with % needs two hexadecimal digits.")
                }
                rest = rest.dropFirst(2)
                bytes.append(value)
            default: bytes.append(byte)
            }
        }
        guard let decoded = String(validating: bytes, as: UTF8.self) else {
            throw .request("The address is no UTF-8.")
        }
        return decoded
    }

    /// The first value of that name; nil where there is none, or an empty one.
    subscript(_ name: String) -> String? {
        parameters.first { $0.name == name && !$0.value.isEmpty }?.value
    }

    /// A number from 0.
    func number(_ name: String) throws(Problem) -> UInt64? {
        guard let text = self[name] else { return nil }
        guard text.utf8.allSatisfy({ 0x30...0x39 ~= $0 }), let number = UInt64(text) else {
            throw .request("\(name): a number is expected.")
        }
        return number
    }

    /// - Parameter standard: Where none is named.
    func number(_ name: String, in range: ClosedRange<UInt64>, standard: UInt64) throws(Problem) -> Int {
        let number = try number(name) ?? standard
        guard range.contains(number) else {
            throw .request("\(name): \(range.lowerBound) to \(range.upperBound).")
        }
        return Int(clamping: number)
    }

    /// `a,b` in nanoseconds.
    func span(_ name: String) throws(Problem) -> ClosedRange<Int64>? {
        guard let text = self[name] else { return nil }
        let parts = text.split(separator: ",", omittingEmptySubsequences: false).map { Int64($0) }
        guard parts.count == 2, let first = parts[0], let last = parts[1], first <= last, first >= -Self.latestTime,
            last <= Self.latestTime
        else { throw .request("\(name): two integers of nanoseconds are expected, the earlier one first.") }
        return first...last
    }

    /// Which rows it is about.
    func choice() throws(Problem) -> RowChoice {
        let filter = self["filter"] ?? ""
        guard filter.utf8.count <= Self.mostFilterBytes else {
            throw .request("filter: at most \(Self.mostFilterBytes) bytes.")
        }
        return RowChoice(
            filter: filter.contains { !$0.isWhitespace } ? filter : "", time: try span("time"),
            stream: try number("stream"))
    }

    /// Which tab asks.
    func tab() throws(Problem) -> String {
        let tab = self["tab"] ?? ""
        guard tab.utf8.count <= 32, tab.utf8.allSatisfy({ $0 < 0x80 && $0 > 0x20 }) else {
            throw .request("tab: at most 32 letters and digits.")
        }
        return tab
    }
}

extension UInt8 {
    /// Of two hexadecimal digits.
    fileprivate init?(hexadecimal digits: [Character]) {
        var value = 0
        for digit in digits {
            guard digit.isASCII, let part = digit.hexDigitValue else { return nil }
            value = value * 16 + part
        }
        self = UInt8(truncatingIfNeeded: value)
    }
}
#endif
