import ArgumentParser
import Insight
import Output

/// The command line: tshark's letters where it has them.
struct Options: ParsableArguments {
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
        name: [.customShort("i"), .customLong("interface")], parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Capture from this interface, by name or number of the list of -D; any is all of them. Repeat it for several. "
                + "Without it and -r: from the first that is no loopback.",
            valueName: "interface"))
    var interfaces: [String] = []

    @Flag(
        name: [.customShort("D"), .customLong("list-interfaces")],
        help: "List the interfaces with their state and addresses, and end.")
    var listInterfaces = false

    @Option(
        name: .customShort("f"), parsing: .unconditional,
        help: ArgumentHelp(
            "With -i: capture only packets that match, in pcap-filter(7)'s syntax. Without it: TCP on Bitcoin's ports "
                + "and those of -d.",
            valueName: "filter"))
    var captureFilter: String?

    @Option(
        name: [.customShort("s"), .customLong("snapshot-length")], parsing: .unconditional,
        help: ArgumentHelp("With -i: capture at most this many bytes of each packet; 0 is all.", valueName: "bytes"))
    var snapLength: Int?

    @Flag(
        name: [.customShort("p"), .customLong("no-promiscuous-mode")],
        help: "With -i: do not put the interface into promiscuous mode.")
    var noPromiscuity = false

    @Option(
        name: [.customShort("B"), .customLong("buffer-size")], parsing: .unconditional,
        help: ArgumentHelp("With -i: the size of the kernel's buffer; 16 unless set.", valueName: "MiB"))
    var bufferSize: Int?

    @Flag(
        name: .long,
        help: "With -i: wait for an interface that is not there, is down, or goes away, instead of ending.")
    var waitInterface = false

    @Option(
        name: [.customShort("a"), .customLong("autostop")], parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "With -i: stop after N seconds, kB of the file, files or packets; repeat it for more.",
            valueName: "duration:N|filesize:N|files:N|packets:N"))
    var autostop: [String] = []

    @Option(
        name: [.customShort("b"), .customLong("ring-buffer")], parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "With -i and -w: begin the next file after N seconds, kB or packets, and keep only the last N files; "
                + "repeat it for more.",
            valueName: "duration:N|filesize:N|packets:N|files:N"))
    var ring: [String] = []

    @Option(
        name: .customShort("Z"), parsing: .unconditional,
        help: ArgumentHelp(
            "With -i, as root: become this user once the interface is open; the default is the user who called sudo.",
            valueName: "user"))
    var user: String?

    @Option(
        name: .long, parsing: .unconditional,
        help: ArgumentHelp(
            "Dissect this message instead of a capture; - takes hex or raw bytes from standard input.",
            valueName: "hex"))
    var decode: String?

    @Option(
        name: .customLong("as"),
        help: ArgumentHelp("With --decode: the bytes are the bare payload of this message.", valueName: "command"))
    var command: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "With --as, or Bitcoin Core's message captures: the network for which addresses are written: mainnet, "
                + "testnet3, testnet4, signet, regtest.",
            valueName: "name"))
    var network: String?

    @Option(
        name: [.customShort("Y"), .customLong("display-filter")], parsing: .unconditional,
        help: ArgumentHelp(
            "Show only messages that match this display filter; it may also stand alone, after -r FILE.",
            valueName: "filter"))
    var displayFilter: String?

    @Option(
        name: .long, parsing: .unconditional,
        help: ArgumentHelp(
            "Show only messages in which this occurs, whatever the field, and say where: a txid, wtxid or block hash, a "
                + "short id, a Bitcoin address, or a node's address, also with its port.",
            valueName: "id"))
    var find: String?

    @Option(
        name: .customShort("w"), parsing: .unconditional,
        help: ArgumentHelp(
            "Write the packets of the messages shown, with their connections' handshakes, to this capture instead of "
                + "printing; - is standard output. With -i: record all packets, while messages are printed.",
            valueName: "file"))
    var write: String?

    @Option(
        name: .customShort("F"), parsing: .unconditional,
        help: ArgumentHelp(
            "With -w: the file's format: pcapng, or nsecpcap, also called pcap: classic pcap with nanoseconds. Unless set "
                + "it is pcapng where the file's name ends in .pcapng or .ntar.",
            valueName: "format"))
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

    @Flag(name: [.customShort("P"), .customLong("print")], help: "Print the summary line also with -V or -w.")
    var summary = false

    @Option(
        name: .customShort("O"), parsing: .unconditional,
        help: ArgumentHelp("Same as -V: bitcoin is the only protocol.", valueName: "protocols"))
    var protocols: String?

    @Flag(
        name: .customShort("2"),
        help: "Read the files twice, so that requests say which frames answer them, and how they ended.")
    var twoPasses = false

    @Flag(name: .customShort("V"), help: "Print the tree of every message: each field with its value.")
    var tree = false

    @Flag(name: .customShort("x"), help: "Print a hex dump of every message, header and payload as reassembled.")
    var hex = false

    @Flag(
        name: .long,
        help: "Print every message with its bytes explained: offset, bytes, field, value and what it means.")
    var annotate = false

    @Flag(
        name: .long,
        help: "Show hashes in lines, long byte strings and texts, lists of frames, and very large messages in full.")
    var full = false

    @Option(
        name: .customShort("T"), parsing: .unconditional,
        help: ArgumentHelp(
            "How to print: "
                + OutputFormat.allCases.map { "\($0.rawValue) (\($0.meaning))" }.joined(separator: ", ") + ".",
            valueName: OutputFormat.allCases.map(\.rawValue).joined(separator: "|")))
    var format = "text"

    @Option(
        name: .customShort("e"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Print this field; repeat it for more. With -T fields, json, ek, pdml or ndjson.", valueName: "field"))
    var fields: [String] = []

    @Option(
        name: .customShort("E"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "With -T fields: header=y|n, separator=/t|/s|CHARACTER, occurrence=f|l|a, aggregator=,|/s|CHARACTER, "
                + "quote=d|s|n, escape=y|n, bom=y|n; repeat it for more.",
            valueName: "option"))
    var fieldOptions: [String] = []

    @Option(
        name: .long, parsing: .unconditional,
        help: ArgumentHelp(
            "Write every transaction and block into this folder, as <txid>.tx and <hash>.blk, of compact blocks as "
                + "<hash>.rebuilt.blk; never over another file. Also as bitcoin,FOLDER, tshark's form.",
            valueName: "folder"))
    var exportObjects: String?

    @Flag(name: .customLong("hex"), help: "With --export-objects: as hexadecimal text, in .tx.hex and .blk.hex.")
    var exportsHex = false

    @Option(
        name: .customShort("c"), parsing: .unconditional,
        help: ArgumentHelp("Stop after this many messages.", valueName: "count"))
    var count: UInt64?

    @Option(
        name: .customShort("t"), parsing: .unconditional,
        help: ArgumentHelp(
            "Show times as: r since the first frame, d and dd since the message before, e seconds since 1970, a and ad "
                + "local clock without and with date, u and ud the same in UTC.",
            valueName: "r|d|dd|e|a|ad|u|ud"))
    var time = "r"

    @Option(
        name: .customShort("u"), parsing: .unconditional,
        help: ArgumentHelp(
            "With -t r, d or dd: show seconds as such (s, the default), or as hours, minutes and seconds (hms).",
            valueName: "s|hms"))
    var seconds = "s"

    @Option(
        name: .customShort("d"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Treat the streams of this port, or of the ports from N to M, as Bitcoin's, besides 8333, 18333, 18444, 38333, "
                + "48333 and every stream that begins with a known message header.",
            valueName: "tcp.port==N[-M],bitcoin"))
    var decodeAs: [String] = []

    @Option(
        name: .long, parsing: .unconditional,
        help: ArgumentHelp(
            "Decrypt v2 connections (BIP 324) with the secrets in this file: lines of BIP324_SHARED_SECRET, the "
                + "initiator's key and the secret, in hexadecimal. BIP324_KEYLOG in the environment does the same.",
            valueName: "file"))
    var keylog: String?

    @Option(
        name: .long, parsing: .unconditional,
        help: ArgumentHelp(
            "With -i, as root: take the secrets of v2 connections from this running bitcoind, with bpftrace; a "
                + "program's path, or a process's number.",
            valueName: "path|pid"))
    var nodeKeys: String?

    @Option(
        name: .long, parsing: .unconditional,
        help: ArgumentHelp(
            "Print a bpftrace program that writes a key log of the bitcoind at this path on the host where it runs, and "
                + "end.",
            valueName: "path"))
    var printKeyProbe: String?

    @Option(
        name: .long, parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "With a key log: try this custom network too, by its magic bytes as on the wire.", valueName: "hex"))
    var magic: [String] = []

    @Flag(name: .long, help: "With -V or -x: show the encrypted bytes of v2 packets, too.")
    var encrypted = false

    @Option(
        name: .customShort("z"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "At the end, answer a question about the whole capture, or print a statistic: "
                + AskedStatistic.all.map { "\($0.name) (\($0.meaning))" }.joined(separator: "; ")
                + ". As a table, with -T ndjson or --json as data. Repeat it for more; help lists them.",
            valueName: AskedStatistic.all.map(\.name).joined(separator: "|")))
    var statistics: [String] = []

    @Flag(name: .long, help: "With -z flow: draw with ASCII alone, as where the locale is not UTF-8.")
    var ascii = false

    @Flag(name: .long, help: "With -z: print each answer as one line of JSON, and nothing else.")
    var json = false

    @Option(
        name: .long, parsing: .unconditional,
        help: ArgumentHelp(
            "With -z: the node that the capture is of, so that what it sent is told from what it received; several "
                + "addresses with commas. Unless set it is found where it can be.",
            valueName: "address|address:port"))
    var node: String?

    @Option(
        name: .long, parsing: .unconditional,
        help: ArgumentHelp(
            "Write what -z's questions tell, or all of them where none is asked, into this file, for Prometheus: at the "
                + "end, and with -i every 10 seconds.",
            valueName: "file"))
    var metrics: String?

    @Flag(
        name: .long,
        help: "Lines of answers say how long their requests have waited.")
    var relations = false

    @Option(
        name: .customShort("G"), parsing: .unconditional,
        help: ArgumentHelp(
            "Print a list and end: \(List.lists.joined(separator: ", ")); or a manual page: manual has all fields, messages "
                + "and remarks, statistics what -z can tell.",
            valueName: List.allCases.map(\.rawValue).joined(separator: "|")))
    var list: String?

    @OptionGroup var tshark: TsharkOptions

    @Option(
        name: .customShort("N"), parsing: .unconditional,
        help: ArgumentHelp("Accepted for compatibility with tshark: names are never looked up.", valueName: "flags"))
    var nameResolution: String?

    @Option(
        name: .customShort("o"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "tshark's preferences: gui.column.format chooses the columns of summary lines, as -G column-formats lists "
                + "them; accepted are those that ask for what is always done: "
                + Preferences.names.map { "\($0):TRUE" }.joined(separator: ", ") + ".", valueName: "preference:value"))
    var preferences: [String] = []

    @Flag(name: .customShort("n"), help: "Accepted for compatibility with tshark: names are never looked up.")
    var numeric = false

    @Flag(name: .customShort("l"), help: "Write each message at once, also into a pipe.")
    var lineBuffered = false

    @Flag(name: .customShort("q"), help: "Print no messages, only the closing counts.")
    var quiet = false

    @Flag(name: .customShort("Q"), help: "Print no closing counts, only errors.")
    var reallyQuiet = false

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Colour the output: auto (on a terminal, unless NO_COLOR is set), always (also without a value), never."))
    var color = ColorWhen.auto

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Hold at most this many MiB of one direction of a connection while bytes are missing or a message is "
                + "incomplete; then give the hole up.",
            valueName: "MiB"))
    var streamLimit = 33

    @Option(
        name: .long,
        help: ArgumentHelp("Hold at most this many MiB of all connections together.", valueName: "MiB"))
    var memoryLimit = 512

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Wait this many milliseconds of capture time for bytes that the other side has acknowledged.",
            valueName: "ms"))
    var gapGrace = 200

    @Flag(name: [.customShort("v"), .customLong("version")], help: "Print the version and end.")
    var version = false

    @Argument(
        help: ArgumentHelp(
            "A display filter, as with -Y; or with -r more captures, where they are none. ./NAME is always a file.",
            valueName: "filter"), completion: .file())
    var arguments: [String] = []

    /// The first of those to capture from; nil where nothing is captured.
    var interface: String? { interfaces.first }
}

enum ColorWhen: String, ExpressibleByArgument, CaseIterable {
    case auto, always, never
}
