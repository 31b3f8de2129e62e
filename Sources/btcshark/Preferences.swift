import ArgumentParser
import Dissector
import Output

/// tshark's preferences, of which there are none here but those that ask for what is always done.
enum Preferences {
    static let names = ["tcp.desegment_tcp_streams", "tcp.reassemble_out_of_order", "bitcoin.desegment"]

    /// The columns of summary lines.
    static let columnFormat = "gui.column.format"

    /// The columns that the last such preference asks for; nil where none does. Throws where another asks for more.
    static func columns(_ preferences: [String]) throws -> [SummaryColumn]? {
        var columns: [SummaryColumn]?
        for text in preferences {
            guard text.hasPrefix("\(columnFormat):") else {
                try check(text)
                continue
            }
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

    /// Throws where `text`, a `name:value`, asks for anything else.
    private static func check(_ text: String) throws {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let name = parts.first, parts.count == 2 else {
            throw ValidationError("-o: '\(text)' is not of the form preference:value.")
        }
        guard names.contains(String(name)) else {
            throw ValidationError(
                "-o: there is no preference '\(name)' here, only options; --help shows them. Accepted is "
                    + "\(names.joined(separator: ", ")).")
        }
        guard parts[1].lowercased() == "true" else {
            throw ValidationError("-o: \(name) is always TRUE: streams are always rebuilt.")
        }
    }
}
