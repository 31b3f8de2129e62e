#if Web
import Foundation
import Support
import Testing

/// Messages of the server against what the program prints.
@Suite struct MessageTests {
    @Test(arguments: [("relay.pcap", 256), ("handshake.pcap", 8)])
    func fieldsAndBytes(_ name: String, _ most: Int) throws {
        let file = ServedProgram.capture(name)
        let program = try ServedProgram(["-q", "-r", file])
        let rows = try ListTests.rows(try program.complete("/api/messages?count=1000"))
        for row in rows.prefix(most) {
            let number = try #require(row["n"] as? Int)
            let answer = try program.get("/api/messages/\(number)")
            let message = try answer.object()
            let bytes = try program.get("/api/messages/\(number)/bytes")
            #expect(bytes.fields["content-type"] == "application/octet-stream")
            #expect(bytes.fields["x-total-bytes"] == "\(bytes.body.count)")
            #expect(message["bytes"] as? Int == bytes.body.count)
            #expect(bytes.body.count == row["length"] as? Int)
            let fields = try #require(message["fields"] as? [[String: Any]])
            #expect(fields.count == message["total"] as? Int)
            // Every byte is in a field below a layer: nothing of the wire is left out.
            var covered = [Bool](repeating: false, count: bytes.body.count)
            for field in fields {
                let depth = try #require(field["depth"] as? Int)
                let (at, length) = (try #require(field["at"] as? Int), try #require(field["length"] as? Int))
                #expect(at >= 0 && length >= 0 && at + length <= bytes.body.count)
                if field["generated"] as? Bool == true { #expect(length == 0) }
                if depth > 0, at + length <= covered.count {
                    for byte in at..<at + length { covered[byte] = true }
                }
            }
            #expect(!covered.contains(false), "\(name) \(number)")
        }
    }

    /// The same fields as `-T ndjson` has, in the same order.
    @Test func namesOfFields() throws {
        let file = ServedProgram.capture("handshake.pcap")
        let program = try ServedProgram(["-q", "-r", file])
        _ = try program.complete("/api/messages")
        let lines = try ListTests.lines(["-r", file, "-T", "pdml"])
        let messages = lines.joined(separator: "\n").components(separatedBy: "<packet>").dropFirst()
        for (place, text) in messages.enumerated() {
            let names = text.matches(of: #/<(?:field|proto) name="([^"]*)"/#).map { String($0.output.1) }
            let expected = Set(names)
            let message = try program.get("/api/messages/\(place + 1)").object()
            let fields = try #require(message["fields"] as? [[String: Any]])
            let shown = Set(fields.compactMap { $0["name"] as? String })
            #expect(shown.isSubset(of: expected), "\(place + 1): \(shown.subtracting(expected))")
            #expect(shown.count > 15)
        }
    }

    @Test func ranges() throws {
        let program = try ServedProgram(["-q", "-r", ServedProgram.capture("relay.pcap")])
        _ = try program.complete("/api/messages")
        let all = try program.get("/api/messages/1/bytes").body
        #expect(try program.get("/api/messages/1/bytes?from=10&count=5").body == Array(all[10..<15]))
        #expect(try program.get("/api/messages/1/bytes?from=\(all.count - 2)&count=5").body == Array(all.suffix(2)))
        #expect(try program.get("/api/messages/1/bytes?from=\(all.count)").body.isEmpty)
        #expect(try program.get("/api/messages/1/bytes?from=18446744073709551615").body.isEmpty)
        let part = try program.get("/api/messages/1?fields_from=30").object()
        let whole = try program.get("/api/messages/1").object()
        let fields = try #require(part["fields"] as? [[String: Any]])
        let expected = try #require(whole["fields"] as? [[String: Any]]).dropFirst(30)
        #expect(fields.compactMap { $0["name"] as? String } == expected.compactMap { $0["name"] as? String })
        #expect(part["from"] as? Int == 30)
        #expect(try #require(try program.get("/api/messages/1?fields_from=99999").object()["fields"] as? [Any]).isEmpty)
    }

    /// The filter that a field offers finds its message.
    @Test func filtersOfFields() throws {
        let program = try ServedProgram(["-q", "-r", ServedProgram.capture("relay.pcap")])
        _ = try program.complete("/api/messages")
        var tried: Set<String> = []
        // A version, a tx, a block and others: a field of each name once.
        for number in [1, 5, 26, 40, 120, 231] {
            let message = try program.get("/api/messages/\(number)").object()
            for field in try #require(message["fields"] as? [[String: Any]]) {
                guard let filter = field["filter"] as? String,
                    tried.insert(try #require(field["name"] as? String)).inserted
                else {
                    continue
                }
                let address = "/api/messages/\(number)/position?tab=\(number)&filter=\(ListTests.escaped(filter))"
                let answer = try program.get(address)
                #expect(answer.status == 200, "\(filter): \(answer.text)")
                if answer.status == 200 {
                    #expect(try program.complete(address)["position"] is Int, "\(number): \(filter)")
                }
            }
        }
        #expect(tried.count > 60)
    }

    @Test func ladder() throws {
        let program = try ServedProgram(["-q", "-r", ServedProgram.capture("relay.pcap")])
        let ladder = try program.complete("/api/flow/0?count=1000")
        let rows = try ListTests.rows(ladder)
        // Stretches of one or two kinds are one row.
        #expect(rows.count > 30 && rows.count < 100)
        #expect(ladder["messages"] as? Int == 256)
        #expect(rows.contains { $0["kind"] as? String == "run" })
        for (place, row) in rows.enumerated() {
            let pieces = try #require(row["pieces"] as? [String])
            #expect(pieces.count == 3)
            let number = try #require(row["n"] as? Int)
            if number > 0 {
                let answer = try program.get("/api/flow/0/position?n=\(number)").object()
                #expect(answer["position"] as? Int == place)
            }
        }
        #expect(try program.get("/api/flow/0/position?n=9999").object()["position"] is NSNull)
        let last = try program.complete("/api/flow/0?from=\(rows.count - 2)&count=10")
        #expect(try ListTests.rows(last).count == 2)
    }

    @Test func statistics() throws {
        let file = ServedProgram.capture("relay.pcap")
        let program = try ServedProgram(["-q", "-r", file])
        _ = try program.complete("/api/messages")
        let capture = try program.get("/api/capture").object()
        let known = try #require(capture["statistics"] as? [[String: Any]]).compactMap { $0["name"] as? String }
        #expect(known.count >= 14)
        for name in known {
            let answer = try program.get("/api/stats/\(ListTests.escaped(name))")
            #expect(answer.status == 200, "\(name)")
            let rows = try ListTests.rows(try answer.object())
            let expected = try ListTests.lines(["-r", file, "-q", "-Q", "-z", name, "-T", "ndjson"]).map {
                try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
            }
            #expect(try ListTests.sorted(rows) == ListTests.sorted(expected), "\(name)")
        }
        let metrics = try program.get("/metrics")
        #expect(metrics.fields["content-type"]?.hasPrefix("text/plain; version=0.0.4") == true)
        #expect(throws: Never.self) { try PrometheusText(metrics.text) }
    }
}
#endif
