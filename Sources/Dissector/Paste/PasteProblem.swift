/// Why a text is no bytes, or why bytes cannot be dissected: one or two sentences without the last full stop.
public struct PasteProblem: Error, Sendable, Equatable, CustomStringConvertible {
    public let description: String

    public init(_ description: String) { self.description = description }

    /// What is wrong with one character of a text: `line 2, character 5: 'n' is not a hexadecimal digit`.
    ///
    /// - Parameter place: The index of its first byte, or that of the end where something is missing.
    init(_ text: [UInt8], at place: Int, _ what: String) {
        var line = 1
        var start = 0
        for index in 0..<min(place, text.count) where text[index] == 0x0a {
            line += 1
            start = index + 1
        }
        let isOneLine = line == 1 && !text.contains(0x0a)
        let character = text[start..<max(start, min(place, text.count))].count { $0 & 0xc0 != 0x80 } + 1
        description = (isOneLine ? "" : "line \(line), ") + "character \(character): \(what)"
    }

    /// The character at `place` as a message quotes it.
    static func quoted(_ text: [UInt8], at place: Int) -> String {
        guard place < text.count else { return "the end" }
        let byte = text[place]
        return byte > 0x20 && byte < 0x7f ? "'\(Character(UnicodeScalar(byte)))'" : "byte 0x" + hexadecimal(byte)
    }

    private static func hexadecimal(_ byte: UInt8) -> String {
        (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
}
