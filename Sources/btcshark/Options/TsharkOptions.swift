import ArgumentParser

/// Options that are there for what was written for tshark.
struct TsharkOptions: ParsableArguments {
    @Option(
        name: [.customShort("R"), .customLong("read-filter")], parsing: .unconditional,
        help: ArgumentHelp(
            "tshark's read filter: what it does not match is not there for -Y either.", valueName: "filter"),
        completion: .displayFilter)
    var readFilter: String?

    @Option(
        name: .customShort("j"), parsing: .unconditional,
        help: ArgumentHelp(
            "With -T json, jsonraw, ek or pdml: show only these layers, and within them groups only where they are named, "
                + "too: 'tcp tcp.flags bitcoin'.",
            valueName: "layers"), completion: .nothing)
    var layers: String?

    @Option(
        name: .customShort("J"), parsing: .unconditional,
        help: ArgumentHelp(
            "The same, with all that is in these layers: 'ip bitcoin'.", valueName: "layers"), completion: .nothing)
    var completeLayers: String?

    @Flag(
        name: .customLong("no-duplicate-keys"),
        help: "Accepted for compatibility with tshark: no JSON object has a key twice.")
    var noDuplicateKeys = false

    @Option(
        name: .customLong("elastic-mapping-filter"), parsing: .unconditional,
        help: ArgumentHelp(
            "With -G elastic-mapping: only the fields of these layers; several with commas.", valueName: "layers"),
        completion: .nothing)
    var mappingFilter: String?
}
