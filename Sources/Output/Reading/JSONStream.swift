/// Cuts a stream into the JSON values that it has: one a line, one after another, or the elements of one array.
///
/// It keeps no more than the value at hand.
public struct JSONStream {
    /// Why a stream could not be read on.
    public struct Failure: Error, Sendable, CustomStringConvertible {
        /// From 1.
        public let line: Int
        public let reason: String

        public var description: String { "line \(line): \(reason)" }
    }

    /// In bytes; longer values are refused: a block of four million bytes as `-T json -x` is shorter.
    public static let lengthLimit = 1 << 28

    /// Answers the next bytes; none at the end.
    private let read: () throws -> ArraySlice<UInt8>
    private var bytes: [UInt8] = []
    /// Before it all was used.
    private var start = 0
    private var line = 1
    private var isAtEnd = false
    /// What comes between values: where the first thing is a bracket, all of them are one array.
    private enum Between { case nothing, values, arrayBegun, element, comma, arrayEnded }
    private var between = Between.nothing

    public init(reading read: @escaping () throws -> ArraySlice<UInt8>) { self.read = read }

    /// The line on which the value that was answered last begins.
    public private(set) var lineOfValue = 1

    /// The next value; nil at the end.
    public mutating func next() throws -> JSON? {
        try skipBetween()
        guard start < bytes.count else { return nil }
        lineOfValue = line
        let end = try endOfValue()
        let text = bytes[start..<end]
        let value: JSON
        do throws(JSONReader.Malformed) {
            value = try JSONReader.read(text)
        } catch {
            let lines = text.prefix(error.offset).count { $0 == 0x0a }
            throw Failure(line: line + lines, reason: "no JSON: \(error.reason)")
        }
        line += text.count { $0 == 0x0a }
        start = end
        return value
    }

    /// Skips white space, and the brackets and commas of an array of all values.
    private mutating func skipBetween() throws {
        while true {
            while start < bytes.count {
                switch (bytes[start], between) {
                case (0x0a, _): line += 1
                case (0x20, _), (0x0d, _), (0x09, _): break
                case (0x5b, .nothing): between = .arrayBegun
                case (0x2c, .element): between = .comma
                case (0x5d, .element), (0x5d, .arrayBegun): between = .arrayEnded
                case (_, .nothing), (_, .values):
                    between = .values
                    return
                case (_, .arrayBegun), (_, .comma):
                    between = .element
                    return
                case (_, .element): throw Failure(line: line, reason: "no JSON: a comma or ] is needed")
                case (_, .arrayEnded): throw Failure(line: line, reason: "no JSON: more follows the array")
                }
                start += 1
            }
            guard try fill() else { break }
        }
        switch between {
        case .arrayBegun, .element, .comma: throw Failure(line: line, reason: "no JSON: the array has no end")
        case .nothing, .values, .arrayEnded: break
        }
    }

    /// Where the value that begins at `start` ends.
    private mutating func endOfValue() throws -> Int {
        var at = start
        var depth = 0
        var isQuoted = false
        while true {
            while at < bytes.count {
                let byte = bytes[at]
                at += 1
                if isQuoted {
                    if byte == 0x5c { at += 1 } else if byte == 0x22 { isQuoted = false }
                    continue
                }
                switch byte {
                case 0x22: isQuoted = true
                case 0x7b, 0x5b: depth += 1
                case 0x7d, 0x5d:
                    depth -= 1
                    if depth <= 0 { return at }
                case 0x0a where depth == 0: return at
                default: break
                }
            }
            let used = start
            guard bytes.count - start < Self.lengthLimit else {
                throw Failure(line: line, reason: "one value is longer than 256 MiB")
            }
            guard try fill() else { return bytes.count }
            at -= used - start
        }
    }

    /// Reads more after what is there, and drops what was used; false at the end.
    private mutating func fill() throws -> Bool {
        guard !isAtEnd else { return false }
        if start > 0 {
            bytes.removeFirst(start)
            start = 0
        }
        let more = try read()
        if more.isEmpty { isAtEnd = true }
        bytes += more
        return !more.isEmpty
    }
}
