import ArgumentParser
import Insight
import Output

/// What is captured from interfaces, and for how long.
struct InterfaceOptions: ParsableArguments {
    @Option(
        name: [.customShort("i"), .customLong("interface")], parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Capture from this interface, by name or number of the list of -D; any is all of them. Repeat it for several. "
                + "- and a FIFO are read as with -r. "
                + "Without it and -r: from the first that is no loopback.",
            valueName: "interface"),
        completion: .interfaces)
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
            valueName: "filter"),
        completion: .nothing)
    var captureFilter: String?

    @Option(
        name: [.customShort("s"), .customLong("snapshot-length")], parsing: .unconditional,
        help: ArgumentHelp("With -i: capture at most this many bytes of each packet; 0 is all.", valueName: "bytes"),
        completion: .nothing)
    var snapLength: Int?

    @Flag(
        name: [.customShort("p"), .customLong("no-promiscuous-mode")],
        help: "With -i: do not put the interface into promiscuous mode.")
    var noPromiscuity = false

    @Option(
        name: [.customShort("B"), .customLong("buffer-size")], parsing: .unconditional,
        help: ArgumentHelp("With -i: the size of the kernel's buffer; 16 unless set.", valueName: "MiB"),
        completion: .nothing)
    var bufferSize: Int?

    @Flag(
        name: .long,
        help: ArgumentHelp(
            "With -i: show open connections and commands with their rates, each second anew, instead of messages; into a "
                + "pipe one table after the other."))
    var top = false

    @Flag(
        name: .long,
        help: "With -i: wait for an interface that is not there, is down, or goes away, instead of ending.")
    var waitInterface = false

    @Option(
        name: [.customShort("a"), .customLong("autostop")], parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "With -i: stop after N seconds, kB of the file, files or packets; repeat it for more.",
            valueName: "duration:N|filesize:N|files:N|packets:N"),
        completion: .limits(["duration", "filesize", "files", "packets"]))
    var autostop: [String] = []

    @Option(
        name: [.customShort("b"), .customLong("ring-buffer")], parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "With -i and -w: begin the next file after N seconds, kB or packets, and keep only the last N files; "
                + "repeat it for more.",
            valueName: "duration:N|filesize:N|packets:N|files:N"),
        completion: .limits(["duration", "filesize", "packets", "files"]))
    var ring: [String] = []

    @Option(
        name: .customShort("Z"), parsing: .unconditional,
        help: ArgumentHelp(
            "With -i, as root: become this user once the interface is open; the default is the user who called sudo.",
            valueName: "user"),
        completion: .users)
    var user: String?
}
