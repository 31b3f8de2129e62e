import Foundation
import Testing

/// What `---complete` answers to the scripts of shells.
@Suite struct GoldenCompletionTests {
    private struct Answer {
        var head: String
        var candidates: [String]
        var meanings: [String]

        init(_ text: String) {
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            head = lines.first ?? ""
            let rest = lines.dropFirst().filter { !$0.isEmpty }.map { $0.split(separator: "\t").map(String.init) }
            candidates = rest.map { $0.first ?? "" }
            meanings = rest.map { $0.count > 1 ? $0[1] : "" }
        }
    }

    /// As fish asks: words without the program, the last one at the cursor.
    private func answer(_ words: String...) throws -> Answer {
        let outcome = try Program.run(["---complete", "fish"] + words)
        #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(words): \(outcome.errorText)")
        return Answer(outcome.outputText)
    }

    @Test func values() throws {
        #expect(try answer("-T", "js").candidates == ["json", "jsonraw"])
        #expect(try answer("-lnT", "js").candidates == ["json", "jsonraw"], "of the last letter of a cluster")
        #expect(try answer("-Tnd").candidates == ["-Tndjson"])
        #expect(try answer("-lTnd").candidates == ["-lTndjson"])
        #expect(try answer("-r", "file", "-z", "lat").candidates == ["latency"])
        #expect(try answer("-z", "latency", "-z", "lat").candidates == ["latency"])
        #expect(
            try answer("--generate-completion-script", "").candidates == ["bash", "zsh", "fish"])
        #expect(try answer("-G", "").candidates.starts(with: ["fields", "messages", "expert"]))
        #expect(try answer("-t", "u").candidates == ["u", "ud", "udoy"])
        #expect(try answer("-u", "").candidates == ["s", "hms"])
        #expect(try answer("-F", "pcapn").candidates == ["pcapng"])
        #expect(try answer("--network", "test").candidates.starts(with: ["testnet3", "testnet4"]))
        #expect(try answer("--network=sig").candidates == ["--network=signet"])
        #expect(try answer("--color", "al").candidates == ["always"])
        #expect(try answer("-i", "l").candidates.contains("lo"))
        #expect(try answer("-Z", "roo").candidates.contains("root"))
        #expect(try answer("-b", "file").candidates == ["filesize:", "files:"])
        #expect(try answer("-b", "file").head == "none 0 open")
        let preferences = try answer("-o", "")
        #expect(preferences.candidates.contains("tcp.desegment_tcp_streams:TRUE"))
        #expect(try answer("-o", "gui").candidates == ["gui.column.format:"])
        #expect(try answer("-o", "gui").head == "none 0 open" && !preferences.meanings.contains(""))
        #expect(try answer("--decode", "00", "--as", "cmpct").candidates == ["cmpctblock"])
        #expect(try answer("-c", "").candidates.isEmpty)
        #expect(try answer("-c", "").head == "none 0")
    }

    @Test func files() throws {
        for option in ["-r", "-w", "--keylog", "--metrics", "-nr"] {
            let answer = try answer(option, "x")
            #expect(answer.head == "files 0" && answer.candidates.isEmpty, "\(option)")
        }
        #expect(try answer("--export-objects", "").head == "folders 0")
        #expect(try answer("-rx").head == "files 2")
        #expect(try answer("-nrx").head == "files 3")
        #expect(try answer("--keylog=x").head == "files 9")
        #expect(try answer("report", "x").head == "files 0")
        #expect(try answer("report", "-o", "x").head == "files 0")
        let mixed = try answer("-r", "x", "captures/")
        #expect(mixed.head == "files 0" && mixed.candidates.isEmpty)
        #expect(try answer("--", "-x").head.hasPrefix("files"))
    }

    @Test func commands() throws {
        #expect(try answer("bui").candidates == ["build"])
        #expect(try answer("help", "rep").candidates == ["report"])
        #expect(!(try answer("-V", "bui").candidates.contains("build")), "a command is the first word")
        let all = try answer("build", "")
        #expect(all.candidates.contains("feefilter") && all.candidates.count > 80)
        #expect(all.meanings.allSatisfy { !$0.isEmpty })
        #expect(try answer("build", "feef").candidates == ["feefilter"])
    }

    /// The fields of the message that is built, as its layout asks for them.
    @Test func builtFields() throws {
        #expect(try answer("build", "inv", "").candidates == ["item/type=", "item/hash="])
        #expect(try answer("build", "inv", "").head == "none 0 open")
        #expect(!(try answer("build", "inv", "").meanings.contains("")))
        #expect(try answer("build", "--network", "regtest", "inv", "item/t").candidates == ["item/type="])
        #expect(try answer("build", "inv", "item[1]/t").candidates == ["item[1]/type="])
        #expect(try answer("build", "inv", "item/type=MSG_WT").candidates == ["item/type=MSG_WTX"])
        #expect(try answer("build", "inv", "item/type=x", "item[0]/type=MSG_WT").candidates == ["item[0]/type=MSG_WTX"])
        #expect(try answer("build", "inv", "item/hash=").candidates.isEmpty)
        #expect(try answer("build", "ping", "").candidates == ["nonce="])
        #expect(try answer("build", "pong", "-", "").candidates == ["nonce="])
        #expect(try answer("build", "verack", "nonce").candidates.isEmpty)
        let version = try answer("build", "version", "")
        for path in ["version=", "addr_you/port=", "user_agent=", "relay="] {
            #expect(version.candidates.contains(path), "\(path)")
        }
        let transaction = try answer("build", "tx", "")
        for path in ["in/prev_output/hash=", "out/value=", "lock_time="] {
            #expect(transaction.candidates.contains(path), "\(path)")
        }
        #expect(!transaction.candidates.contains { $0.contains("count=") || $0.contains("length=") })
        #expect(try answer("build", "getheaders", "").candidates.contains("hash_stop="))
        #expect(try answer("build", "-", "").candidates.isEmpty, "no type is named")
    }

    @Test func options() throws {
        #expect(try answer("--keyl").candidates == ["--keylog"])
        #expect(try answer("--keylog", "x", "--keyl").candidates.isEmpty, "it can be given once")
        let all = try answer("-")
        #expect(all.candidates.contains("-T") && all.candidates.contains("--memory-limit"))
        #expect(!all.meanings.contains(""))
        #expect(try answer("build", "--fi").candidates == ["--fill"])
        #expect(!(try answer("build", "-").candidates.contains("--keylog")))
    }

    @Test func fields() throws {
        #expect(try answer("-e", "bitcoin.feefilter.v").candidates == ["bitcoin.feefilter.value"])
        let top = try answer("-e", "")
        #expect(top.candidates.contains("bitcoin.") && top.candidates.contains("tcp."))
        #expect(top.candidates.count < 40, "many names are cut at their points")
        #expect(top.head == "none 0 open")
        #expect(try answer("-e", "bitc").candidates == ["bitcoin.", "bitcoin"])
        #expect(try answer("-e", "bitcoin.inv.").candidates.contains("bitcoin.inv.type"))
    }

    @Test func filters() throws {
        #expect(
            try answer("-Y", "'bitcoin.ping and bitcoin.feefilter.v").candidates == [
                "bitcoin.ping and bitcoin.feefilter.value"
            ])
        #expect(
            try answer("-Y", "bitcoin.ping&&!(bitcoin.feefilter.v").candidates == [
                "bitcoin.ping&&!(bitcoin.feefilter.value"
            ])
        #expect(try answer("-r", "x", "bitcoin.feefilter.v").candidates == ["bitcoin.feefilter.value"])
        #expect(try answer("-Y", "'bitcoin.ping a").candidates == ["bitcoin.ping and"])
        #expect(try answer("-Y", "'bitcoin.inv.type == MSG_WT").candidates == ["bitcoin.inv.type == MSG_WTX"])
        #expect(
            try answer("-Y", "'bitcoin.inv.type in {MSG_TX, MSG_WT").candidates == [
                "bitcoin.inv.type in {MSG_TX, MSG_WTX"
            ])
        #expect(try answer("-Y", "'bitcoin.command == \"in").candidates.isEmpty, "within a string nothing is known")
        // What is completed is a filter, or the beginning of one.
        let outcome = try Program.run([
            "-r", "captures/handshake.pcap", "-q", "-Y", "bitcoin.inv.type in {MSG_TX, MSG_WTX}",
        ])
        #expect(outcome.status == 0)
    }

    /// bash replaces only what stands after a `=` or `:`, or after the quote that is open.
    @Test func bashReplacesTheEnd() throws {
        for (line, word, expected) in [
            ("btcshark --network=sig", "sig", ["signet"]),
            ("btcshark -Y bitcoin.ping&&bitcoin.feefilter.v", "bitcoin.feefilter.v", ["bitcoin.feefilter.value"]),
            (
                "btcshark -Y 'ip and bitcoin.feefilter.v", "ip and bitcoin.feefilter.v",
                ["ip and bitcoin.feefilter.value"]
            ),
            ("btcshark -r 'a b' -T nd", "nd", ["ndjson"]), ("btcshark -r a\\ b -T nd", "nd", ["ndjson"]),
            ("btcshark -r \"a 'b\" -T nd", "nd", ["ndjson"]),
        ] {
            let outcome = try Program.run(["---complete", "bash", line, word])
            #expect(outcome.outputText.split(separator: "\n").dropFirst().map(String.init) == expected, "\(line)")
        }
    }

    /// Of each option and argument it is declared what can stand there, also where that is nothing.
    @Test(arguments: [[], ["build"], ["connect"], ["report"], ["survey"]])
    func eachArgumentDeclaresItsValues(_ command: [String]) throws {
        struct Dump: Decodable { var command: Command }
        struct Command: Decodable { var arguments: [Argument] }
        struct Argument: Decodable {
            var kind: String
            var valueName: String?
            var completionKind: [String: Kind]?
        }
        struct Kind: Decodable {}
        let outcome = try Program.run(command + ["--experimental-dump-help"])
        let arguments = try JSONDecoder().decode(Dump.self, from: outcome.output).command.arguments
        #expect(arguments.count > 5)
        for argument in arguments where argument.kind != "flag" {
            #expect(argument.completionKind != nil, "\(command): \(argument.valueName ?? "")")
        }
    }
}

/// A key is pressed in the shell itself.
@Suite struct GoldenShellTests {
    private struct Answer: Decodable {
        var arguments: [String]?
        var shown: Bool?
        var terminal: String
    }

    @Test(.enabled(if: Program.isInstalled("bash"), "needs bash")) func bashCompletes() throws { try complete("bash") }
    @Test(.enabled(if: Program.isInstalled("zsh"), "needs zsh")) func zshCompletes() throws { try complete("zsh") }
    @Test(.enabled(if: Program.isInstalled("fish"), "needs fish")) func fishCompletes() throws { try complete("fish") }

    private func complete(_ shell: String) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("shell-" + UUID().uuidString)
        try FileManager.default.createDirectory(
            at: folder.appendingPathComponent("folder/within"), withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for name in ["capture one.pcap", "notes.txt", "folder/inner.pcap"] {
            try Data().write(to: folder.appendingPathComponent(name))
        }
        /// What is typed, and what btcshark gets when TAB and Enter follow.
        let typed: [(String, [String])] = [
            ("btcshark -r notes", ["-r", "notes.txt"]),
            ("btcshark -r 'capture o", ["-r", "capture one.pcap"]),
            ("btcshark -r capture\\ ", ["-r", "capture one.pcap"]),
            ("btcshark -r folder/inn", ["-r", "folder/inner.pcap"]),
            ("btcshark -nrnot", ["-nrnotes.txt"]),
            ("btcshark --keylog=not", ["--keylog=notes.txt"]),
            ("btcshark -r ~/bin/btcs", ["-r", "HOME/bin/btcshark"]),
            ("btcshark --export-objects fol", ["--export-objects", "folder"]),
            ("btcshark notes", ["notes.txt"]),
            ("btcshark report -o not", ["report", "-o", "notes.txt"]),
            ("btcshark -T nd", ["-T", "ndjson"]),
            ("btcshark -r notes.txt -z lat", ["-r", "notes.txt", "-z", "latency"]),
            ("btcshark -G man", ["-G", "manual"]),
            ("btcshark -o gui", ["-o", "gui.column.format:"]),
            ("btcshark -F pcapn", ["-F", "pcapng"]),
            ("btcshark --network sig", ["--network", "signet"]),
            ("btcshark --network=sig", ["--network=signet"]),
            ("btcshark --decode 00 --as cmpct", ["--decode", "00", "--as", "cmpctblock"]),
            ("btcshark build feef", ["build", "feefilter"]),
            ("btcshark build feefilter v", ["build", "feefilter", "value="]),
            ("btcshark build inv item/type=MSG_WT", ["build", "inv", "item/type=MSG_WTX"]),
            ("btcshark rep", ["report"]),
            ("btcshark -e bitcoin.feefilter.v", ["-e", "bitcoin.feefilter.value"]),
            ("btcshark -Y bitcoin.feefilter.v", ["-Y", "bitcoin.feefilter.value"]),
            ("btcshark -Y 'ip and bitcoin.feefilter.v", ["-Y", "ip and bitcoin.feefilter.value"]),
            ("btcshark --keyl", ["--keylog"]),
        ]
        /// What is typed, and what is then to be seen.
        let listed: [(String, [String])] = [
            ("btcshark -T ", ["text", "jsonraw", "pdml"]), ("btcshark -t ", ["dd", "ud"]),
            ("btcshark -z ", ["latency", "requests"]), ("btcshark -G ", ["fields", "manual"]),
            ("btcshark -o ", ["gui.column.format:", "tcp.desegment"]), ("btcshark -i ", ["lo", "any"]),
            ("btcshark -r ", ["notes.txt", "folder"]),
            ("btcshark -e bitcoin.inv.", ["inv.type", "inv.hash"]),
            ("btcshark build ", ["cmpctblock", "feefilter"]), ("btcshark build inv item/", ["type=", "hash="]),
            ("btcshark --as ", ["cmpctblock", "feefilter"]),
            ("btcshark -Y 'bitcoin.inv.type == ", ["MSG_TX", "MSG_WTX"]),
            ("btcshark --", ["--keylog", "--memory-limit"]),
        ]
        var requests: [String] = []
        for (line, _) in typed { requests.append(try request(line)) }
        for (line, texts) in listed { requests.append(try request(line, shows: texts)) }
        let outcome = try Program.shell(
            """
            cat <<'END' | python3 '\(Program.root.path)/Tests/GoldenTests/Shells/press-tab' \(shell) "$(command -v btcshark)" '\(folder.path)'
            \(requests.joined(separator: "\n"))
            END
            """)
        let answers = try outcome.outputText.split(separator: "\n").map {
            try JSONDecoder().decode(Answer.self, from: Data($0.utf8))
        }
        for ((line, expected), answer) in zip(typed, answers) {
            // A folder may have a slash after it; the home is another one each time.
            let got = answer.arguments?.map {
                ($0.hasSuffix("/") ? String($0.dropLast()) : $0).replacing(#/^/.*(?=/bin/btcshark$)/#, with: "HOME")
            }
            #expect(got == expected, "\(shell): \(line)")
        }
        #expect(answers.count == typed.count + listed.count, "\(shell): \(outcome.errorText)")
        for answer in answers {
            for complaint in ["bash: ", "zsh: ", "fish: ", "_arguments:", "_btcshark:", "command not found"] {
                #expect(!answer.terminal.contains(complaint), "\(shell): \(answer.terminal)")
            }
        }
    }

    private func request(_ line: String, shows texts: [String]? = nil) throws -> String {
        var request: [String: Any] = ["type": line]
        request["shows"] = texts
        return String(decoding: try JSONSerialization.data(withJSONObject: request), as: UTF8.self)
    }
}
