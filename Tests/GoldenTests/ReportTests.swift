import Foundation
import Testing

/// Reports as text: what every page keeps to, and its numbers.
@Suite struct GoldenReportTests {
    struct Subject: CustomTestStringConvertible, Sendable {
        let arguments: [String]
        var testDescription: String { arguments.joined(separator: " ") }
    }

    static let subjects = [
        ["captures/handshake.pcap"], ["captures/relay.pcap"], ["captures/relay-ipv6.pcap"],
        ["captures/bloom-filter.pcap"],
        ["captures/addrv2.pcap"], ["captures/block-filters.pcap"], ["captures/txreconciliation.pcap"],
        ["captures/relay-v2-encrypted.pcap"],
        ["captures/relay-v2-encrypted.pcap", "--keylog", "captures/relay-v2-encrypted.keys"],
        ["captures/message-capture", "--network", "regtest"], ["Inputs/hostile.pcap"], ["Inputs/hole.pcap"],
        ["Inputs/snap96.pcap"], ["Inputs/huge-count.pcap"], ["Inputs/header-only.pcap"],
        ["captures/handshake.pcap", "-r", "captures/relay.pcap"],
        // The node is an end, which is found when all connections are known.
        [
            "captures/relay.pcap", "-r", "captures/relay-v2-encrypted.pcap", "--keylog",
            "captures/relay-v2-encrypted.keys",
        ],
        // Markup wherever a text may stand.
        [Program.root.appendingPathComponent("Tests/BrowserTests/Captures/hostile.pcap").path],
    ].map { Subject(arguments: $0) }

    private static func page(_ arguments: [String]) throws -> String {
        let outcome = try Program.run(["report", "-o", "-", "-r"] + arguments)
        #expect(outcome.status == 0, "\(outcome.errorText)")
        return outcome.outputText
    }

    @Test(arguments: subjects)
    func pageKeepsToTheRules(_ subject: Subject) throws {
        let page = try Self.page(subject.arguments)
        let elements = try Elements(page)
        #expect(elements.problems.isEmpty, "\(elements.problems.prefix(3))")
        let ids = elements.attributes("id")
        #expect(Set(ids).count == ids.count, "ids are there once each")
        #expect(elements.names.filter { $0 == "script" }.count == 1)
        #expect(page.contains("<script type=\"application/json\" id=data>"))
        #expect(elements.names.filter { $0 == "style" }.count == 1)
        #expect(elements.attributes("style").isEmpty)
        #expect(elements.allAttributes.allSatisfy { !$0.hasPrefix("on") }, "nothing runs")
        for word in ["http:", "https:", "url(", "@import"] { #expect(!page.contains(word), "\(word)") }
        for name in ["img", "iframe", "object", "embed", "link", "base", "form"] {
            #expect(!elements.names.contains(name), "\(name)")
        }
        #expect(page.utf8.count < 300_000)
        // Whatever a page refers to is on it.
        for link in elements.attributes("href") { #expect(ids.contains(String(link.dropFirst())), "\(link)") }
        for labels in elements.attributes("aria-labelledby") {
            for label in labels.split(separator: " ") { #expect(ids.contains(String(label)), "\(label)") }
        }
    }

    /// The figures in the page are those of `-z`.
    @Test(arguments: subjects)
    func numbersAreThoseOfTheQuestions(_ subject: Subject) throws {
        let page = try Self.page(subject.arguments)
        let start = try #require(page.range(of: "id=data>")).upperBound
        let end = try #require(page.range(of: "</script>")).lowerBound
        let data = try Self.object(Data(page[start..<end].utf8))
        for name in ["capture", "connections", "bytes", "latency", "requests", "relay", "blocks", "cmpctblock"] {
            let outcome = try Program.run(["-r"] + subject.arguments + ["-q", "-Q", "--json", "-z", name])
            var expected = try Self.object(outcome.output)
            var found = try #require(data[name] as? [String: Any], "\(name)")
            let rows = try #require(found["rows"] as? [[String: Any]])
            let all = try #require(expected["rows"] as? [[String: Any]])
            #expect(rows.count + (found["more_rows"] as? Int ?? 0) == all.count, "\(name)")
            #expect(rows.count == all.count || rows.count >= 24, "\(name)")
            for (row, same) in zip(rows, all) { #expect(try Self.text(row) == Self.text(same), "\(name)") }
            for key in ["rows", "more_rows", "statistic", "schema"] {
                found[key] = nil
                expected[key] = nil
            }
            #expect(try Self.text(found) == Self.text(expected), "\(name)")
        }
    }

    /// Every message is in a row of its type, and in one of its connection.
    @Test(arguments: subjects)
    func rowsHaveAllMessages(_ subject: Subject) throws {
        let page = try Self.page(subject.arguments)
        let outcome = try Program.run(["-r"] + subject.arguments + ["-q", "-Q", "--json", "-z", "capture"])
        let capture = try Self.object(outcome.output)
        let messages = ["messages_whole", "messages_cut"].reduce(0) { $0 + (capture[$1] as? Int ?? 0) }
        let section = Self.section("kinds", of: page)
        let kinds = section.matches(
            of: /<td class="n">([\d·\u{202f}]+)<\/td><td class="n">([\d·\u{202f}]+)<\/td>/)
        // Those of which it is not known which way they went are in a note.
        let undirected = section.firstMatch(of: /Of ([\d\u{202f}]+) messages? (?:it is not known|neither)/)
            .map { Self.number($0.1) }
        let peers = Self.section("peers", of: page)
            .matches(of: /<td class="n">([\d·\u{202f}]+)<br>([\d·\u{202f}]+)<\/td>/)
        let (up, down) = kinds.reduce((0, 0)) { ($0.0 + Self.number($1.1), $0.1 + Self.number($1.2)) }
        let sides = peers.reduce((0, 0)) { ($0.0 + Self.number($1.1), $0.1 + Self.number($1.2)) }
        #expect(up + down + (undirected ?? 0) == messages)
        #expect(sides.0 + sides.1 == messages)
        // Up is the same in both.
        if undirected == nil { #expect(up == sides.0 && down == sides.1) }
    }

    /// A picture is of the numbers beside it.
    @Test(arguments: subjects)
    func picturesAgreeWithTheirRows(_ subject: Subject) throws {
        let page = try Self.page(subject.arguments)
        let number = /<td class="n">([\d·\u{202f}]+)<\/td>/
        for row in Self.section("kinds", of: page).components(separatedBy: "</tr>") {
            let cells = row.matches(of: number).map { Self.number($0.1) }
            guard row.contains("<th scope=row>"), cells.count >= 2 else { continue }
            if row.contains("not drawn") { continue }
            let path = row.firstMatch(of: /<path class=f-\w+ d="([^"]*)"/)?.1 ?? ""
            #expect(path.contains(/v-\d/) == (cells[0] > 0), "\(row)")
            #expect(path.contains(/v\d/) == (cells[1] > 0), "\(row)")
        }
        for row in Self.section("answers", of: page).components(separatedBy: "</tr>") {
            guard row.contains("<th scope=row>"), let pairs = row.firstMatch(of: number).map({ Self.number($0.1) })
            else { continue }
            if pairs > 300 {
                #expect(row.contains("<path class=counts"), "\(row)")
                continue
            }
            // Of those that took the same time, four are drawn.
            let lines = row.firstMatch(of: /<path class=pairs d="([^"]*)"/)?.1.matches(of: /M/).count ?? 0
            #expect(lines >= min(pairs, 4) && lines <= pairs, "\(row)")
        }
    }

    private static func section(_ id: String, of page: String) -> Substring {
        let start = page.range(of: "<section id=\(id)>")?.upperBound ?? page.endIndex
        return page[start..<(page[start...].range(of: "</section>")?.lowerBound ?? page.endIndex)]
    }

    private static func number(_ text: Substring) -> Int { Int(unescaped(text)) ?? 0 }

    /// What is odd is what `-z expert` counts, but for its chats.
    @Test(arguments: subjects)
    func remarksAreThoseOfExpert(_ subject: Subject) throws {
        let page = try Self.page(subject.arguments)
        let row =
            /<th scope=row class="grave [a-z-]+">\S+ (\w+)<\/th><td>([^<]*)<\/td><td class="n">([^<]*)<\/td>/
        let found = page.matches(of: row).map { "\($0.1) \(Self.unescaped($0.2)): \(Self.unescaped($0.3))" }
        let outcome = try Program.run(["-r"] + subject.arguments + ["-q", "-Q", "--json", "-z", "expert"])
        let rows = try #require(try Self.object(outcome.output)["rows"] as? [[String: Any]])
        let expected = rows.filter { $0["severity"] as? String != "Chat" }.map {
            "\($0["severity"] ?? "") \($0["summary"] ?? ""): \($0["count"] ?? "")"
        }
        #expect(found == expected)
    }

    /// Of a count its digits alone.
    private static func unescaped(_ text: Substring) -> String {
        var text = String(text).replacing("\u{202f}", with: "")
        for (escape, character) in [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")] {
            text = text.replacing(escape, with: character)
        }
        return text
    }

    private static func object(_ data: Data) throws -> [String: Any] {
        try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    private static func text(_ object: [String: Any]) throws -> String {
        String(decoding: try JSONSerialization.data(withJSONObject: object, options: .sortedKeys), as: UTF8.self)
    }

    /// What is seen of them, too.
    @Test func rowsShowTheNumbers() throws {
        let page = try Self.page(["captures/relay.pcap"])
        let row = try #require(
            page.split(separator: "\n").first { $0.contains("<bdi dir=ltr class=wire>block</bdi></th>") })
        #expect(
            row.contains(
                "<td class=\"n\">·</td><td class=\"n\">110</td><td class=\"n\">·</td><td class=\"n\">31.3 kB</td>"))
        #expect(page.contains("<dt>Messages</dt><dd class=large>256</dd>"))
        #expect(page.matches(of: /<a href="#m\d+">\d+<\/a> after/).count == 17)
        let answer = try #require(page.split(separator: "\n").first { $0.contains("getdata → block</th>") })
        #expect(
            answer.contains("110</td><td class=\"n\">707 µs</td><td class=\"n\">3.67 ms</td><td class=\"n\">4.53 ms"))
    }

    /// The picture of relay.pcap, as it was looked at.
    @Test func pathsAreTheOnesLookedAt() throws {
        let page = try Self.page(["captures/relay.pcap"])
        #expect(page.contains("<path class=f-tx d=\""))
        let paths = page.matches(of: /<path class=f-(\w+) d="([^"]*)"/).map { "\($0.1) \($0.2)" }
        let golden = Program.root.appendingPathComponent("Tests/GoldenTests/Transcripts/report-paths.txt")
        let text = paths.joined(separator: "\n") + "\n"
        if ProcessInfo.processInfo.environment["UPDATE"] == "1" {
            try text.write(to: golden, atomically: true, encoding: .utf8)
        }
        #expect(try text == String(contentsOf: golden, encoding: .utf8))
    }

    /// What cannot be read is drawn when it came: the record of a side stands at its end, 55 s after the first byte.
    @Test func encryptedBytesAreDrawnWhenTheyCame() throws {
        let page = try Self.page(["captures/relay-v2-encrypted.pcap"])
        // The first is in the legend.
        let path = try #require(page.matches(of: /<path class=f-encrypted d="([^"]*)"/).last).1
        let places = Set(path.split(separator: "M").compactMap { Double($0.prefix { $0 != " " }) })
        #expect(places.count > 5 && places.contains(0.5))
        // Half of the bytes came in the first of 104 intervals, where nothing stands for the end.
        #expect(page.contains("A bar is 100 ms") && page.contains("Busiest: 38.3 kB from the start"))
        let conversations = try #require(
            page.firstMatch(of: /<td class="n">([^<]*)<br>([^<]*)<\/td><td class="n"><span/))
        #expect(conversations.1 == "12.5 kB" && conversations.2 == "44.7 kB")
    }

    /// A link stays where a page or metrics are written through it, as `/dev/stdout` is one.
    @Test(arguments: [["report", "-o"], ["-q", "-Q", "--metrics"]]) func aLinkStays(_ words: [String]) throws {
        let folder = Program.workspace.appendingPathComponent("link-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (link, file) = (folder.appendingPathComponent("link").path, folder.appendingPathComponent("file").path)
        try Data("old".utf8).write(to: URL(fileURLWithPath: file))
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: file)
        let outcome = try Program.run(words + [link, "-r", "captures/handshake.pcap"])
        #expect(outcome.status == 0, "\(outcome.errorText)")
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == file)
        #expect(try Data(contentsOf: URL(fileURLWithPath: file)).count > 100)
    }

    @Test func aFilterChoosesStepsAndRemarksAlone() throws {
        let all = try Self.page(["captures/relay.pcap"])
        let some = try Self.page(["captures/relay.pcap", "-Y", "bitcoin.command == \"ping\""])
        func steps(_ page: String) -> Int { page.matches(of: /<tr id=m/).count }
        #expect(steps(some) == 4 && steps(all) == 55)
        func kinds(_ page: String) -> Substring? {
            page.split(separator: "<section id=kinds>").last?.split(separator: "</section>").first
        }
        #expect(kinds(some) == kinds(all))
        #expect(some.contains("match <code><bdi dir=ltr class=wire>bitcoin.command == &quot;ping&quot;</bdi></code>"))
    }
}

/// The elements of a page that closes what it opens.
private struct Elements {
    private(set) var names: [String] = []
    private(set) var allAttributes: [String] = []
    private(set) var problems: [String] = []
    private var values: [(name: String, value: String)] = []

    init(_ page: String) throws {
        var open: [String] = []
        var rest = page[...]
        while let start = rest.firstIndex(of: "<") {
            rest = rest[rest.index(after: start)...]
            var end = rest.startIndex
            var quote: Character?
            while end < rest.endIndex, quote != nil || rest[end] != ">" {
                if quote == rest[end] {
                    quote = nil
                } else if quote == nil, "\"'".contains(rest[end]) {
                    quote = rest[end]
                }
                end = rest.index(after: end)
            }
            guard end < rest.endIndex else {
                problems.append("a tag does not end")
                break
            }
            let tag = rest[..<end]
            rest = rest[rest.index(after: end)...]
            if tag.hasPrefix("!") { continue }
            if tag.hasPrefix("/") {
                let name = String(tag.dropFirst())
                if open.popLast() != name { problems.append("\(name) is closed, and not open") }
                continue
            }
            let name = String(tag.prefix { $0 != " " && $0 != "/" })
            names.append(name)
            for match in tag.dropFirst(name.count).matches(of: /([A-Za-z-]+)(?:=(?:"([^"]*)"|([^ ">]+)))?/) {
                allAttributes.append(String(match.1))
                values.append((String(match.1), String(match.2 ?? match.3 ?? "")))
            }
            if tag.hasSuffix("/") || ["meta", "br"].contains(name) { continue }
            open.append(name)
            // Their text is not of elements.
            if name == "style" || name == "script", let close = rest.range(of: "</\(name)>") {
                rest = rest[close.lowerBound...]
            }
        }
        problems += open.map { "\($0) is not closed" }
    }

    func attributes(_ name: String) -> [String] { values.filter { $0.name == name }.map(\.value) }
}
