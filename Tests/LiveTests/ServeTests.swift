import Foundation
import Support
import Testing

/// `serve -i`: what comes by an interface, in a browser.
@Suite(.serialized, .needsNetwork, .timeLimit(.minutes(10)))
struct ServeTests {
    private let space: NetworkNamespace

    init() throws { space = try NetworkNamespace() }

    /// A program that serves, and how it is asked.
    private struct Served {
        let program: LiveProgram
        let space: NetworkNamespace
        let port: Int
        let token: String

        init(_ arguments: [String], in space: NetworkNamespace) throws {
            self.space = space
            program = try LiveProgram(["serve", "-i", "lo"] + arguments, in: space)
            let program = program
            try #require(eventually { !program.lines.isEmpty }, "\(program.errorText)")
            let line = String(program.lines[0])
            let match = try #require(line.wholeMatch(of: ##/http://127\.0\.0\.1:(\d+)/#token=([\w-]{43})/##), "\(line)")
            port = try #require(Int(match.output.1))
            token = String(match.output.2)
        }

        func client(_ address: String, port: Int? = nil, _ more: [String] = []) throws -> HTTPClient {
            let port = port ?? self.port
            let client = try space.inside { try HTTPClient(port: port) }
            let lines = [
                "GET \(address) HTTP/1.1", "Host: 127.0.0.1:\(port)", "Authorization: Bearer \(token)",
            ]
            client.send(Array((lines + more + ["", ""]).joined(separator: "\r\n").utf8))
            return client
        }

        func get(_ address: String, port: Int? = nil) throws -> HTTPAnswer {
            try HTTPAnswer(try client(address, port: port, ["Connection: close"]).readToEnd())
        }

        func total(_ address: String = "/api/messages?count=1000") throws -> Int {
            try #require(try get(address).object()["total"] as? Int)
        }
    }

    private func talk() throws -> ShownMessages {
        ShownMessages(try BitcoinPeers(TCPPeers(port: 8333, in: space), goods: [try .sample("tx")]).finish())
    }

    @Test func follows() throws {
        let served = try Served([], in: space)
        #expect(try served.total() == 0)
        let events = try served.client("/api/live")
        let first = try talk().count
        #expect(try eventually { try served.total() == first })
        #expect(events.read(until: "{\"total\":\(first),").contains("event: messages"))
        let rows = try #require(try served.get("/api/messages?count=1000").object()["rows"] as? [[String: Any]])
        #expect(rows.count == first)
        // Each is dissected when somebody looks at it.
        for row in rows {
            let number = try #require(row["n"] as? Int)
            let message = try served.get("/api/messages/\(number)").object()
            #expect(message["bytes"] as? Int == row["length"] as? Int)
            #expect(try served.get("/api/messages/\(number)/bytes").body.count == row["length"] as? Int)
        }
        // A filter goes on with what comes later.
        let filter = "/api/messages?count=1000&filter=bitcoin.command%20%3D%3D%20%22version%22"
        let versions = rows.count { $0["command"] as? String == "version" }
        #expect(versions == 2)
        #expect(try eventually { try served.total(filter) == versions })
        let second = try talk().count
        #expect(try eventually { try served.total() == first + second })
        #expect(try eventually { try served.total(filter) == 2 * versions })
        let ladder = try served.get("/api/flow/1?count=1000").object()
        #expect(ladder["messages"] as? Int == second)
        #expect(served.program.interrupt() == .status(0), "\(served.program.errorText)")
    }

    /// A page whose stream was cut hears of what it has missed, and of nothing else.
    @Test func resumes() throws {
        let served = try Served(["-q"], in: space)
        let first = try talk().count
        do {
            let events = try served.client("/api/live")
            #expect(events.read(until: "{\"total\":\(first),").contains("id: \(first)\n"))
        }
        let second = try talk().count
        #expect(try eventually { try served.total() == first + second })
        let again = try served.client("/api/live", ["Last-Event-ID: \(first)"])
        let text = again.read(until: "event: timeline")
        #expect(text.contains("event: messages\ndata: {\"total\":\(first + second),"))
        let other = try served.client("/api/live", ["Last-Event-ID: \(first + second)"])
        #expect(!other.read(until: "event: timeline").contains("event: messages"))
    }

    /// Eight pages can follow, the ninth cannot.
    @Test func streams() throws {
        let served = try Served(["-q"], in: space)
        var clients: [HTTPClient] = []
        for _ in 0..<8 {
            let client = try served.client("/api/live")
            #expect(client.read(until: "event: progress").hasPrefix("HTTP/1.1 200"))
            clients.append(client)
        }
        #expect(try served.get("/api/live").status == 503)
        let expected = try talk().count
        #expect(try eventually { try served.total() == expected })
        clients.removeLast()
        #expect(
            try eventually {
                let client = try served.client("/api/live")
                return client.read(until: "\r\n\r\n").hasPrefix("HTTP/1.1 200")
            })
    }

    /// However many ask, and though one does not read its answers: what comes is captured.
    @Test func losesNothing() throws {
        let served = try Served(["-q", "-B", "64"], in: space)
        let slow = try served.client("/api/messages?count=1000")
        let clients = try (0..<28).map { _ in try served.client("/api/messages?count=10") }
        for client in clients { #expect(client.read(until: "]}").hasPrefix("HTTP/1.1 200")) }
        let request = [
            "GET /api/messages?count=1000 HTTP/1.1", "Host: 127.0.0.1:\(served.port)",
            "Authorization: Bearer \(served.token)", "", "",
        ]
        let bytes = Array(request.joined(separator: "\r\n").utf8)
        let socket = try space.inside { try PacketSocket("lo") }
        for (place, frame) in BigCapture.frames(pings: 20_000).enumerated() {
            try socket.send(frame)
            if place % 500 == 0 {
                slow.send(bytes)
                let client = clients[place / 500 % clients.count]
                client.send(bytes)
                #expect(client.read(until: "]}").hasPrefix("HTTP/1.1 200"))
            }
        }
        #expect(try eventually { try served.total("/api/messages?count=1") == 20_000 })
        #expect(try served.get("/api/capture").object()["dropped"] as? Int == 0)
        withExtendedLifetime(slow) {}
    }

    @Test func metrics() throws {
        let served = try Served(["--metrics-listen", "127.0.0.1:9332"], in: space)
        let expected = try talk().count
        #expect(try eventually { try served.total() == expected })
        let own = try served.get("/metrics")
        #expect(own.status == 200)
        let metrics = try PrometheusText(own.text)
        #expect(metrics.value("btcshark_capture_messages_whole_total") == Double(expected))
        // For a scraper without the secret, at a port of its own: nothing else is there.
        let client = try space.inside { try HTTPClient(port: 9332) }
        client.send(Array("GET /metrics HTTP/1.1\r\nHost: 127.0.0.1:9332\r\nConnection: close\r\n\r\n".utf8))
        #expect(
            try PrometheusText(try HTTPAnswer(client.readToEnd()).text).value("btcshark_capture_messages_whole_total")
                == Double(expected))
        for address in ["/", "/api/capture", "/api/messages", "/metrics/"] {
            #expect(try served.get(address, port: 9332).status == 404, "\(address)")
        }
        let foreign = try space.inside { try HTTPClient(port: 9332) }
        foreign.send(Array("GET /metrics HTTP/1.1\r\nHost: evil.example:9332\r\nConnection: close\r\n\r\n".utf8))
        #expect(try HTTPAnswer(foreign.readToEnd()).status == 421)
    }

    /// Another user by the time it listens, and locked in.
    @Test(.needsSetpriv) func privileges() throws {
        let served = try Served(["-Z", "nobody"], in: space)
        let nobody = try #require(getpwnam("nobody")).pointee
        let status = try String(contentsOfFile: "/proc/\(served.program.process)/status", encoding: .utf8)
        #expect(status.contains("Uid:\t\(nobody.pw_uid)\t\(nobody.pw_uid)"))
        #expect(status.contains("CapEff:\t0000000000000000"))
        #expect(status.contains("Seccomp:\t2"))
        let expected = try talk().count
        #expect(try eventually { try served.total() == expected })
    }
}
