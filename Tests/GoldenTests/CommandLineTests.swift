import Foundation
import Testing

@testable import btcshark

/// What a shell and its scripts rely on.
@Suite struct GoldenCommandLineTests {
    /// The same as tshark 4.0's; ``GoldenOracleTests`` compares.
    @Test(
        arguments: [
            (0, "-r captures/handshake.pcap"), (0, "-r Inputs/header-only.pcap"), (0, "--help"), (0, "-h"),
            (0, "-v"), (0, "--version"), (0, "-r captures/handshake.pcap -q"), (0, "-r captures/handshake.pcap -Q"),
            (0, "-nr captures/handshake.pcap -c5"), (0, "-Vxr captures/handshake.pcap"),
            (0, "-rcaptures/handshake.pcap -tud -c1"), (0, "-r captures/handshake.pcap -Tfields -ebitcoin.command"),
            (1, "-r"), (1, "--nonsense"), (1, "-r captures/handshake.pcap -Z"), (1, "captures/handshake.pcap"),
            (1, "-r captures/handshake.pcap -c 0"), (1, "-r captures/handshake.pcap -c x"),
            (1, "-r captures/handshake.pcap -c -1"), (1, "-r captures/handshake.pcap -c 99999999999999999999"),
            (1, "-r captures/handshake.pcap -t zz"), (1, "-r captures/handshake.pcap -T nonsense"),
            (1, "-r captures/handshake.pcap -T fields"), (1, "-r captures/handshake.pcap -e bitcoin.command"),
            (1, "-r captures/handshake.pcap -T fields -e nonsense"), (1, "-r captures/handshake.pcap -d nonsense"),
            (1, "-r nothing.pcap --nonsense"), (2, "-r nothing.pcap"), (2, "-r Inputs"), (2, "-r Inputs/empty.pcap"),
            (2, "-r Inputs/text.pcap"), (2, "-r Inputs/cut.pcap"), (2, "-r Inputs/usb.pcap"),
            (2, "-r captures/handshake.pcap -r nothing.pcap"), (2, "-r nothing.pcap -q -Q"),
        ] as [(Int32, String)])
    func exitStatus(_ status: Int32, _ line: String) throws {
        let outcome = try Program.run(line.split(separator: " ").map(String.init))
        #expect(outcome.status == status && !outcome.signalled, "\(outcome.errorText)")
        #expect(status == 0 || !outcome.errors.isEmpty, "a failure says why")
        #expect(status != 1 || outcome.output.isEmpty, "a wrong command line gives no output")
    }

    @Test func errorsGoToStandardErrorAlone() throws {
        let outcome = try Program.run(["-r", "captures/handshake.pcap", "-c", "2"])
        #expect(outcome.errors.isEmpty && outcome.outputText.split(separator: "\n").count == 2)
        let quiet = try Program.run(["-r", "captures/handshake.pcap", "-q"])
        #expect(quiet.output.isEmpty && quiet.errorText.hasPrefix("41 packets, 1 TCP connection, "))
        #expect(try Program.run(["-r", "captures/handshake.pcap", "-q", "-Q"]).errors.isEmpty)
    }

    /// Whatever stands in an argument: none of it steers the terminal.
    @Test func errorsQuoteHarmlessly() throws {
        let evil = "a\u{1b}[31mb\u{202e}c"
        let file = ["-r", "captures/handshake.pcap"]
        let lines = [
            ["-r", evil], ["--" + evil], [evil], file + [evil], file + ["-Y", evil], file + ["-Y", "\"" + evil],
            file + ["-Y", "bitcoin." + evil], file + ["-T", evil], file + ["-T", "fields", "-e", evil],
            file + ["-t", evil], file + ["-z", evil], file + ["-d", evil], file + ["--find", evil],
            file + ["--magic", evil], file + ["--keylog", evil], file + ["-o", evil], file + ["-w", evil + "/x"],
            file + ["--node", evil, "-z", "census"], file + ["-E", evil, "-T", "fields", "-e", "bitcoin"],
            file + ["--export-objects", evil + "/x/y"], ["-i", evil], ["-i", "lo", "-a", evil],
            ["-i", "lo", "-b", evil],
            ["-i", "lo", "-f", evil], ["--decode", evil], ["--decode", "00", "--as", evil], ["-G", evil],
            ["build", evil], ["build", "ping", evil], ["help", evil], ["--print-key-probe", evil],
        ]
        for line in lines {
            let outcome = try Program.run(line)
            #expect(outcome.status != 0, "\(line.count) \(outcome.errorText)")
            let isHarmless = outcome.errorText.unicodeScalars.allSatisfy { $0.value != 0x1b && $0.value != 0x202e }
            #expect(isHarmless, "\(outcome.errorText.debugDescription)")
        }
    }

    /// Nothing is said of a capture that will not be.
    @Test func mistypedCommandsAreSuggested() throws {
        for (line, name) in [(["reprot", "-r", "x"], "report"), (["biuld", "ping"], "build")] {
            let outcome = try Program.run(line)
            #expect(outcome.status != 0 && outcome.errorText.contains("Did you mean \(name)?"), "\(outcome.errorText)")
            #expect(!outcome.errorText.contains("capturing on"))
        }
    }

    @Test func helpAndVersion() throws {
        for option in ["-h", "--help"] {
            let help = try Program.run([option])
            #expect(help.outputText.contains("USAGE: btcshark -r <file>") && help.errors.isEmpty)
        }
        for option in ["-v", "--version"] {
            let version = try Program.run([option])
            #expect(version.outputText.hasPrefix("btcshark ") && version.errors.isEmpty)
            #expect(version.outputText.contains("libpcap"))
            // How it was built: as this test bundle, without any archive.
            #expect(
                version.outputText.contains(
                    #/(?m)^(Optimised d|D)ebug build for Linux on \w+\. Shared: Swift 6\.[0-9.]+ /#))
            #expect(version.outputText.contains("/libpcap.so"))
        }
    }

    @Test func whatCouldBeReadIsPrinted() throws {
        let cut = try Program.run(["-r", "Inputs/cut.pcap"])
        let whole = try Program.run(["-r", "captures/handshake.pcap"])
        #expect(!cut.output.isEmpty && whole.outputText.hasPrefix(cut.outputText))
        #expect(cut.errorText.contains("Inputs/cut.pcap: is cut short at frame 9"))
    }

    /// A header that claims 4 GiB costs no message but itself, wherever it stands.
    /// One file that ends too early does not keep the others from being read.
    @Test func whatIsBehindACutFileIsRead() throws {
        let one = try Program.run(["-r", "captures/relay.pcap"]).outputText.split(separator: "\n").count
        let cut = Program.workspace.appendingPathComponent("cut-\(UUID()).pcap")
        let whole = try Data(contentsOf: Program.root.appendingPathComponent("captures/handshake.pcap"))
        try whole.dropLast(5).write(to: cut)
        defer { try? FileManager.default.removeItem(at: cut) }
        let both = try Program.run(["-r", cut.path, "-r", "captures/relay.pcap"])
        #expect(both.status == 2)
        #expect(both.outputText.split(separator: "\n").count > one)
        #expect(both.errorText.contains(cut.path))
    }

    /// A name that was mistyped must not cost the file of the time before.
    @Test func nothingIsWrittenOfAnInputThatIsNotThere() throws {
        let file = Program.workspace.appendingPathComponent("kept-\(UUID()).pcap")
        try Data("as it was".utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        #expect(try Program.run(["-r", "no-such.pcap", "-w", file.path]).status == 2)
        #expect(try Data(contentsOf: file) == Data("as it was".utf8))
    }

    @Test(arguments: ["huge-length.pcap", "huge-length-first.pcap"])
    func anAbsurdLengthIsToldAndPassedOver(_ name: String) throws {
        let lines = try Program.run(["-r", "Inputs/\(name)"]).outputText.split(separator: "\n")
        #expect(lines.filter { $0.contains(" ping") }.count == (name == "huge-length.pcap" ? 3 : 2), "\(lines)")
        #expect(
            lines.filter { $0.contains(" inv") && $0.contains("[4294967295 bytes claimed]") }.count == 1, "\(lines)")
    }

    /// As in `btcshark … | head`: whatever is in the capture, nobody hears of it.
    @Test(arguments: [
        "handshake.pcap", "relay.pcap", "bloom-filter.pcap", "block-filters.pcap", "relay-v2-encrypted.pcap",
    ])
    func aReaderMayGoAway(_ name: String) throws {
        for options in [[], ["-V", "-x", "--full"], ["-l"], ["-T", "fields", "-e", "bitcoin.command"]] {
            let pipe = Pipe()
            try pipe.fileHandleForReading.close()
            let outcome = try Program.run(
                ["-r", "captures/\(name)"] + options, output: pipe.fileHandleForWriting)
            try pipe.fileHandleForWriting.close()
            #expect(outcome.status == 0 && !outcome.signalled, "\(options)")
            #expect(outcome.errorText == "", "\(options)")
        }
    }

    /// What is unfinished because nobody reads any more is no news.
    @Test func aReaderMayGoAwayInTheMiddleOfAMessage() throws {
        let pipe = Pipe()
        try pipe.fileHandleForReading.close()
        let outcome = try Program.run(["-l", "-r", "Inputs/half.pcap"], output: pipe.fileHandleForWriting)
        try pipe.fileHandleForWriting.close()
        #expect(outcome.status == 0 && outcome.errorText == "")
        #expect(try Program.run(["-r", "Inputs/half.pcap"]).outputText.split(separator: "\n").count == 2)
    }

    @Test(arguments: [["-r", "captures/handshake.pcap"], ["-l", "-V", "-r", "captures/relay.pcap"]])
    func aFullDiskIsAnError(_ arguments: [String]) throws {
        let full = try #require(FileHandle(forWritingAtPath: "/dev/full"))
        let outcome = try Program.run(arguments, output: full)
        try full.close()
        #expect(outcome.status == 2 && !outcome.signalled)
        #expect(outcome.errorText.contains("btcshark: cannot write the output: No space left on device\n"))
    }

    @Test func optionsMayBeJoinedAsInGetopt() throws {
        let expected = try Program.run(["-n", "-r", "captures/handshake.pcap", "-c", "5"]).output
        #expect(!expected.isEmpty)
        for line in [
            "-lnlrcaptures/handshake.pcap -nlc5", "-nr captures/handshake.pcap -c5", "-nrcaptures/handshake.pcap -c5",
            "-lnr captures/handshake.pcap -c 5",
            "-nc5 -r captures/handshake.pcap", "-lnc 5 -rcaptures/handshake.pcap",
        ] {
            let outcome = try Program.run(line.split(separator: " ").map(String.init))
            #expect(outcome.output == expected, "\(line): \(outcome.errorText)")
        }
    }

    /// What takes clusters of letters apart knows the letters of the help, and which of them take a value.
    @Test func clustersKnowAllLetters() throws {
        var flags: Set<Character> = []
        var options: Set<Character> = []
        for line in try Program.run(["--help"]).outputText.split(separator: "\n") {
            guard let name = line.prefixMatch(of: /\ \ -([A-Za-z0-9])(, --[a-z-]+)?( <)?/) else { continue }
            if name.3 == nil { flags.formUnion(name.1) } else { options.formUnion(name.1) }
        }
        #expect(flags == LetterClusters.flags)
        #expect(options == LetterClusters.options)
    }

    @Test func aRepeatedFileIsReadTwice() throws {
        let twice = try Program.run(["-r", "captures/handshake.pcap", "-r", "captures/handshake.pcap", "-q"])
        #expect(twice.status == 0 && twice.errorText.contains("\n82 packets, "))
    }

    @Test func standardInputIsAFileLikeAnyOther() throws {
        let content = try Data(contentsOf: Program.root.appendingPathComponent("captures/handshake.pcap"))
        let outcome = try Program.run(["-r", "-"], input: content)
        #expect(outcome.output == (try Program.run(["-r", "captures/handshake.pcap"]).output))
    }

    @Test func fieldsAreSuggested() throws {
        for (wrong, right) in [
            ("bitcoin.comand", "bitcoin.command"), ("bitcoin.inv.hsh", "bitcoin.inv.hash"),
            ("frame.nmber", "frame.number"), ("Bitcoin.Command", "bitcoin.command"), ("ip.source", "ip.src"),
        ] {
            let outcome = try Program.run(["-r", "captures/handshake.pcap", "-T", "fields", "-e", wrong])
            let isFirst = outcome.errorText.contains("Did you mean \(right)")
            #expect(isFirst, "\(outcome.errorText)")
        }
        let outcome = try Program.run(["-r", "captures/handshake.pcap", "-T", "fields", "-e", "zzzzzzzz"])
        #expect(!outcome.errorText.contains("Did you mean"))
    }
}

@Suite struct GoldenPipeTests {
    /// Records that wait for bytes of another stream do so only while something comes.
    @Test func whoWritesAPipeMaySayNothing() throws {
        let outcome = try Program.shell(
            """
            folder=$(mktemp -d)
            : > $folder/lines
            {
                cat Inputs/hole.pcap
                turn=0
                while [ $(wc -l < $folder/lines) -lt 13 ] && [ $turn -lt 600 ]; do turn=$((turn + 1)); sleep 0.05; done
                wc -l < $folder/lines > $folder/before
                # The shell becomes its last command, which would let go of the pipe before it counts.
                true
            } | btcshark -r - -l -Q > $folder/lines
            cat $folder/before
            wc -l < $folder/lines
            rm -r $folder
            """)
        #expect(outcome.outputText == "13\n18\n")
    }
}

@Suite struct GoldenColourTests {
    private func run(_ options: [String], _ environment: [String: String] = [:]) throws -> String {
        try Program.run(["-r", "Inputs/huge-count.pcap"] + options, environment: environment).outputText
    }

    @Test func onlyWhereItIsAskedFor() throws {
        for options in [[], ["-V"], ["-V", "-x"]] {
            let plain = try run(options)
            #expect(!plain.contains("\u{1b}"), "standard output is no terminal")
            #expect(try run(options + ["--color", "never"]) == plain)
            #expect(try run(options + ["--color", "auto"], ["NO_COLOR": "1"]) == plain)
            let coloured = try run(options + ["--color", "always"], ["NO_COLOR": "1"])
            #expect(coloured.contains("\u{1b}[31m"))
            // tshark's has no value, and takes none of what follows.
            #expect(try run(["--color"] + options, ["NO_COLOR": "1"]) == coloured)
            #expect(try run(options + ["--color", "bitcoin.inv"]) == coloured)
            #expect(coloured.replacing(/\u{1b}\[[0-9;]*m/, with: "") == plain, "nothing else differs")
        }
    }

    /// So that a line that is cut out by a pager or grep colours nothing else.
    @Test func eachLineEndsItsColours() throws {
        for line in try run(["-V", "--color", "always"]).split(separator: "\n") {
            let codes = line.matches(of: /\u{1b}\[([0-9;]*)m/).map(\.1)
            #expect(codes.isEmpty || codes.first != "0" && codes.last == "0", "\(line.debugDescription)")
        }
    }
}
