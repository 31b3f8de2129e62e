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

    /// Filters that look at very many messages are given up one after another while they run, 28 clients ask meanwhile, and
    /// one does not read its answers.
    @Test func manyFilters() throws {
        let folder = try Folder()
        let program = try ServedProgram(["-q", "-r", try BigCapture.write(messages: 160_000, into: folder)])
        _ = try program.complete("/api/messages")
        let before = program.residentBytes
        let slow = try HTTPClient(port: program.port)
        for _ in 0..<100 { slow.send(Self.request("/api/messages?count=1000", program)) }
        let clients = try (0..<28).map { _ in try HTTPClient(port: program.port) }
        let own = try HTTPClient(port: program.port)
        func ask(_ round: Int) -> String {
            let filter = ListTests.escaped("bitcoin.ping.nonce > \(round)")
            own.send(Self.request("/api/messages?tab=one&count=1&filter=\(filter)", program))
            return own.read(until: "]}")
        }
        var most = 0
        for round in 0..<100 {
            let answer = ask(round)
            #expect(answer.hasPrefix("HTTP/1.1 200"), "\(answer.suffix(200))")
            // The next one comes while it runs.
            #expect(answer.contains("\"complete\":false"), "\(round)")
            let client = clients[round % clients.count]
            client.send(Self.request("/api/messages?from=\(round * 1_000)&count=100", program))
            #expect(client.read(until: "]}").hasPrefix("HTTP/1.1 200"))
            most = max(most, program.residentBytes)
        }
        #expect(most < before + 96 << 20, "\(most - before)")
        // One that waits for its first row hears of it.
        let none = ListTests.escaped("bitcoin.ping.nonce == 1")
        own.send(Self.request("/api/messages?tab=one&filter=\(none)", program))
        usleep(50_000)
        let length = ListTests.escaped("bitcoin.message.length == 8")
        clients[0].send(Self.request("/api/messages?tab=one&count=1&filter=\(length)", program))
        #expect(clients[0].read(until: "]}").hasPrefix("HTTP/1.1 200"))
        let end = own.read(until: "}")
        #expect(end.hasPrefix("HTTP/1.1 409") || end.contains("\"complete\":false"), "\(end)")
        withExtendedLifetime(slow) {}
    }

    /// What a filter finds after others is what the program finds.
    @Test func filterAfterOthers() throws {
        let program = try ServedProgram(["-q", "-r", ServedProgram.capture("block-filters.pcap")])
        _ = try program.complete("/api/messages")
        for round in 0..<10 {
            _ = try program.get("/api/messages?tab=one&filter=bitcoin.message.length%20%3E%20\(round)")
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

    /// A disk that is full is called so, and not a limit: of packets that are kept, and of the list's own texts.
    @Test(arguments: [true, false]) func fullDisk(_ isPipe: Bool) throws {
        let folder = try Folder()
        // Of few messages the packets take more room than the list's texts, of many short ones less.
        let name = ServedProgram.capture("block-filters.pcap")
        let file = isPipe ? name : try BigCapture.write(messages: 80_000, into: folder)
        let all = isPipe ? 1_170 : 80_000
        // Files of 100 kB: the address and the words of errors have room.
        let program = try ServedProgram(
            ["-q", "-r", isPipe ? "-" : file], input: URL(fileURLWithPath: file), largestFile: 200)
        let list = try program.complete("/api/messages")
        #expect(list["total"] as? Int ?? all < all)
        let words = isPipe ? "packets cannot be kept: File too large" : "texts cannot be written: File too large"
        let doubt = try program.get("/api/capture").object()["doubt"] as? String
        #expect(doubt?.contains(words) == true, "\(doubt ?? "nil")")
        #expect(eventually { program.errors.contains(words) }, "\(program.errors)")
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
