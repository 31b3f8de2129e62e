import ArgumentParser
import Dissector
import Output

/// tshark's preferences, of which there are none here but those that ask for what is always done.
enum Preferences {
    static let names = ["tcp.desegment_tcp_streams", "tcp.reassemble_out_of_order", "bitcoin.desegment"]

    /// The columns of summary lines.
    static let columnFormat = "gui.column.format"

    /// The columns that the last such preference asks for; nil where none does.
    static func columns(_ preferences: [String]) throws -> [SummaryColumn]? {
        var columns: [SummaryColumn]?
        for text in preferences {
            guard text.hasPrefix("\(columnFormat):") else { continue }
            do throws(SummaryColumn.Problem) {
                columns = try SummaryColumn.parse(String(text.dropFirst(columnFormat.utf8.count + 1))) {
                    RecordNames.fields(named: $0)
                }
            } catch {
                throw ValidationError("-o \(columnFormat): \(error.description)")
            }
        }
        return columns
    }

    /// Of whose preferences tshark has many, and which change nothing here.
    private static let groups: Set<Substring> = [
        "bitcoin", "capture", "eth", "extcap", "frame", "gui", "ip", "ipv6", "nameres", "packet_list", "protocols",
        "sll",
        "statistics", "tcp", "vlan",
    ]

    /// What is ignored of `text`, a `name:value`, for people; nil where it asks for what is always done.
    /// Throws where tshark has no such preference, or it is of a protocol that is not read here.
    static func ignored(_ text: String) throws -> String? {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let name = parts.first, parts.count == 2 else {
            throw ValidationError("-o: '\(text)' is not of the form preference:value.")
        }
        if names.contains(String(name)) {
            return parts[1].lowercased() == "true"
                ? nil : "-o: \(name) is always TRUE here: streams are always rebuilt"
        }
        guard name.contains("."), groups.contains(name.prefix { $0 != "." }) else {
            throw ValidationError(
                "-o: there is no preference '\(name)' here, only options; --help shows them. Accepted is "
                    + "\(names.joined(separator: ", ")).")
        }
        return "-o: \(name) of tshark's is ignored: there is no such preference here"
    }
}
