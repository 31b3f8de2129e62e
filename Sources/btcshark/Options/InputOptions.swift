import ArgumentParser
import Insight
import Output

/// What is read.
struct InputOptions: ParsableArguments {
    @Option(
        name: [.customShort("r"), .customLong("read-file")], parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Read this capture, or all in a folder; repeat it, or name more after the options, for several that make one.",
            discussion: """
                pcap or pcapng, also compressed by gzip, zstd, xz, bzip2 or lz4; - is standard input. Or what Bitcoin \
                Core's -capturemessages wrote: files such as msgs_recv.dat, of any name, or a folder of them.
                """,
            valueName: "file"), completion: .file())
    var read: [String] = []

    @Option(
        name: .customLong("files-from"), parsing: .unconditional,
        help: ArgumentHelp(
            "Read the captures whose paths are in this file, one a line, as several -r; - is standard input.",
            valueName: "file"), completion: .file())
    var filesFrom: String?

    @Option(
        name: .long, parsing: .unconditional,
        help: ArgumentHelp(
            "Dissect these bytes instead of a capture: messages, a bare transaction, block or header, or a packet; in "
                + "hexadecimal, as a dump, an array, text with escapes or base64. - takes them, or raw bytes, from "
                + "standard input.",
            valueName: "text"), completion: .nothing)
    var decode: String?

    @Option(
        name: .customLong("as"),
        help: ArgumentHelp(
            "With --decode: the bytes are the bare payload of this message; header is a block header.",
            valueName: "command"),
        completion: .messages)
    var command: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "With --decode, or Bitcoin Core's message captures: the network for which addresses are written: mainnet, "
                + "testnet3, testnet4, signet, regtest.",
            valueName: "name"), completion: .networks)
    var network: String?
}
