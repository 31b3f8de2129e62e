import ArgumentParser

/// tshark's preferences, of which there are none here but those that ask for what is always done.
enum Preferences {
    static let names = ["tcp.desegment_tcp_streams", "tcp.reassemble_out_of_order", "bitcoin.desegment"]

    /// Throws where `text`, a `name:value`, asks for anything else.
    static func check(_ text: String) throws {
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
