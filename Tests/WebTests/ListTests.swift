#if Web
import Foundation
import Support
import Testing

/// The lists of the server against what the program prints.
@Suite struct ListTests {
    /// Runs the program to its end; answers the lines of its output.
    static func lines(_ arguments: [String]) throws -> [String] {
        let process = Process()
        process.executableURL = ServedProgram.path
        process.arguments = arguments
        let pipe = Foundation.Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: true).map(
            String.init)
    }

    static func rows(_ object: [String: Any]) throws -> [[String: Any]] {
        try #require(object["rows"] as? [[String: Any]])
    }

    /// As text, whose order is that of the keys.
    static func sorted(_ value: Any) throws -> String {
        String(decoding: try JSONSerialization.data(withJSONObject: value, options: .sortedKeys), as: UTF8.self)
    }

    static func escaped(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? text
    }

    @Test(arguments: [
        "relay.pcap", "handshake.pcap", "relay-ipv6.pcap", "relay-v2-encrypted.pcap", "block-filters.pcap",
    ])
    func allRows(_ name: String) throws {
        let file = ServedProgram.capture(name)
        let program = try ServedProgram(["-q", "-r", file])
        let columns = [
            "bitcoin.message.number", "frame.number", "tcp.stream", "bitcoin.message.length", "bitcoin.command",
            "frame.time_relative",
        ]
        let expected = try Self.lines(
            ["-r", file, "-T", "fields"] + columns.flatMap { ["-e", $0] } + ["bitcoin.message.number"])
        let list = try program.complete("/api/messages?count=1000")
        let rows = try Self.rows(list)
        #expect(list["total"] as? Int == expected.count)
        let capture = try program.get("/api/capture").object()
        #expect(capture["indexed"] as? Int == expected.count)
        #expect(capture["name"] as? String == name)
        for (row, line) in zip(rows, expected) {
            let values = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            #expect("\(try #require(row["n"] as? Int))" == values[0])
            #expect("\(try #require(row["frame"] as? Int))" == values[1])
            #expect("\(try #require(row["stream"] as? Int))" == values[2])
            #expect("\(try #require(row["length"] as? Int))" == values[3])
            if row["kind"] as? String == "message" { #expect(row["command"] as? String == values[4]) }
            let nanoseconds = try #require(row["t_ns"] as? Int)
            #expect(abs(Double(nanoseconds) / 1e9 - (try #require(Double(values[5])))) < 1e-6)
        }
    }

    @Test(arguments: [
        "bitcoin.command == \"tx\"", "tcp.stream == 0 and bitcoin.message.length > 200", "bitcoin.tx.vsize > 160",
        "bitcoin.message.direction == 1", "_ws.expert", "_ws.col.info contains \"MSG_WTX\"", "bitcoin.response_to",
        "not bitcoin", "frame.number < 40 or frame.number > 300",
    ])
    func filters(_ filter: String) throws {
        let file = ServedProgram.capture("relay.pcap")
        let program = try ServedProgram(["-q", "-r", file])
        let expected = try Self.lines(["-r", file, "-Y", filter, "-T", "fields", "-e", "bitcoin.message.number"])
        let list = try program.complete("/api/messages?count=1000&filter=\(Self.escaped(filter))")
        #expect(try Self.rows(list).map { "\($0["n"] as? Int ?? 0)" } == expected)
        #expect(list["total"] as? Int == expected.count)
        #expect(list["scanned"] as? Int == 256)
        // Any page of it is the same page.
        let page = try Self.rows(try program.complete("/api/messages?from=3&count=5&filter=\(Self.escaped(filter))"))
        #expect(page.map { "\($0["n"] as? Int ?? 0)" } == Array(expected.dropFirst(3).prefix(5)))
        for (position, number) in expected.enumerated() {
            let answer = try program.complete("/api/messages/\(number)/position?filter=\(Self.escaped(filter))")
            #expect(answer["position"] as? Int == position)
            if position > 4 { break }
        }
    }

    @Test func timeAndStream() throws {
        let program = try ServedProgram(["-q", "-r", ServedProgram.capture("relay.pcap")])
        let all = try Self.rows(try program.complete("/api/messages?count=1000"))
        let times = try all.map { try #require($0["t_ns"] as? Int) }
        let (first, last) = (times[40], times[90])
        let chosen = try Self.rows(try program.complete("/api/messages?count=1000&time=\(first),\(last)"))
        #expect(chosen.count == times.count { $0 >= first && $0 <= last })
        let both = try Self.rows(
            try program.complete(
                "/api/messages?count=1000&time=\(first),\(last)&filter=\(Self.escaped("bitcoin.command == \"tx\""))"))
        #expect(both.count == chosen.count { $0["command"] as? String == "tx" })
        #expect(try program.complete("/api/messages?stream=0")["total"] as? Int == all.count)
        #expect(try program.complete("/api/messages?stream=7")["total"] as? Int == 0)
        #expect(try program.complete("/api/messages?from=18446744073709551615")["total"] as? Int == all.count)
        let position = try program.complete("/api/messages/1/position?time=\(first),\(last)")
        #expect(position["position"] is NSNull)
        #expect(position["next"] as? Int == 0)
    }

    /// An answer names its request, and the request its first answer.
    @Test func pairs() throws {
        let program = try ServedProgram(["-q", "-r", ServedProgram.capture("relay.pcap")])
        let rows = try Self.rows(try program.complete("/api/messages?count=1000"))
        var answers = 0
        for row in rows {
            guard let answer = row["answers"] as? [String: Any] else { continue }
            answers += 1
            let request = rows[try #require(answer["n"] as? Int) - 1]
            #expect(request["frame"] as? Int == answer["frame"] as? Int)
            #expect(request["stream"] as? Int == row["stream"] as? Int)
            #expect(request["dir"] as? Int != row["dir"] as? Int)
            let first = try #require(request["answered_by"] as? [String: Any])
            #expect(try #require(first["n"] as? Int) <= (try #require(row["n"] as? Int)))
            #expect(rows[try #require(first["n"] as? Int) - 1]["frame"] as? Int == first["frame"] as? Int)
        }
        #expect(answers > 50)
        let asking = rows.compactMap { $0["asks"] as? [String: Any] }
        #expect(!asking.isEmpty)
        for ask in asking {
            let announcement = rows[try #require(ask["n"] as? Int) - 1]
            #expect(announcement["frame"] as? Int == ask["frame"] as? Int)
        }
    }

    @Test func badFilters() throws {
        let program = try ServedProgram(["-q", "-r", ServedProgram.capture("handshake.pcap")])
        for (filter, at, length) in [
            ("bitcoin.comand", 0, 14), ("bitcoin.command == \"tx\" and", 27, 1), ("frame.number == x", 16, 1),
            // In UTF-16 the picture is two, the accent one.
            ("bitcoin.command == \"😀é\" and nothing", 29, 7),
        ] {
            let answer = try program.get("/api/messages?filter=\(Self.escaped(filter))")
            #expect(answer.status == 400, "\(filter)")
            let error = try #require(try answer.object()["error"] as? [String: Any])
            #expect(error["code"] as? String == "bad_filter")
            #expect(error["at"] as? Int == at, "\(filter): \(answer.text)")
            #expect(error["length"] as? Int == length, "\(filter): \(answer.text)")
        }
    }

    @Test func remarks() throws {
        let program = try ServedProgram(["-q", "-r", ServedProgram.capture("relay.pcap")])
        let rows = try Self.rows(try program.complete("/api/messages?count=1000"))
        let remarked = rows.filter { $0["severity"] is String }.compactMap { $0["n"] as? Int }
        var found: [Int] = []
        var number = 0
        while let next = try program.get("/api/next?n=\(number)&what=remark").object()["n"] as? Int {
            found.append(next)
            number = next
            try #require(found.count <= rows.count)
        }
        #expect(found == remarked)
        if let last = remarked.last {
            let before = try program.get("/api/next?n=\(last)&what=remark&back=true").object()["n"] as? Int
            #expect(before == remarked.dropLast().last)
        }
    }

    @Test func timelineSums() throws {
        let program = try ServedProgram(["-q", "-r", ServedProgram.capture("relay.pcap")])
        let rows = try Self.rows(try program.complete("/api/messages?count=1000"))
        for bins in [1, 10, 300, 1_000] {
            let line = try program.complete("/api/timeline?bins=\(bins)")
            let series = try #require(line["series"] as? [[String: Any]])
            let count = try #require(line["bins"] as? Int)
            #expect(count <= bins + 1)
            var messages = 0
            var bytes = 0
            for one in series {
                let counts = try #require(one["messages"] as? [Int])
                #expect(counts.count == count)
                messages += counts.reduce(0, +)
                bytes += (try #require(one["bytes"] as? [Int])).reduce(0, +)
            }
            #expect(messages == rows.count)
            #expect(bytes == rows.reduce(0) { $0 + ($1["length"] as? Int ?? 0) })
        }
    }

    /// What comes only once is shown the same as a file.
    @Test(arguments: ["relay.pcap", "relay-v2-encrypted.pcap"])
    func standardInput(_ name: String) throws {
        let file = ServedProgram.capture(name)
        let one = try ServedProgram(["-q", "-r", file])
        let other = try ServedProgram(["-q", "-r", "-"], input: URL(fileURLWithPath: file))
        let filter = Self.escaped("bitcoin.message.length > 100")
        for address in ["/api/messages?count=1000", "/api/messages?count=1000&filter=\(filter)", "/api/timeline"] {
            let (first, second) = (try one.complete(address), try other.complete(address))
            #expect(try Self.sorted(first) == Self.sorted(second), "\(address)")
        }
        var messages = [try one.get("/api/messages/2").object(), try other.get("/api/messages/2").object()]
        for place in messages.indices {
            // But for the name of the file.
            let fields = try #require(messages[place]["fields"] as? [[String: Any]])
            messages[place]["fields"] = fields.filter { $0["name"] as? String != "frame.file" }
        }
        #expect(try Self.sorted(messages[0]) == Self.sorted(messages[1]))
    }

    @Test func cap() throws {
        let program = try ServedProgram(["-q", "-r", ServedProgram.capture("relay.pcap"), "--max-messages", "100"])
        let list = try program.complete("/api/messages?count=1000")
        #expect(list["total"] as? Int == 100)
        #expect(try program.get("/api/capture").object()["capped"] as? Bool == true)
        let filtered = try program.complete("/api/messages?count=1000&filter=bitcoin")
        #expect(filtered["total"] as? Int == 100)
        #expect(try program.get("/api/messages/101").status == 404)
    }
}
#endif
