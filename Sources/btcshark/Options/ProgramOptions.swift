import ArgumentParser
import Insight
import Output

/// How programs read it.
struct ProgramOptions: ParsableArguments {
    @Option(
        name: .customShort("T"), parsing: .unconditional,
        help: ArgumentHelp(
            "How to print: "
                + OutputFormat.allCases.map { "\($0.rawValue) (\($0.meaning))" }.joined(separator: ", ") + ".",
            valueName: OutputFormat.allCases.map(\.rawValue).joined(separator: "|")),
        completion: .formats)
    var format = "text"

    @Option(
        name: .customShort("e"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Print this field, such as bitcoin.message.number or bitcoin.peer.user_agent; -G fields lists all. Repeat it "
                + "for more. With -T fields, json, ek, pdml or ndjson.", valueName: "field"), completion: .fields)
    var fields: [String] = []

    @Option(
        name: .customShort("E"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "With -T fields: header=y|n, separator=/t|/s|CHARACTER, occurrence=f|l|a, aggregator=,|/s|CHARACTER, "
                + "quote=d|s|n, escape=y|n, bom=y|n; repeat it for more.",
            valueName: "option"),
        completion: .fieldOptions)
    var fieldOptions: [String] = []
}
