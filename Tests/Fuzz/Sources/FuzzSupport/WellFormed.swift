/// What is wrong with an output, as far as that is cheap to see; each check answers nil where nothing is.
public enum WellFormed {
    /// Only what a terminal shows as it stands: valid UTF-8 without control characters but line feeds and those of
    /// `allowed`, and without characters that are not seen or turn their neighbours around.
    public static func textProblem(_ bytes: [UInt8], allowing allowed: Set<UInt32> = []) -> String? {
        guard let text = String(validating: bytes, as: UTF8.self) else { return "invalid UTF-8" }
        for scalar in text.unicodeScalars where scalar != "\n" && !allowed.contains(scalar.value) {
            if scalar.isASCII {
                if scalar.value < 0x20 || scalar.value == 0x7f { return "control character \(scalar.value)" }
                continue
            }
            switch scalar.properties.generalCategory {
            case .control, .format, .surrogate, .privateUse, .lineSeparator, .paragraphSeparator:
                return "U+" + String(scalar.value, radix: 16)
            default: break
            }
        }
        return nil
    }

    /// The output without the colours that are ours: bold, faint, those of problems, families and directions, and their
    /// end.
    public static func withoutColours(_ bytes: [UInt8]) -> [UInt8] {
        let own = [0, 1, 2, 31, 32, 33, 34, 35, 36, 90, 93, 95].map { Array("\u{1b}[\($0)m".utf8) }
        var rest = bytes[...]
        var plain: [UInt8] = []
        while let byte = rest.first {
            if byte == 0x1b, let colour = own.first(where: { rest.starts(with: $0) }) {
                rest = rest.dropFirst(colour.count)
            } else {
                plain.append(byte)
                rest = rest.dropFirst()
            }
        }
        return plain
    }

    /// Rows of `columns` cells each; quotes stand around whole cells and are doubled within (RFC 4180).
    public static func rowProblem(
        _ bytes: [UInt8], columns: Int, rows: Int, separator: UInt8, quote: UInt8?
    ) -> String? {
        let lines = bytes.split(separator: 0x0a, omittingEmptySubsequences: false).dropLast()
        guard lines.count == rows else { return "\(lines.count) rows of \(rows)" }
        for line in lines {
            var cells = 1
            var isQuoted = false
            for byte in line {
                if byte == quote { isQuoted.toggle() } else if byte == separator, !isQuoted { cells += 1 }
            }
            if isQuoted { return "a quote that is not closed" }
            if cells != columns { return "\(cells) cells of \(columns)" }
        }
        return nil
    }

    /// Lines that are a JSON value each.
    public static func jsonLinesProblem(_ bytes: [UInt8], lines count: Int) -> String? {
        let lines = bytes.split(separator: 0x0a)
        guard lines.count == count else { return "\(lines.count) lines of \(count)" }
        for line in lines {
            if let problem = jsonProblem(Array(line)).problem { return problem }
        }
        return nil
    }

    /// One JSON value (RFC 8259), in which no object has a key twice.
    public static func jsonProblem(_ bytes: [UInt8]) -> (problem: String?, elements: Int) {
        var reader = JSONScan(bytes)
        do {
            let elements = try reader.document()
            return (nil, elements)
        } catch {
            return ("JSON: \(error.reason) at \(error.at)", 0)
        }
    }

    /// Elements that are closed in turn, attributes in double quotes, and only the entities that XML has; answers how
    /// many elements stand right below the root.
    public static func xmlProblem(_ bytes: [UInt8]) -> (problem: String?, children: Int) {
        var reader = XMLScan(bytes)
        do {
            let children = try reader.document()
            return (nil, children)
        } catch {
            return ("XML: \(error.reason) at \(error.at)", 0)
        }
    }
}

/// Where a text is not what it should be.
struct Malformed: Error {
    let at: Int
    let reason: String
}
