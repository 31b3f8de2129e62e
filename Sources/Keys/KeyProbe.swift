/// The bpftrace program that prints the secret of each v2 connection as its node computes it.
///
/// libsecp256k1's function is `secp256k1_ellswift_xdh(ctx, output, ell_a64, ell_b64, seckey32, party, hashfp, data)`:
/// argument 1 receives the 32 bytes of the secret, argument 2 is the initiator's key, whichever side the node is.
public enum KeyProbe {
    /// The function that is watched.
    public static let symbol = "secp256k1_ellswift_xdh"

    /// What the program prints, several times a second, as long as it watches. bpftrace prints nothing before all its
    /// probes are attached; and what it prints after we are gone ends it, by SIGPIPE.
    static let watching = "# watching"

    /// They end the quoted name, or stand for other names.
    static let refusedCharacters: [Character] = ["\"", "\\", "*", "?", "[", "]"]

    /// The program with comments, for people who run it themselves.
    ///
    /// - Parameter path: The node's program on the host where it will run; it need not exist here.
    public static func text(for path: String) throws(NodeKeysError) -> String {
        guard path.hasPrefix("/") else { throw .notAbsolute(path) }
        guard isUsable(path) else { throw .unusableName(path) }
        let place = ProbePlace(inFile: path)
        let program = try program(for: place, process: nil)
        let run = (["bpftrace", "-q"] + place.options).joined(separator: " ")
        return """
            #!/usr/bin/env bpftrace
            // Prints the shared secret of each v2 connection (BIP 324) that a Bitcoin node makes, as a key log.
            //
            // Run it on the node's host as root, before the connections are made, and end it with Ctrl-C:
            //
            //     umask 077; sudo \(run) probe.bt >> node.keys
            //
            // and read a capture of the same connections with it, there or elsewhere:
            //
            //     btcshark -r node.pcap --keylog node.keys
            //
            \(place.number == nil ? named(place) : searched)
            //
            // It watches all processes of that file, and needs to be started again when the file was replaced.
            // A secret opens the one connection it is of, for anybody who has it: keep the file to yourself.

            \(program)

            """
    }

    /// The program that our helper runs.
    ///
    /// - Parameter process: As bpftrace sees it; nil for all that run the program.
    static func watcher(of place: ProbePlace, process: Int32?) throws(NodeKeysError) -> String {
        // Not BEGIN, which a stripped bpftrace does not have.
        try program(for: place, process: process) + "\n\ninterval:ms:250 {\n    printf(\"\(watching)\\n\");\n}\n"
    }

    private static func named(_ place: ProbePlace) -> String {
        """
        // It works with a bitcoind that has its symbols: built by yourself and not stripped, or a release with its
        // debug file, bitcoind.dbg, beside it. For a stripped one print this program on the host that has it. bpftrace
        // tells whether it finds the function:
        //
        //     sudo bpftrace -l '\(place.probe("uprobe"))'
        """
    }

    private static let searched = """
        // The file is stripped. btcshark found the function's place in it, which bpftrace watches only with --unsafe;
        // of another file, such as the next release, the place is another.
        """

    static func isUsable(_ path: String) -> Bool {
        path.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7f..<0xa0).contains($0.value) }
            && !path.contains { refusedCharacters.contains($0) }
    }

    private static func program(for place: ProbePlace, process: Int32?) throws(NodeKeysError) -> String {
        guard isUsable(place.path) else { throw .unusableName(place.path) }
        let digits = String(repeating: "%016lx", count: 8) + " " + String(repeating: "%016lx", count: 4)
        let words = (0..<8).map { word("$key", 8 * $0) } + (0..<4).map { word("$output", 8 * $0) }
        return """
            \(place.probe("uprobe"))\(process.map { " /pid == \($0)/" } ?? "") {
                @key[tid] = arg2;
                @output[tid] = arg1;
            }

            \(place.probe("uretprobe")) /@output[tid]/ {
                $key = @key[tid];
                $output = @output[tid];
                if ((uint32)retval == 1) {
                    printf("BIP324_SHARED_SECRET \(digits)\\n",
                        \(words.joined(separator: ",\n            ")));
                }
                delete(@key[tid]);
                delete(@output[tid]);
            }
            """
    }

    /// Eight bytes as one number in network byte order: numbers are printed alike by all versions of bpftrace, bytes
    /// are not, and one `printf` has no room for 96 of them.
    private static func word(_ pointer: String, _ offset: Int) -> String {
        (0..<8).map { index in
            "((uint64)*(uint8*)(\(pointer) + \(offset + index)) << \(56 - 8 * index))"
        }.joined(separator: " | ")
    }
}
