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
        /// The name of the highest of their values.
        case highest([Field])
    }

    /// What a code shows.
    private enum Shown {
        case content(Content)
        /// The fields of a name.
        case values(String)
        case highest(String)
        /// What is named after it.
        case custom
    }

    public let title: String
    let content: Content

    /// What is shown of a record depends on those before.
    public var dependsOnRecordBefore: Bool {
        switch content {
        case .allBytes: true
        case .timeAs(let format): TimeColumn(format).dependsOnRecordBefore
        default: false
        }
    }

    /// The columns of a line where nobody chooses.
    public static let standard: [SummaryColumn] = [
        .init(title: "No.", content: .number), .init(title: "Time", content: .time),
        .init(title: "Source", content: .source), .init(title: "Destination", content: .destination),
        .init(title: "Protocol", content: .protocolName), .init(title: "Length", content: .length),
        .init(title: "Info", content: .info),
    ]

    /// Code, meaning and content of each, in the order of the list.
    private static let codes: [(code: String, meaning: String, shown: Shown)] = [
        ("%m", "Number", .content(.number)), ("%t", "Time (format as specified)", .content(.time)),
        ("%Rt", "Relative time", .content(.timeAs(.relative))), ("%Tt", "Delta time", .content(.timeAs(.delta))),
        ("%Gt", "Delta time displayed", .content(.timeAs(.deltaDisplayed))),
        ("%At", "Absolute time", .content(.timeAs(.absolute))),
        ("%Yt", "Absolute date, as YYYY-MM-DD, and time", .content(.timeAs(.absoluteWithDate))),
        ("%YDOYt", "Absolute date, as YYYY/DOY, and time", .content(.timeAs(.absoluteWithDayOfYear))),
        ("%Aut", "UTC time", .content(.timeAs(.utc))),
        ("%Yut", "UTC date, as YYYY-MM-DD, and time", .content(.timeAs(.utcWithDate))),
        ("%YDOYut", "UTC date, as YYYY/DOY, and time", .content(.timeAs(.utcWithDayOfYear))),
        ("%s", "Source address", .content(.source)), ("%rs", "Src addr (resolved)", .content(.source)),
        ("%us", "Src addr (unresolved)", .content(.source)), ("%ns", "Network src addr", .content(.source)),
        ("%rns", "Net src addr (resolved)", .content(.source)),
        ("%uns", "Net src addr (unresolved)", .content(.source)),
        ("%hs", "Hardware src addr", .values("eth.src")), ("%rhs", "Hw src addr (resolved)", .values("eth.src")),
        ("%uhs", "Hw src addr (unresolved)", .values("eth.src")), ("%S", "Source port", .content(.sourcePort)),
        ("%rS", "Src port (resolved)", .content(.sourcePort)), ("%uS", "Src port (unresolved)", .content(.sourcePort)),
        ("%d", "Destination address", .content(.destination)), ("%rd", "Dest addr (resolved)", .content(.destination)),
        ("%ud", "Dest addr (unresolved)", .content(.destination)),
        ("%nd", "Network dest addr", .content(.destination)),
        ("%rnd", "Net dest addr (resolved)", .content(.destination)),
        ("%und", "Net dest addr (unresolved)", .content(.destination)),
        ("%hd", "Hardware dest addr", .values("eth.dst")), ("%rhd", "Hw dest addr (resolved)", .values("eth.dst")),
        ("%uhd", "Hw dest addr (unresolved)", .values("eth.dst")),
        ("%D", "Destination port", .content(.destinationPort)),
        ("%rD", "Dest port (resolved)", .content(.destinationPort)),
        ("%uD", "Dest port (unresolved)", .content(.destinationPort)),
        ("%q", "802.1Q VLAN id", .values("vlan.id")), ("%f", "IP DSCP Value", .values("ip.dsfield.dscp")),
        ("%p", "Protocol", .content(.protocolName)), ("%L", "Packet length (bytes)", .content(.length)),
        ("%B", "Cumulative Bytes", .content(.allBytes)),
        ("%a", "Expert Info Severity", .highest("_ws.expert.severity")), ("%i", "Information", .content(.info)),
        ("%Cus", "Custom", .custom),
    ]

    /// `-G column-formats`: each code with its meaning, as tshark lists them.
    public static func appendFormats(to text: inout TextBuffer) {
        for (code, meaning, _) in codes { text.append("\(code)\t\(meaning)\n") }
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
        guard let found = codes.first(where: { $0.code == parts[0] }) else {
            let known = codes.map { $0.code == "%Cus" ? "%Cus:FIELD" : $0.code }.joined(separator: " ")
            throw Problem(description: "there is no column '\(code)', but \(known); -G column-formats explains them.")
        }
        switch found.shown {
        case .custom: return try custom(parts, resolve)
        case _ where parts.count > 1:
            throw Problem(description: "only after %Cus can ':\(parts[1])' follow, not after \(found.code).")
        case .content(let content): return content
        case .values(let name): return .fields(resolve(name), occurrence: nil)
        case .highest(let name): return .highest(resolve(name))
        }
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
