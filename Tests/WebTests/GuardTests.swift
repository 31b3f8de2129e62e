#if Web
import Support
import Testing

/// Who may ask, in this order: Host, Origin, Sec-Fetch-Site, method, token.
@Suite struct GuardTests {
    private let program: ServedProgram

    init() throws { program = try ServedProgram(["-q", "-r", ServedProgram.capture("handshake.pcap")]) }

    private var host: String { "Host: 127.0.0.1:\(program.port)" }
    private var token: String { "Authorization: Bearer \(program.token)" }

    @Test func names() throws {
        for name in ["127.0.0.1", "localhost", "[::1]", "LOCALHOST"] {
            let answer = try program.ask("GET", "/api/capture", ["Host: \(name):\(program.port)", token])
            #expect(answer.status == 200, "\(name)")
        }
        let foreign = [
            "evil.example", "evil.example:\(program.port)", "127.0.0.1", "127.0.0.1:1",
            "localhost:\(program.port)@evil",
            "127.0.0.1:\(program.port).evil.example", "127.0.0.2:\(program.port)", "",
        ]
        for name in foreign {
            let answer = try program.ask("GET", "/api/capture", ["Host: \(name)", token])
            #expect(answer.status == 421, "\(name)")
            #expect(try answer.code() == "wrong_host")
            // Static files are no exception: a page of another name must not even begin.
            #expect(try program.ask("GET", "/", ["Host: \(name)"]).status == 421, "\(name)")
        }
        #expect(
            try program.ask("GET", "/", ["Host: evil.example"]).text.contains(
                "ssh -L \(program.port):127.0.0.1:\(program.port)"))
        #expect(try program.ask("GET", "/", [host, "Host: evil.example"]).status >= 400)
    }

    @Test func origins() throws {
        for origin in ["http://evil.example", "null", "https://127.0.0.1:\(program.port)", "http://127.0.0.1:1"] {
            let answer = try program.ask("GET", "/api/capture", [host, "Origin: \(origin)", token])
            #expect(answer.status == 403, "\(origin)")
            #expect(try answer.code() == "foreign_origin")
        }
        #expect(
            try program.ask("GET", "/api/capture", [host, "Origin: http://127.0.0.1:\(program.port)", token]).status
                == 200)
        for (site, status) in [("same-origin", 200), ("none", 200), ("same-site", 403), ("cross-site", 403)] {
            #expect(
                try program.ask("GET", "/api/capture", [host, "Sec-Fetch-Site: \(site)", token]).status == status,
                "\(site)")
        }
        // One that is right does not hide another.
        #expect(
            try program.ask(
                "GET", "/api/capture", [host, "Sec-Fetch-Site: none", "sec-fetch-site: cross-site", token]
            ).status == 403)
    }

    @Test func methods() throws {
        for method in ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"] {
            let answer = try program.ask(method, "/api/capture", [host, token])
            #expect(answer.status == 405, "\(method)")
        }
        let head = try program.ask("HEAD", "/api/capture", [host, token])
        #expect(head.status == 200)
        #expect(head.body.isEmpty)
    }

    @Test func tokens() throws {
        let wrong = [
            "", "Authorization: Bearer", "Authorization: Bearer \(program.token)x",
            "Authorization: Bearer \(program.token.dropLast())", "Authorization: Basic \(program.token)",
            "Authorization: Bearer " + String(repeating: "A", count: 43),
        ]
        for field in wrong {
            for address in ["/api/capture", "/api/messages", "/api/live", "/metrics", "/api/nothing", "/nothing"] {
                let answer = try program.ask("GET", address, [host, field].filter { !$0.isEmpty })
                #expect(answer.status == 401, "\(field) \(address)")
            }
        }
        // The token of an address is no token.
        #expect(try program.ask("GET", "/api/capture?token=\(program.token)", [host]).status == 401)
        #expect(try program.ask("GET", "/", [host]).status == 200)
    }

    /// Of two things that are wrong the first one is said.
    @Test func order() throws {
        let foreign = ["Host: evil.example", "Origin: http://evil.example", "Sec-Fetch-Site: cross-site"]
        #expect(try program.ask("POST", "/api/capture", foreign).status == 421)
        #expect(try program.ask("POST", "/api/capture", [host] + foreign.dropFirst()).status == 403)
        #expect(try program.ask("POST", "/api/capture", [host]).status == 405)
        #expect(try program.ask("GET", "/api/nothing", [host]).status == 401)
        #expect(try program.ask("GET", "/api/nothing", [host, token]).status == 404)
    }

    @Test func headers() throws {
        for answer in [
            try program.ask("GET", "/", [host]), try program.get("/api/capture"), try program.get("/api/nothing"),
        ] {
            let policy = try #require(answer.fields["content-security-policy"])
            #expect(policy.hasPrefix("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"))
            #expect(policy.contains("frame-ancestors 'none'"))
            #expect(!policy.contains("unsafe"))
            #expect(answer.fields["x-content-type-options"] == "nosniff")
            #expect(answer.fields["referrer-policy"] == "no-referrer")
            #expect(answer.fields["cross-origin-opener-policy"] == "same-origin")
            #expect(answer.fields["cross-origin-resource-policy"] == "same-origin")
            #expect(answer.fields["cache-control"] == "no-store")
            #expect(answer.fields["access-control-allow-origin"] == nil)
        }
    }

    /// What is no HTTP is refused before anybody looks at it; that answer has them, too.
    @Test(arguments: ["no HTTP", "GET / HTTP/9.9", "GET /\u{1} HTTP/1.1", "GET / HTTP/1.1\r\nno field"])
    func headersOfParser(_ text: String) throws {
        let answer = try HTTPAnswer(try program.exchange(text + "\r\n\r\n"))
        #expect(answer.status == 400)
        #expect(answer.fields["content-security-policy"]?.hasPrefix("default-src 'none';") == true)
        #expect(answer.fields["x-content-type-options"] == "nosniff")
        #expect(answer.fields["cache-control"] == "no-store")
    }

    /// Nothing but what is listed has an address: no file of this host, least of all.
    @Test(arguments: [
        "/../etc/passwd", "/%2e%2e/etc/passwd", "/api/messages/../capture", "/app.html", "/files.c", "//", "/api",
        "//api//capture", "/api//capture", "/api/capture/", "/metrics/",
        "/api/",
        "/api/messages/0", "/api/messages/99999999999999999999", "/api/messages/-1", "/api/messages/1/",
        "/api/messages/x/bytes",
        "/api/flow/99", "/api/stats/nothing", "/api/stats/%2e%2e", "/favicon.ico",
    ])
    func otherAddresses(_ address: String) throws {
        let answer = try program.get(address)
        #expect(answer.status == 404, "\(address): \(answer.text.prefix(200))")
    }

    /// An address begins with a slash; one with a server before it, as proxies get it, is taken by what comes after that.
    @Test(arguments: ["api/capture", "*"])
    func addressesOfOthers(_ address: String) throws {
        let answer = try program.get(address)
        #expect(answer.status == 400, "\(address): \(answer.text.prefix(200))")
    }

    /// Who closes one side of the connection hears why nothing was read.
    @Test func halfClosed() throws {
        let client = try HTTPClient(port: program.port)
        client.send(
            Array("GET /api/stats/expert HTTP/1.1\r\n\(host)\r\n\(token)\r\nConnection: close\r\n\r\n".utf8))
        client.closeSending()
        let answer = try HTTPAnswer(client.readToEnd())
        // It may have been answered before that was seen.
        if answer.status != 200 {
            #expect(answer.status == 400)
            #expect(answer.text.contains("Keep it open"))
        }
    }

    @Test(arguments: [
        "/api/messages?count=0", "/api/messages?count=1001", "/api/messages?from=x", "/api/messages?from=-1",
        "/api/messages?time=1", "/api/messages?time=2,1", "/api/messages?time=a,b", "/api/messages?stream=x",
        "/api/timeline?bins=0", "/api/timeline?bins=1001", "/api/messages?filter=%ff", "/api/messages?filter=%4",
        "/api/messages/1/bytes?count=65537", "/api/next?what=gap&n=1", "/api/messages?time=-9223372036854775808,1",
    ])
    func badParameters(_ address: String) throws {
        let answer = try program.get(address)
        #expect(answer.status == 400, "\(address): \(answer.text.prefix(200))")
        #expect(try answer.code() == "bad_request")
    }

    @Test func longAddress() throws {
        #expect(try program.get("/api/messages?filter=" + String(repeating: "a", count: 9_000)).status == 414)
        #expect(try program.get("/api/messages?filter=" + String(repeating: "a", count: 5_000)).status == 400)
        // An endless one is given up.
        let end = try program.exchange("GET /" + String(repeating: "a", count: 1 << 20))
        #expect(end.isEmpty || end.starts(with: Array("HTTP/1.1 400".utf8)))
        #expect(try program.get("/api/capture").status == 200)
    }
}
#endif
