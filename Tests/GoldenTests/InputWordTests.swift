import Dissector
import Foundation
import Testing

@testable import btcshark

/// What is read of the words of a command line: files as the shell gives them, folders, filters.
@Suite struct InputWordTests {
    /// Of the working folder.
    private let folder: URL
    private let name = "words-\(UUID())"

    init() throws {
        Pipeline.declareFields()
        folder = Program.workspace.appendingPathComponent(name)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    private func copy(_ capture: String, as name: String) throws {
        try Data(Inputs.capture(capture)).write(to: folder.appendingPathComponent(name))
    }

    /// Runs a line of shell in the folder; answers how many packets were read, and all that was said.
    private func run(_ line: String) throws -> (packets: Int?, status: Int32, errors: String) {
        let outcome = try Program.shell("cd '\(name)' && \(line)")
        let packets = outcome.errorText.firstMatch(of: #/([0-9]+) packets?, /#).flatMap { Int($0.1) }
        return (packets, outcome.status, outcome.errorText)
    }

    private func end() { try? FileManager.default.removeItem(at: folder) }

    // MARK: Words

    private func files(_ words: [String], hasFilter: Bool = false) -> [String] {
        InputWords(words, hasFilter: hasFilter).files
    }

    @Test func filtersAreFilters() throws {
        defer { end() }
        for words in [
            [], ["tcp"], ["bitcoin.command", "==", "ping"], ["ip.src == 10.0.0.1"], ["not", "tcp"],
            // A word that is neither is of the filter, which says what is wrong with it.
            ["nothing.pcap"], ["bitcoin.command", "==="],
        ] {
            let found = InputWords(words, hasFilter: false)
            #expect(found.files.isEmpty && found.filter == words && found.hidden.isEmpty)
        }
    }

    @Test func pathsAreFiles() {
        let root = Program.root.path
        let readme = root + "/README.md"
        #expect(files([readme]) == [readme])
        #expect(files([readme, readme, "tcp"]) == [readme, readme])
        #expect(files([readme, "bitcoin.command", "==", "version"]) == [readme])
        #expect(files(["tcp", readme, root]) == [readme, root], "the filter first")
        // What can be nothing else, though it is not there.
        #expect(files(["./tcp", "../tcp", "/tcp", "-"]) == ["./tcp", "../tcp", "/tcp", "-"])
        #expect(files(["frame.len", "/", "2", "==", "3"]).isEmpty)
        // Where there is a filter already, nothing else.
        #expect(files([readme, "tcp", "no.pcap"], hasFilter: true) == [readme, "tcp", "no.pcap"])
    }

    @Test func whatTheShellGives() throws {
        defer { end() }
        try copy("handshake.pcap", as: "a.pcap")
        try copy("relay.pcap", as: "b.pcap")
        try copy("addrv2.pcap", as: "c d.pcap")
        let all = try run("btcshark -q -r a.pcap -r b.pcap -r 'c d.pcap'").packets
        let (second, third) = (try run("btcshark -q -r b.pcap").packets, try run("btcshark -q -r 'c d.pcap'").packets)
        #expect(try #require(all) == 41 + #require(second) + #require(third))
        for line in [
            "-q -r *.pcap", "-r *.pcap -q", "-q -r *.pcap tcp", "-q -r *.pcap bitcoin.command == version",
            "-q -r *.pcap 'bitcoin.ping or bitcoin.pong'", "-q -r a.pcap tcp [b-c]*", "-qr *.pcap",
            "-q -r *.pcap -Y tcp",
            "-q -r a.pcap -- b.pcap 'c d.pcap'", "-q -r a.pcap -r b.pcap c*", "-q -r .", "-q -r ./", "-q -r $PWD",
            "-q -r a.pcap - 'c d.pcap' <b.pcap",
        ] {
            let found = try run("btcshark \(line)")
            #expect(found.packets == all && found.status == 0, "\(line): \(found.errors)")
        }
        let filtered = try run("btcshark -q -r *.pcap bitcoin.command == version")
        #expect(filtered.errors.contains(", 10 shown\n"), "\(filtered.errors)")
        #expect(try run("btcshark -q -r *.pcap nonsense").status == 2)
        let missing = try run("btcshark -q -r *.pcap e.pcap")
        #expect(missing.status == 2 && missing.errors.contains("nor is there a file 'e.pcap'"))
        let path = try run("btcshark -q -r *.pcap ./e.pcap")
        #expect(path.status == 2 && path.packets == all && path.errors.contains("./e.pcap: cannot be opened"))
        let twice = try run("btcshark -q -r a.pcap -Y tcp nothing")
        // With -Y every word is a file.
        #expect(twice.status == 2 && twice.errors.contains("nothing: cannot be opened"))
    }

    /// Files that are called as fields are.
    @Test func aFilterAndAFile() throws {
        defer { end() }
        for name in ["a.pcap", "tcp", "ip", "-x.pcap"] { try copy("handshake.pcap", as: name) }
        let filter = try run("btcshark -q -r a.pcap tcp")
        #expect(filter.packets == 41 && filter.errors.contains("41 packets") && filter.errors.contains("shown"))
        #expect(filter.errors.contains("'tcp' is taken for a display filter; the file of this name is ./tcp"))
        #expect(try run("btcshark -Q -r a.pcap tcp").errors == "")
        #expect(try run("btcshark -q -r a.pcap ./tcp").packets == 82)
        #expect(try run("btcshark -q -r a.pcap tcp -Y ip").packets == 82)
        #expect(try run("btcshark -q -r tcp").packets == 41)
        #expect(try run("btcshark -q -r -x.pcap a.pcap").packets == 82)
        #expect(try run("btcshark -q -r a.pcap -- -x.pcap").packets == 82)
        #expect(try run("btcshark -q -r ./*").packets == 4 * 41)
        // Two words that are filters are none together.
        let both = try run("btcshark -q -r *")
        #expect(both.status == 2 && both.errors.contains("'ip' is taken for a display filter"))
    }

    @Test func aFileAlone() throws {
        defer { end() }
        try copy("handshake.pcap", as: "a.pcap")
        let file = try run("btcshark a.pcap")
        #expect(file.status == 1 && file.errors.contains("name it with -r: btcshark -r a.pcap\n"))
        let all = try run("btcshark .")
        #expect(all.status == 1 && all.errors.contains("To read the captures in '.', name it with -r: btcshark -r .\n"))
    }

    // MARK: Folders

    @Test(.timeLimit(.minutes(2))) func aFolder() throws {
        defer { end() }
        try copy("handshake.pcap", as: "a.pcap")
        try copy("addrv2.pcap", as: "b")
        try copy("relay.pcap", as: ".hidden.pcap")
        try Data("text".utf8).write(to: folder.appendingPathComponent("notes\u{1b}[2J.txt"))
        try FileManager.default.createDirectory(
            at: folder.appendingPathComponent("below"), withIntermediateDirectories: false)
        try copy("relay.pcap", as: "below/c.pcap")
        let both = try #require(try run("btcshark -q -r a.pcap b").packets)
        let found = try run("mkfifo fifo.pcap; ln -s loop loop; ln -s a.pcap z.pcap; btcshark -q -r .")
        #expect(found.packets == both && found.status == 0)
        #expect(
            found.errors.contains(
                "btcshark: .: ignored: 1 file that is no capture (notes\\x1b[2J.txt), 1 folder, 1 hidden file, 1 FIFO, socket "
                    + "or device, 1 link that leads nowhere, 1 further name of a file that is read\n"),
            "\(found.errors)")
        #expect(try run("btcshark -Q -r .").errors == "")
        let relay = try #require(try run("btcshark -q -r below").packets)
        #expect(try run("btcshark -q -r . -r below").packets == both + relay)
        #expect(try run("btcshark -q -r . below").packets == both + relay)
        // One that is named besides is read once.
        #expect(try run("btcshark -q -r . -r a.pcap").packets == both)
        #expect(try run("btcshark -q -r . -2").packets == both)
        let names = try Program.run(["-r", name, "-Q", "-T", "fields", "-e", "frame.file"]).outputText
        #expect(Set(names.split(separator: "\n").map(String.init)) == [name + "/a.pcap", name + "/b"])
    }

    /// The first run's output is no input of the second.
    @Test func whatIsWrittenIntoIt() throws {
        defer { end() }
        try copy("handshake.pcap", as: "a.pcap")
        #expect(
            try run("btcshark -r a.pcap -w other; btcshark -r . -w out.pcap && cmp other out.pcap && rm other").status
                == 0)
        let written = try Data(contentsOf: folder.appendingPathComponent("out.pcap"))
        #expect(!written.isEmpty)
        #expect(try run("btcshark -r . -w out.pcap").errors == "btcshark: .: ignored: the file that -w writes\n")
        #expect(try Data(contentsOf: folder.appendingPathComponent("out.pcap")) == written)
        let packets = try #require(try run("btcshark -q -r out.pcap").packets)
        #expect(try run("btcshark -q -r .").packets == 41 + packets)
        // Named itself, it would be lost.
        #expect(try run("btcshark -r a.pcap -w a.pcap").errors.contains("is one of the files that are read"))
    }

    @Test func nothingInIt() throws {
        defer { end() }
        try copy("handshake.pcap", as: "a.pcap")
        let empty = try run("mkdir empty; btcshark -q -r empty")
        #expect(empty.status == 2 && empty.packets == nil)
        #expect(
            empty.errors
                == "btcshark: empty: holds no capture of packets, and no msgs_recv.dat or msgs_sent.dat, as a node writes "
                + "them with -capturemessages\n")
        // The others are read.
        let beside = try run("btcshark -q -r empty -r a.pcap")
        #expect(beside.status == 2 && beside.packets == 41)
        let above = try run("mkdir -p above/below; cp a.pcap above/below; btcshark -r above")
        #expect(above.status == 2 && above.errors.contains("name those folders"))
        #expect(try run("btcshark -q -r above/*/").packets == 41)
    }

    @Test func messageCaptures() throws {
        defer { end() }
        let captures = Program.root.appendingPathComponent("captures/message-capture").path
        let own = try Program.run(["-r", captures, "-T", "tabs", "-Q"])
        let found = try run("cp -r '\(captures)' node; echo x > node/notes; btcshark -q -r node")
        #expect(
            found.status == 0 && found.errors.contains("btcshark: node: ignored: 1 file that is no capture (notes)\n"))
        #expect(try Program.run(["-r", name + "/node", "-T", "tabs", "-Q"]).outputText == own.outputText)
        // Both kinds in one folder.
        let file = try #require(
            FileManager.default.enumerator(atPath: captures)?.compactMap { $0 as? String }.sorted().first {
                $0.hasSuffix("msgs_recv.dat")
            })
        try copy("handshake.pcap", as: "a.pcap")
        let mixed = try run("cp '\(captures)/\(file)' .; btcshark -q -r .")
        #expect(mixed.status == 1 && mixed.errors.contains("which cannot be read as one"))
        #expect(try run("btcshark -q -r *").status == 1)
    }

    @Test func manyFiles() throws {
        defer { end() }
        for index in 0..<300 { try copy("handshake.pcap", as: "\(index).pcap") }
        let found = try run("btcshark -q -r *.pcap")
        #expect(found.packets == 300 * 41)
        #expect(try run("btcshark -q -r .").packets == 300 * 41)
    }

    // MARK: The file's name

    @Test func frameFile() throws {
        let inputs = ["-r", "captures/handshake.pcap", "captures/relay.pcap"]
        func values(_ arguments: [String]) throws -> [String] {
            try Program.run(inputs + ["-Q"] + arguments).outputText.split(separator: "\n").map(String.init)
        }
        let column = ["-T", "fields", "-e", "frame.file"]
        #expect(try Set(values(column)) == Set(inputs.dropFirst()))
        let some = try values(column + ["frame.file contains \"hand\""])
        #expect(Set(some) == ["captures/handshake.pcap"])
        let data = try Program.run(["-r", "captures/handshake.pcap", "-Q", "-T", "ndjson", "-c", "1"]).outputText
        #expect(data.contains("\"frame.file\":\"captures/handshake.pcap\""), "\(data)")
        let piped = try Program.shell("cat captures/handshake.pcap | btcshark -Q -r - -c 1 -T fields -e frame.file")
        #expect(piped.outputText == "-\n")
        // Of the message captures of a node, too.
        let node = try Program.run(["-r", "captures/message-capture", "-Q"] + column).outputText
        #expect(node.split(separator: "\n").allSatisfy { $0.hasSuffix(".dat") } && !node.isEmpty)
        // It is in no tree for people, and in no line.
        #expect(try !values(["-V"]).contains { $0.contains("handshake.pcap") })
    }
}
