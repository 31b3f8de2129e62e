import Fields

/// Why a text is no filter, and where.
public struct FilterError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Characters before the part that is wrong.
    public let position: Int
    /// Characters of the part that is wrong, at least 1; one after the end of the text where something is missing.
    public let length: Int
    /// One or two sentences: what is wrong, and what to do.
    public let message: String
    private let filter: String

    init(_ fault: Fault, in filter: String, _ names: () -> [String]) {
        let start = Self.characters(of: filter, before: fault.range.lowerBound)
        position = start
        length = max(1, Self.characters(of: filter, before: fault.range.upperBound) - start)
        var hint = fault.unknownName.map { NearestNames.suggestion(forField: $0, among: names()) }
        if let (name, word) = fault.alternative, names().contains(name) { hint = " Write \(name) \(word) …" }
        // It quotes parts of the filter.
        var text = TextBuffer()
        text.append(quoting: fault.message + (hint ?? ""))
        message = text.string
        self.filter = filter
    }

    private static func characters(of text: String, before byte: Int) -> Int {
        let end = text.utf8.index(text.startIndex, offsetBy: min(byte, text.utf8.count))
        return text.distance(from: text.startIndex, to: end)
    }

    /// The message, the filter, and a line that underlines the wrong part. Characters of the filter that cannot be shown
    /// stand as spaces, so that the line stays one line.
    public var description: String {
        let shown = filter.map { character in
            character.unicodeScalars.allSatisfy { $0 == "\\" || TextBuffer.isPrintable($0) } ? character : " "
        }
        let underline = String(repeating: " ", count: position) + "^" + String(repeating: "~", count: length - 1)
        return "\(message)\n    \(String(shown))\n    \(underline)"
    }
}

/// What is wrong with the bytes `range` of a filter.
struct Fault: Error {
    let range: Range<Int>
    let message: String
    /// The name that no field has.
    let unknownName: String?
    /// What can be written instead where there is a field of this name, and the word after it.
    let alternative: (name: String, word: String)?

    init(
        _ range: Range<Int>, _ message: String, unknownName: String? = nil,
        alternative: (name: String, word: String)? = nil
    ) {
        self.alternative = alternative
        self.range = range
        self.message = message
        self.unknownName = unknownName
    }
}
