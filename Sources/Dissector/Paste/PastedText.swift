import BitcoinP2P
import Fields

/// Bytes that somebody has pasted as text, in any of the ways in which programs print bytes.
public struct PastedText: Sendable {
    /// How the bytes were written.
    public enum Dress: String, Sendable, Equatable, CaseIterable {
        case hexadecimal
        case dump = "a hex dump"
        case literal = "text with escapes"
        case array = "an array of numbers"
        case base64
        /// As they are.
        case raw = "bytes as they are"
    }

    public let bytes: [UInt8]
    public let dress: Dress
    /// Which of the bytes stand alone: on a line, in a string, in one of several dumps. Together they are all of them.
    public let parts: [Range<Int>]
    /// Why they were not taken for hexadecimal; nil where they were, or are a dump.
    public let refusal: String?
    /// Which of several strings was read, a sentence without the full stop; nil where all were.
    public let note: String?

    /// Reads a text. What can be read as hexadecimal is; base64 comes last.
    public init(_ text: [UInt8]) throws(PasteProblem) {
        let text = Self.plain(try PastedWrapping.removed(from: Self.plain(text)))
        guard !text.isEmpty else { throw PasteProblem("there are no bytes") }
        if let problem = NumberDump.problem(text) { throw problem }
        if let dump = try HexDump.read(text) {
            self.init(dump, .dump)
            return
        }
        let refusal: PasteProblem
        do throws(PasteProblem) {
            let parts = try HexadecimalText.read(text)
            guard !parts.bytes.isEmpty else { throw PasteProblem("there are no bytes") }
            self.init(parts, .hexadecimal)
            return
        } catch {
            refusal = error
        }
        // Its digits are also those of base64.
        guard !HexadecimalText.isAll(text, hasCommas: false) else { throw refusal }
        // What has escapes may have brackets in its text.
        if !text.contains(0x5c), let array = ArrayText.read(text) {
            self.init(array, .array, refusal)
            return
        }
        let fault: PasteProblem
        do throws(PasteProblem) {
            if let literal = try Self.literal(text) {
                self.init(literal.parts, literal.isHexadecimal ? .hexadecimal : .literal, refusal, literal.note)
                return
            }
            fault = refusal
        } catch {
            // What is wrong with a string says more than where hexadecimal ends. An array beside it is not all.
            guard !text.contains(0x5c) else { throw error }
            fault = error
        }
        if let array = ArrayText.read(text) {
            self.init(array, .array, refusal)
        } else if let base64 = Base64Text.read(text) {
            self.init(base64, .base64, refusal)
        } else {
            throw fault
        }
    }

    private static func literal(_ text: [UInt8]) throws(PasteProblem) -> LiteralText.Reading? {
        guard text.contains(where: { $0 == 0x22 || $0 == 0x27 || $0 == 0x5c }), let literal = try LiteralText.read(text)
        else { return nil }
        guard !literal.parts.bytes.isEmpty else { throw PasteProblem("there are no bytes") }
        return literal
    }

    /// Reads what a file or a pipe has: a text, or the bytes themselves. Digits that are no bytes are refused.
    public init(input: [UInt8]) throws(PasteProblem) {
        guard !input.isEmpty else { throw PasteProblem("there are no bytes") }
        // A magic is no text.
        if TransportDetector.beginsWithHeader(input.span.bytes) || !Self.isText(input) {
            self.init(raw: input, nil)
            return
        }
        do throws(PasteProblem) {
            self = try PastedText(input)
        } catch {
            guard !HexadecimalText.isAll(Self.plain(input), hasCommas: true) else { throw error }
            self.init(raw: input, error)
        }
    }

    private init(
        _ parts: PastedParts, _ dress: Dress, _ refusal: PasteProblem? = nil, _ note: String? = nil
    ) {
        self.note = note
        bytes = parts.bytes
        self.parts = parts.ranges
        self.dress = dress
        self.refusal = dress == .hexadecimal ? nil : refusal?.description
    }

    private init(raw bytes: [UInt8], _ refusal: PasteProblem?) {
        self.bytes = bytes
        parts = [0..<bytes.count]
        dress = .raw
        note = nil
        self.refusal = refusal?.description
    }

    /// Whether these are printable characters of UTF-8 and white space.
    private static func isText(_ bytes: [UInt8]) -> Bool {
        let isPrintable = bytes.allSatisfy { $0 >= 0x20 && $0 != 0x7f || (0x09...0x0d).contains($0) }
        return isPrintable && bytes.withUnsafeBufferPointer { String(validating: $0, as: UTF8.self) } != nil
    }

    /// The text without white space at its ends, and with plain characters in place of those that pages and word
    /// processors put there: spaces that do not break, invisible ones, curved quotes.
    private static func plain(_ text: [UInt8]) -> [UInt8] {
        var plain = text[...]
        if text.contains(where: { $0 >= 0x80 }) {
            var changed: [UInt8] = []
            changed.reserveCapacity(text.count)
            var place = 0
            while place < text.count {
                let next = Self.replacement(text, at: place)
                changed.append(next.byte)
                place += next.length
            }
            plain = changed[...]
        }
        while let first = plain.first, first <= 0x20 { plain = plain.dropFirst() }
        while let last = plain.last, last <= 0x20 { plain = plain.dropLast() }
        return Array(plain)
    }

    private static func replacement(_ text: [UInt8], at place: Int) -> (byte: UInt8, length: Int) {
        let byte = text[place]
        guard byte >= 0x80 else { return (byte, 1) }
        let second = place + 1 < text.count ? text[place + 1] : 0
        let third = place + 2 < text.count ? text[place + 2] : 0
        switch (byte, second, third) {
        case (0xc2, 0xa0, _): return (0x20, 2)
        // Zero width, and the mark at the beginning of a file.
        case (0xe2, 0x80, 0x8b...0x8f), (0xef, 0xbb, 0xbf), (0xe2, 0x80, 0xaf): return (0x20, 3)
        case (0xe2, 0x80, 0x98), (0xe2, 0x80, 0x99): return (0x27, 3)
        case (0xe2, 0x80, 0x9c), (0xe2, 0x80, 0x9d): return (0x22, 3)
        default: return (byte, 1)
        }
    }
}
