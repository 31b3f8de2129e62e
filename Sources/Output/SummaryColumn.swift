import Fields
import Records

/// A column of summary lines, as `gui.column.format` chooses them: a title, and what stands in it.
public struct SummaryColumn: Sendable {
    /// Why columns were refused, for people.
    public struct Problem: Error {
        public let description: String
    }

    /// What a code of tshark's stands for.
    enum Content: Sendable {
        case number, time, source, sourcePort, destination, destinationPort, protocolName, length, info, allBytes
        /// A time shown otherwise than the line's.
        case timeAs(TimeFormat)
        /// Fields, and which of several values: nil is all, n the n-th, from 1, or from the last one, -1.
        case fields([Field], occurrence: Int?)
    }

    public let title: String
    let content: Content

    /// The columns of a line where nobody chooses.
    public static let standard: [SummaryColumn] = [
        .init(title: "No.", content: .number), .init(title: "Time", content: .time),
        .init(title: "Source", content: .source), .init(title: "Destination", content: .destination),
        .init(title: "Protocol", content: .protocolName), .init(title: "Length", content: .length),
        .init(title: "Info", content: .info),
    ]

    /// Code, content and meaning of each, in the order of the list.
    private static let codes: [(code: String, content: Content, meaning: String)] = [
        ("%m", .number, "Number"), ("%t", .time, "Time (format as specified)"),
        ("%Rt", .timeAs(.relative), "Relative time"),
        ("%Tt", .timeAs(.delta), "Delta time"), ("%Gt", .timeAs(.deltaDisplayed), "Delta time displayed"),
        ("%At", .timeAs(.absolute), "Absolute time"),
        ("%Yt", .timeAs(.absoluteWithDate), "Absolute date, as YYYY-MM-DD, and time"),
        ("%Aut", .timeAs(.utc), "UTC time"), ("%Yut", .timeAs(.utcWithDate), "UTC date, as YYYY-MM-DD, and time"),
        ("%s", .source, "Source address"), ("%rs", .source, "Src addr (resolved)"),
        ("%us", .source, "Src addr (unresolved)"), ("%ns", .source, "Network src addr"),
        ("%rns", .source, "Net src addr (resolved)"), ("%uns", .source, "Net src addr (unresolved)"),
        ("%S", .sourcePort, "Source port"), ("%rS", .sourcePort, "Src port (resolved)"),
        ("%uS", .sourcePort, "Src port (unresolved)"), ("%d", .destination, "Destination address"),
        ("%rd", .destination, "Dest addr (resolved)"), ("%ud", .destination, "Dest addr (unresolved)"),
        ("%nd", .destination, "Network dest addr"), ("%rnd", .destination, "Net dest addr (resolved)"),
        ("%und", .destination, "Net dest addr (unresolved)"), ("%D", .destinationPort, "Destination port"),
        ("%rD", .destinationPort, "Dest port (resolved)"), ("%uD", .destinationPort, "Dest port (unresolved)"),
        ("%p", .protocolName, "Protocol"), ("%L", .length, "Packet length (bytes)"),
        ("%B", .allBytes, "Cumulative Bytes"),
        ("%i", .info, "Information"), ("%Cus", .fields([], occurrence: nil), "Custom"),
    ]

    /// `-G column-formats`: each code with its meaning, as tshark lists them.
    public static func appendFormats(to text: inout TextBuffer) {
        for (code, _, meaning) in codes { text.append("\(code)\t\(meaning)\n") }
    }

    /// Reads `"No.","%m","Hash","%Cus:bitcoin.inv.hash"`: titles and codes by turns, with quotes or without.
    ///
    /// - Parameter resolve: Gives the fields that a name means.
    public static func parse(_ text: String, resolve: (String) -> [Field]) throws(Problem) -> [SummaryColumn] {
        let parts = try parts(text)
        guard !parts.isEmpty, parts.count % 2 == 0 else {
            throw Problem(description: "a title and a code by turns are needed, as in \"No.\",\"%m\",\"Info\",\"%i\".")
        }
        var columns: [SummaryColumn] = []
        for index in stride(from: 0, to: parts.count, by: 2) {
            columns.append(
                SummaryColumn(title: printable(parts[index]), content: try content(parts[index + 1], resolve)))
        }
        return columns
    }

    private static func printable(_ title: String) -> String {
        var text = TextBuffer()
        text.append(wire: Array(title.utf8).span.bytes)
        return text.string
    }

    private static func parts(_ text: String) throws(Problem) -> [String] {
        var parts: [String] = []
        var part = ""
        var isQuoted = false
        for character in text {
            switch character {
            case "\"": isQuoted.toggle()
            case "," where !isQuoted:
                parts.append(part)
                part = ""
            case " " where !isQuoted: break
            default: part.append(character)
            }
        }
        guard !isQuoted else { throw Problem(description: "a quotation mark is not closed.") }
        if !text.isEmpty { parts.append(part) }
        return parts
    }

    private static func content(_ code: String, _ resolve: (String) -> [Field]) throws(Problem) -> Content {
        let parts = code.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        if parts[0] == "%Cus" { return try custom(parts, resolve) }
        guard parts.count == 1, let found = codes.first(where: { $0.code == code }) else {
            throw Problem(description: "there is no column '\(code)'; -G column-formats lists them.")
        }
        return found.content
    }

    /// `%Cus:FIELD:OCCURRENCE:R`; the last word says that names are looked up, which never is.
    private static func custom(_ parts: [String], _ resolve: (String) -> [Field]) throws(Problem) -> Content {
        guard parts.count >= 2, parts.count <= 4 else {
            throw Problem(description: "a column of a field is %Cus:FIELD, or %Cus:FIELD:OCCURRENCE.")
        }
        var fields: [Field] = []
        for name in parts[1].replacing("||", with: " or ").replacing(" or ", with: "|").split(separator: "|") {
            let found = resolve(name.trimmed)
            guard !found.isEmpty else { throw Problem(description: "there is no field '\(name.trimmed)'.") }
            fields += found
        }
        guard !fields.isEmpty else { throw Problem(description: "after %Cus: the name of a field is missing.") }
        let occurrence = parts.count > 2 && !parts[2].isEmpty ? Int(parts[2]) : 0
        guard let occurrence else { throw Problem(description: "'\(parts[2])' is no number of an occurrence.") }
        return .fields(fields, occurrence: occurrence == 0 ? nil : occurrence)
    }
}

extension StringProtocol {
    fileprivate var trimmed: String {
        var rest = Substring(self)
        while rest.first == " " { rest.removeFirst() }
        while rest.last == " " { rest.removeLast() }
        return String(rest)
    }
}
