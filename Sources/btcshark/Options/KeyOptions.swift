import ArgumentParser
import Insight
import Output

/// Where the secrets of v2 connections come from.
struct KeyOptions: ParsableArguments {
    @Option(
        name: .long, parsing: .unconditional,
        help: ArgumentHelp(
            "Decrypt v2 connections (BIP 324) with the secrets in this file: lines of BIP324_SHARED_SECRET, the "
                + "initiator's key and the secret, in hexadecimal. BIP324_KEYLOG in the environment does the same.",
            valueName: "file"),
        completion: .file())
    var keylog: String?

    @Option(
        name: .long, parsing: .unconditional,
        help: ArgumentHelp(
            "With -i, as root: take the secrets of v2 connections from this running bitcoind, with bpftrace; a "
                + "program's path, or a process's number.",
            valueName: "path|pid"),
        completion: .file())
    var nodeKeys: String?

    @Option(
        name: .long, parsing: .unconditional,
        help: ArgumentHelp(
            "Print a bpftrace program that writes a key log of the bitcoind at this path on the host where it runs, and "
                + "end.",
            valueName: "path"),
        completion: .file())
    var printKeyProbe: String?

    @Option(
        name: .long, parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "With a key log: try this custom network too, by its magic bytes as on the wire.", valueName: "hex"),
        completion: .nothing)
    var magic: [String] = []
}
