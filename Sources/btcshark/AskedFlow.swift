import ArgumentParser
import DisplayFilter
import Output

/// What `-z flow` asks for: ladders of connections.
struct AskedFlow {
    static let name = "flow"
    static let meaning =
        "a ladder of one connection, its messages as arrows: flow,STREAM, or flow for the most telling one"

    let choice: FlowChoice
    /// Of tshark's form, beside that of the command line.
    let filter: Filter?

    /// Nil where the text asks for something else.
    init?(_ text: String) throws {
        let parts = text.split(separator: ",", maxSplits: 3, omittingEmptySubsequences: false).map(String.init)
        guard parts.first == Self.name else { return nil }
        if parts.count == 1 {
            choice = .best
            filter = nil
            return
        }
        if parts.count == 2, let stream = UInt64(parts[1]), parts[1].allSatisfy(\.isNumber) {
            choice = .stream(stream)
            filter = nil
            return
        }
        // tshark's two modes differ in what stands above the bars, which is the same here.
        guard parts.count >= 3, parts[1] == "tcp" || parts[1] == "any", parts[2] == "standard" || parts[2] == "network"
        else {
            throw ValidationError(
                "-z \(text): say flow, flow,STREAM with the number of a connection, or flow,tcp,standard[,FILTER].")
        }
        choice = .first
        filter = parts.count == 4 ? try Plan.filter(parts[3]) : nil
    }
}
