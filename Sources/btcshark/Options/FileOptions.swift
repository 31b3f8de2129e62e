import ArgumentParser
import Insight
import Output

/// What is written beside the output.
struct FileOptions: ParsableArguments {
    @Option(
        name: .customShort("w"), parsing: .unconditional,
        help: ArgumentHelp(
            "Write the packets of the messages shown, with their connections' handshakes, to this capture instead of "
                + "printing; - is standard output. With -i: record all packets, while messages are printed.",
            valueName: "file"),
        completion: .file())
    var write: String?

    @Option(
        name: .customShort("F"), parsing: .unconditional,
        help: ArgumentHelp(
            "With -w: the file's format: pcapng, or nsecpcap, also called pcap: classic pcap with nanoseconds. Unless set "
                + "it is pcapng where the file's name ends in .pcapng or .ntar.",
            valueName: "format"),
        completion: .list(["pcapng", "nsecpcap", "pcap"]))
    var fileFormat: String?

    @Flag(
        name: .long,
        help: ArgumentHelp(
            "With -r and -w: write the messages shown instead of their packets: in clean connections of v1, so that any "
                + "tool reads what was encrypted or reordered."))
    var decrypted = false

    @Flag(
        name: .long,
        help: ArgumentHelp(
            "With -w, in pcapng: write the secrets of v2 connections that were used into the file, so that it can be read "
                + "without a key log. Only you may read the file then."))
    var injectKeys = false

    @Option(
        name: .long, parsing: .unconditional,
        help: ArgumentHelp(
            "Write every transaction and block into this folder, as <txid>.tx and <hash>.blk, of compact blocks as "
                + "<hash>.rebuilt.blk; never over another file. Also as bitcoin,FOLDER, tshark's form.",
            valueName: "folder"),
        completion: .directory)
    var exportObjects: String?

    @Flag(name: .customLong("hex"), help: "With --export-objects: as hexadecimal text, in .tx.hex and .blk.hex.")
    var exportsHex = false
}
