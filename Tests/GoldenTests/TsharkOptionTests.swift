import Foundation
import Testing

@testable import btcshark

/// Options as tshark reads them.
@Suite struct TsharkOptionTests {
    @Test func portRanges() throws {
        #expect(try DecodeAs.ports("tcp.port==9000,bitcoin") == 9000...9000)
        #expect(try DecodeAs.ports("tcp.port==9000-9010,bitcoin") == 9000...9010)
        #expect(try DecodeAs.ports("tcp.port==9000:3,bitcoin") == 9000...9002)
        #expect(try DecodeAs.ports("tcp.port==65535:1,bitcoin") == 65535...65535)
        for text in [
            "", "tcp.port==,bitcoin", "tcp.port==0,bitcoin", "tcp.port==0-5,bitcoin", "tcp.port==5-4,bitcoin",
            "tcp.port==1-2-3,bitcoin", "tcp.port==65536,bitcoin", "tcp.port==65535:2,bitcoin", "tcp.port==5:0,bitcoin",
            "tcp.port==+5,bitcoin", "tcp.port== 5,bitcoin", "tcp.port==٥,bitcoin", "udp.port==5,bitcoin",
            "tcp.port==5,http",
        ] {
            #expect(throws: (any Error).self, "\(text)") { try DecodeAs.ports(text) }
        }
    }

    @Test func intervals() throws {
        #expect(try AskedIntervals("io,stat,1")?.interval == 1_000_000_000)
        #expect(try AskedIntervals("io,stat,0.5")?.interval == 500_000_000)
        #expect(try AskedIntervals("io,stat,0")?.interval == 0)
        #expect(try AskedIntervals("io,stat")?.interval == 0)
        #expect(try AskedIntervals("io,phs") == nil)
        #expect(try AskedIntervals("io,statistics") == nil)
        let texts = try AskedIntervals("io,stat,1,bitcoin.inv,,bitcoin.command in {\"a,b\", \"ping\"}")?.filters.map(
            \.text)
        #expect(texts == ["bitcoin.inv", "", "bitcoin.command in {\"a,b\", \"ping\"}"])
        for text in ["io,stat,", "io,stat,x", "io,stat,-1", "io,stat,inf", "io,stat,1e99", "io,stat,0.0000000001"] {
            #expect(throws: (any Error).self, "\(text)") { try AskedIntervals(text) }
        }
    }

    @Test func computedIntervals() throws {
        let asked = try AskedIntervals(
            "io,stat,1,,FRAMES,BYTES()ip,COUNT(frame) frame,sum( tcp.len )tcp and ip,AVG(frame.len)")
        #expect(asked?.computed.count == 7 && asked?.filters.isEmpty == true, "a filter alone has two columns")
        for text in [
            "SUM(bitcoin.command)", "COUNT()tcp", "FRAMES(tcp.len)tcp", "LOAD(tcp.len)", "MIN(nonsense)",
            "MAX(tcp.len)(",
        ] {
            #expect(throws: (any Error).self, "\(text)") { try AskedIntervals("io,stat,1,\(text)") }
        }
    }

    /// Where each packet completes at most one message, values of messages are those of tshark's packets.
    @Test func computedAsTshark() throws {
        let asked =
            "io,stat,2,COUNT(bitcoin.command)bitcoin.command,MIN(tcp.len)bitcoin,AVG(bitcoin.length)bitcoin,FRAMES()bitcoin.ping"
        let run = try Program.run(["-r", "captures/handshake.pcap", "-q", "-Q", "-z", asked])
        #expect(run.status == 0, "\(run.errorText)")
        let rows = run.outputText.split(separator: "\n").filter { $0.contains("<>") }
        #expect(
            rows.first?.split(separator: "|").dropFirst().first?.contains("2") == true && rows.count > 1,
            "\(run.outputText)")
        for line in run.outputText.split(separator: "\n") {
            #expect(line.hasPrefix("|") || line.hasPrefix("="), "\(line)")
        }
    }

    /// Both names of an option are one.
    @Test(arguments: [
        ["--read-file", "captures/relay.pcap", "--display-filter", "bitcoin.ping"],
        ["--read-file=captures/relay.pcap", "--display-filter=bitcoin.ping"],
        ["-r", "captures/relay.pcap", "-R", "bitcoin.ping"],
        ["-r", "captures/relay.pcap", "--read-filter", "bitcoin.ping", "-E", "header=y"],
    ])
    func longNames(_ arguments: [String]) throws {
        let short = try Program.run(["-r", "captures/relay.pcap", "-Y", "bitcoin.ping"])
        #expect(short.status == 0 && !short.output.isEmpty)
        #expect(try Program.run(arguments).output == short.output)
    }

    /// `-Q` is quieter than `-q`, where a statistic is asked for and messages are not.
    @Test func reallyQuiet() throws {
        let relay = ["-r", "captures/relay.pcap", "-z", "expert"]
        let table = try Program.run(relay + ["-q", "-Q"])
        #expect(table.status == 0 && !table.output.isEmpty)
        #expect(try Program.run(relay + ["-Q"]).output == table.output)
        #expect(try Program.run(relay + ["-Q", "-P"]).output.count > table.output.count)
        #expect(try !Program.run(["-r", "captures/relay.pcap", "-Q"]).output.isEmpty)
    }

    /// Addresses stand without ports where tshark's do.
    @Test(arguments: [
        ("captures/relay.pcap", "10.20.0.1", "10.20.0.2"), ("captures/relay-ipv6.pcap", "fd20::1", "fd20::2"),
    ])
    func addressesOfColumns(_ path: String, _ one: String, _ other: String) throws {
        let fields = try Program.run([
            "-r", path, "-T", "fields", "-e", "_ws.col.Source", "-e", "_ws.col.Destination",
        ]).outputText.split(separator: "\n")
        #expect(Set(fields) == ["\(one)\t\(other)", "\(other)\t\(one)"])
        let tabs = try Program.run(["-r", path, "-T", "tabs"]).outputText.split(separator: "\n")
        #expect(!tabs.isEmpty)
        for line in tabs {
            let words = line.split(separator: "\t").map { $0.filter { $0 != " " } }
            #expect(words.count > 4 && words[3] == "→" && Set([words[2], words[4]]) == [one, other], "\(line)")
        }
    }

    /// Columns that gui.column.format names are fields, by their titles.
    @Test func namedColumns() throws {
        let relay = ["-r", "captures/relay.pcap", "-c", "20", "-T", "fields"]
        let format = ["-o", "gui.column.format:SP,%uS,\"Far end\",%d,Hash,%Cus:bitcoin.inv.hash,B,%B"]
        let titles = ["-e", "_ws.col.SP", "-e", "_ws.col.Far end", "-e", "_ws.col.Hash", "-e", "_ws.col.Info"]
        let names = ["-e", "tcp.srcport", "-e", "ip.dst", "-e", "bitcoin.inv.hash", "-e", "_ws.col.info"]
        let named = try Program.run(relay + format + titles)
        #expect(named.status == 0 && !named.output.isEmpty)
        #expect(try named.output == Program.run(relay + names).output)
        #expect(try Program.run(relay + titles).status != 0, "without the format there is no such column")
        let lines = try Program.run(relay + format + ["-e", "_ws.col.B"])
        #expect(lines.status != 0 && lines.errorText.contains("the column 'B'"))
    }

    /// `-G` alone lists the fields.
    @Test func fieldsAreTheFirstList() throws {
        let fields = try Program.run(["-G", "fields"])
        #expect(fields.status == 0 && fields.output.count > 1000)
        #expect(try Program.run(["-G"]).output == fields.output)
        #expect(try Program.run(["-G", "-q"]).output == fields.output)
    }

    /// What tcpdump writes into a pipe is read with `-i`, too.
    @Test func pipesAsInterfaces() throws {
        let expected = try Program.run(["-r", "captures/relay.pcap", "-c", "5"]).outputText
        #expect(expected.split(separator: "\n").count == 5)
        #expect(try Program.shell("cat captures/relay.pcap | btcshark -i - -c 5").outputText == expected)
        let pipe = try Program.shell(
            """
            folder=$(mktemp -d); mkfifo $folder/pipe; cat captures/relay.pcap > $folder/pipe &
            btcshark -i $folder/pipe -c 5; rm -r $folder
            """)
        #expect(pipe.outputText == expected, "\(pipe.errorText)")
        let stray = try Program.run(["-i", "-", "-f", "tcp"])
        #expect(stray.status == 1 && stray.errorText.contains("-f cannot be used with -i -"))
    }

    /// A wrong format is refused before anything is said of an interface.
    @Test func nothingIsSaidBeforeARefusal() throws {
        let refused = try Program.run(["-T", "?"])
        #expect(refused.status == 1 && refused.errorText.hasPrefix("btcshark: -T: there is no format '?'"))
    }

    /// Preferences that change nothing here are ignored with a word.
    @Test func ignoredPreferences() throws {
        #expect(try Preferences.ignored("tcp.desegment_tcp_streams:TRUE") == nil)
        let relay = ["-r", "captures/relay.pcap", "-c", "3"]
        let expected = try Program.run(relay).output
        for name in ["tcp.desegment_tcp_streams", "tcp.relative_sequence_numbers", "nameres.network_name"] {
            let run = try Program.run(relay + ["-o", name + ":FALSE"])
            #expect(run.status == 0 && run.output == expected && run.errorText.contains("-o: \(name) "), "\(name)")
        }
        for text in ["nonsense.preference:TRUE", "tcp", "tcp:TRUE", "tls.keylog_file:keys"] {
            #expect(throws: (any Error).self, "\(text)") { try Preferences.ignored(text) }
        }
    }

    /// Options of tshark's that are none here: ignored where nothing is lost, else refused by name.
    @Test func lackedOptions() throws {
        let relay = ["-r", "captures/relay.pcap", "-c", "3"]
        let expected = try Program.run(relay).output
        for words in [
            ["-g"], ["-C", "profile"], ["-Cprofile"], ["-W", "n"], ["--log-level", "x"], ["--log-level=x"],
        ] {
            #expect(try LackedOption.remove(from: relay + words + ["tcp"]) == relay + ["tcp"], "\(words)")
            let run = try Program.run(relay + words)
            #expect(run.status == 0 && run.output == expected && run.errors.isEmpty, "\(words)")
        }
        for option in LackedOption.all where option.instead != nil {
            for name in option.names {
                let refused = try Program.run(relay + [name, "value"])
                #expect(refused.status == 1 && refused.errorText.contains("\(name) of tshark's"), "\(name)")
            }
        }
        let kept = ["-o", "-g", "-e", "-C", "-Y", "-S", "--", "-S"]
        #expect(try LackedOption.remove(from: kept) == kept)
        #expect(throws: (any Error).self) { try LackedOption.remove(from: ["-C"]) }
        let own = LetterClusters.flags.union(LetterClusters.options).map { "-\($0)" }
        #expect(Set(own).isDisjoint(with: LackedOption.all.flatMap(\.names)))
    }

    /// The template names what `-T ek` writes, as it writes it.
    @Test func mapping() throws {
        let mapping = try #require(
            try JSONSerialization.jsonObject(with: Program.run(["-G", "elastic-mapping"]).output) as? [String: Any])
        let mappings = try #require(mapping["mappings"] as? [String: Any])
        let properties = try #require(mappings["properties"] as? [String: Any])
        let layers = try #require((properties["layers"] as? [String: Any])?["properties"] as? [String: Any])
        let lines = try Program.run(["-r", "captures/relay.pcap", "-T", "ek"]).output.split(separator: 0x0a)
        var compared = 0
        for line in lines {
            let object = try #require(try JSONSerialization.jsonObject(with: Data(line)) as? [String: Any])
            for (layer, fields) in object["layers"] as? [String: [String: Any]] ?? [:] {
                let known = (layers[layer] as? [String: Any])?["properties"] as? [String: Any]
                for (name, value) in fields where !(value is NSNull) && name != "_ws_expert" {
                    compared += 1
                    #expect(known?[name] != nil, "\(layer).\(name)")
                }
            }
        }
        #expect(compared > 1000)
    }
}
