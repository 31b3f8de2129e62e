/// How `-T fields` puts its values into lines: tshark's `-E`.
///
/// A row can always be taken apart again. Values never hold a line break or another control character: text from the
/// wire is escaped with backslashes as everywhere else, and the backslash itself is doubled. With
/// ``escapesSeparators`` these are escaped in the same manner, as `\x2c`:
/// * the separator within a value, where no quotes stand around it;
/// * the aggregator within a text, where the cell holds several values;
/// * the first character of a text if it is one of `= + - @`, by which spreadsheets know a formula, and it is no number.
/// With quotes, one within the cell is doubled, as RFC 4180 has it.
public struct FieldsFormat: Sendable, Equatable {
    /// Which of several values of one field are shown.
    public enum Occurrence: Character, Sendable { case first = "f", last = "l", all = "a" }

    /// What stands around a cell.
    public enum Quote: Character, Sendable { case none = "n", double = "d", single = "s" }

    /// Why an option was refused, for people.
    public struct Problem: Error, Equatable, CustomStringConvertible {
        public let description: String
    }

    /// The first line names the columns.
    public private(set) var hasHeader = false
    /// The file begins with the byte order mark of UTF-8, which some spreadsheets want.
    public private(set) var hasByteOrderMark = false
    public private(set) var occurrence = Occurrence.all
    public private(set) var quote = Quote.none
    public private(set) var escapesSeparators = true
    /// Between columns: printable ASCII or TAB.
    public private(set) var separator: UInt8 = 0x09
    private var chosenAggregator: UInt8?

    public init() {}

    /// Between the values of one column: what was chosen, or a comma; a semicolon where commas separate unquoted columns.
    public var aggregator: UInt8 {
        chosenAggregator ?? (quote == .none && separator == Self.comma ? Self.semicolon : Self.comma)
    }

    /// Takes one `option=value`, as the user wrote it.
    public mutating func set(_ text: String) throws(Problem) {
        guard let equals = text.firstIndex(of: "=") else {
            throw Problem(
                description: "-E: '\(text)' is not of the form option=value; the options are \(Self.options).")
        }
        let value = text[text.index(after: equals)...]
        switch text[..<equals] {
        case "header": hasHeader = try Self.flag(value, text)
        case "bom": hasByteOrderMark = try Self.flag(value, text)
        case "escape": escapesSeparators = try Self.flag(value, text)
        case "separator": separator = try Self.character(value, text)
        case "aggregator": chosenAggregator = try Self.character(value, text)
        case "occurrence":
            guard value.count == 1, let choice = value.first.flatMap(Occurrence.init) else {
                throw Problem(description: "-E: '\(text)': occurrence is f (first), l (last) or a (all).")
            }
            occurrence = choice
        case "quote":
            guard value.count == 1, let choice = value.first.flatMap(Quote.init) else {
                throw Problem(description: "-E: '\(text)': quote is d (double), s (single) or n (none).")
            }
            quote = choice
        default: throw Problem(description: "-E: there is no option '\(text[..<equals])'; there are \(Self.options).")
        }
    }

    /// Throws where options that are well each do not go together; to be asked when all are set.
    public func check() throws(Problem) {
        guard quote == .none, occurrence == .all, separator == aggregator else { return }
        throw Problem(
            description:
                "-E: separator and aggregator are the same character, so columns and values cannot be distinguished: "
                + "choose another one, or add -E quote=d.")
    }

    /// The mark around cells; nil where there is none.
    var quotationMark: UInt8? {
        switch quote {
        case .none: nil
        case .double: 0x22
        case .single: 0x27
        }
    }

    private static let options = "header, separator, occurrence, aggregator, quote, escape and bom"
    private static let comma: UInt8 = 0x2c
    private static let semicolon: UInt8 = 0x3b

    private static func flag(_ value: Substring, _ text: String) throws(Problem) -> Bool {
        switch value {
        case "y": return true
        case "n": return false
        default: throw Problem(description: "-E: '\(text)': the value is y or n.")
        }
    }

    /// `/t` for TAB, `/s` for a space, or the character itself. One that stands in values or escapes would break them.
    private static func character(_ value: Substring, _ text: String) throws(Problem) -> UInt8 {
        if value == "/t" || value == "\t" { return 0x09 }
        if value == "/s" { return 0x20 }
        guard value.utf8.count == 1, let byte = value.utf8.first, byte >= 0x20, byte < 0x7f else {
            throw Problem(description: "-E: '\(text)': one ASCII character, /t for TAB or /s for a space.")
        }
        let character = Character(Unicode.Scalar(byte))
        guard !character.isLetter, !character.isNumber, character != "\\", character != "\"", character != "'" else {
            throw Problem(
                description: "-E: '\(text)': letters, digits, quotes and the backslash occur in values, so they cannot "
                    + "separate them.")
        }
        return byte
    }
}
