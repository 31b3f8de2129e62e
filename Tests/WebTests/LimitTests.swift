#if Web
import Foundation
import Support
import Testing

/// What many or slow clients can take.
@Suite struct LimitTests {
    private static func request(_ address: String, _ program: ServedProgram, _ more: [String] = []) -> [UInt8] {
        let lines = [
            "GET \(address) HTTP/1.1", "Host: 127.0.0.1:\(program.port)", "Authorization: Bearer \(program.token)",
        ]
        return Array(((lines + more).joined(separator: "\r\n") + "\r\n\r\n").utf8)
    }

    @Test func connections() throws {
        let program = try ServedProgram(["-q", "-r", ServedProgram.capture("handshake.pcap")])
        var clients: [HTTPClient] = []
        for _ in 0..<32 {
            let client = try HTTPClient(port: program.port)
            client.send(Self.request("/api/capture", program))
            #expect(client.read(until: "}]}").hasPrefix("HTTP/1.1 200"))
            clients.append(client)
        }
        let one = try HTTPClient(port: program.port)
        one.send(Self.request("/api/capture", program))
        #expect(one.readToEnd().isEmpty)
        clients.removeFirst()
        // There is room again, as soon as the server has seen that one go.
        for attempt in 0..<200 {
            let next = try HTTPClient(port: program.port)
            next.send(Self.request("/api/capture", program, ["Connection: close"]))
            if String(decoding: next.readToEnd(), as: UTF8.self).hasPrefix("HTTP/1.1 200") { break }
            try #require(attempt < 199)
            usleep(20_000)
        }
    }

    /// Who holds all seats and says nothing loses one to who asks.
    @Test func silentConnections() throws {
        let program = try ServedProgram(["-q", "-r", ServedProgram.capture("handshake.pcap")])
        let silent = try (0..<32).map { _ in try HTTPClient(port: program.port) }
        for client in silent.prefix(16) { client.send(Array("GET / HTTP/1.1\r\nHost: ".utf8)) }
        var isAnswered = false
        for _ in 0..<400 where !isAnswered {
            let next = try HTTPClient(port: program.port)
            next.send(Self.request("/api/capture", program, ["Connection: close"]))
            isAnswered = String(decoding: next.readToEnd(), as: UTF8.self).hasPrefix("HTTP/1.1 200")
            if !isAnswered { usleep(50_000) }
        }
        #expect(isAnswered)
    }

    /// Who has no token cannot keep out who has it, by asking again and again for what needs none; and who has shown it keeps
    /// its seat though others come.
    @Test func strangers() throws {
        let program = try ServedProgram(["-q", "-r", ServedProgram.capture("handshake.pcap")])
        let first = try HTTPClient(port: program.port)
        first.send(Self.request("/api/capture", program))
        #expect(first.read(until: "}]}").hasPrefix("HTTP/1.1 200"))
        let style = Array("GET /app.css HTTP/1.1\r\nHost: 127.0.0.1:\(program.port)\r\n\r\n".utf8)
        let strangers = try (0..<31).map { _ in try HTTPClient(port: program.port) }
        for stranger in strangers {
            stranger.send(style)
            #expect(stranger.read().starts(with: Array("HTTP/1.1 200".utf8)))
        }
        for _ in 0..<40 {
            let next = try HTTPClient(port: program.port)
            next.send(Self.request("/api/capture", program, ["Connection: close"]))
            #expect(String(decoding: next.readToEnd(), as: UTF8.self).hasPrefix("HTTP/1.1 200"))
            let stranger = try HTTPClient(port: program.port)
            stranger.send(style)
            #expect(stranger.read().starts(with: Array("HTTP/1.1 200".utf8)))
        }
        first.send(Self.request("/api/capture", program))
        #expect(first.read(until: "}]}").hasPrefix("HTTP/1.1 200"))
    }

    @Test func liveStreams() throws {
        let program = try ServedProgram(["-q", "-r", ServedProgram.capture("handshake.pcap")])
        _ = try program.complete("/api/messages")
        // Of a capture that is complete each stream ends by itself.
        let answer = try program.get("/api/live")
        #expect(answer.status == 200)
        #expect(answer.fields["content-type"] == "text/event-stream")
        #expect(answer.text.contains("event: messages\ndata: {\"total\":"))
        #expect(answer.text.contains("event: end\ndata: {\"reason\":\"complete\"}"))
        // A page that knows all hears of nothing again.
        let total = try #require(answer.text.firstMatch(of: #/id: (\d+)/#)?.output.1)
        let again = try program.ask(
            "GET", "/api/live",
            ["Host: 127.0.0.1:\(program.port)", "Authorization: Bearer \(program.token)", "Last-Event-ID: \(total)"])
        #expect(!again.text.contains("event: messages"))
        for _ in 0..<20 {
            #expect(
                try program.ask(
                    "HEAD", "/api/live", ["Host: 127.0.0.1:\(program.port)", "Authorization: Bearer \(program.token)"]
                ).status == 200)
        }
        #expect(try program.get("/api/live").status == 200)
    }

    /// Who asks for much and reads nothing takes only what is on its way.
    @Test func slowClients() throws {
        let program = try ServedProgram(["-q", "-r", ServedProgram.capture("block-filters.pcap")])
        _ = try program.complete("/api/messages")
        _ = try program.get("/api/messages?count=1000")
        let before = program.residentBytes
        var clients: [HTTPClient] = []
        for _ in 0..<20 {
            let client = try HTTPClient(port: program.port)
            // Many requests on one connection, none of whose answers is read.
            for _ in 0..<100 { client.send(Self.request("/api/messages?count=1000", program)) }
            clients.append(client)
        }
        usleep(500_000)
        #expect(try program.get("/api/capture").status == 200)
        #expect(program.residentBytes < before + 64 << 20)
    }

    /// A filter that its tab has given up stops, and what it has found is gone.
    @Test func manyFilters() throws {
        let program = try ServedProgram(["-q", "-r", ServedProgram.capture("block-filters.pcap")])
        _ = try program.complete("/api/messages")
        for round in 0..<100 {
            let filter = ListTests.escaped("bitcoin.message.length > \(round) and bitcoin")
            let answer = try program.get("/api/messages?tab=one&filter=\(filter)")
            #expect(answer.status == 200 || answer.status == 409, "\(answer.text)")
        }
        let filter = ListTests.escaped("bitcoin.message.length > 5000")
        let expected = try ListTests.lines([
            "-r", ServedProgram.capture("block-filters.pcap"), "-Y", "bitcoin.message.length > 5000", "-T", "fields",
            "-e",
            "bitcoin.message.number",
        ])
        #expect(try program.complete("/api/messages?tab=one&filter=\(filter)")["total"] as? Int == expected.count)
        #expect(program.residentBytes < 256 << 20)
    }

    /// Names of files and texts of strangers come as JSON strings, whatever is in them.
    @Test func hostileTexts() throws {
        let folder = try Folder()
        let capture = ServedProgram.package.appendingPathComponent("Tests/BrowserTests/Captures/hostile.pcap")
        let name = "\"><img src=x onerror=alert(1)>\u{1b}[31m\u{202e}.pcap"
        _ = try folder.write(try Data(contentsOf: capture), as: name)
        let program = try ServedProgram(["-q", "-r", folder.path + "/" + name])
        let list = try program.complete("/api/messages?count=1000")
        #expect(try ListTests.rows(list).count > 5)
        let title = try #require(try program.get("/api/capture").object()["name"] as? String)
        #expect(!title.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x202e })
        for row in try ListTests.rows(list) {
            for key in ["info", "command", "source"] {
                let text = try #require(row[key] as? String)
                #expect(
                    !text.unicodeScalars.contains {
                        $0.value < 0x20 || (0x202a...0x202e).contains($0.value) || $0.value == 0x200b
                    })
            }
            let number = try #require(row["n"] as? Int)
            let message = try program.get("/api/messages/\(number)").object()
            for field in try #require(message["fields"] as? [[String: Any]]) {
                let value = try #require(field["value"] as? String)
                #expect(!value.unicodeScalars.contains { $0.value < 0x20 || (0x202a...0x202e).contains($0.value) })
            }
        }
    }

    @Test func nothingInIt() throws {
        let capture = ServedProgram.package.appendingPathComponent("Tests/BrowserTests/Captures/empty.pcap")
        let program = try ServedProgram(["-q", "-r", capture.path])
        let list = try program.complete("/api/messages")
        #expect(list["total"] as? Int == 0)
        let account = try program.get("/api/capture").object()
        #expect(account["t0"] is NSNull)
        #expect(try program.complete("/api/timeline")["bins"] as? Int == 1)
        #expect(try program.get("/api/messages/1").status == 404)
        #expect(try program.get("/api/flow/0").status == 404)
    }
}
#endif
