#if Web
import Foundation
import Testing

/// Who is refused by `btcshark serve`, and what its page could do at worst.
struct ServeSafetyTests {
    private static let capture = Reports.capture("handshake")
    private static let assets = Reports.root.appendingPathComponent("Sources/CWeb/assets")
    private static let policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; "
        + "frame-ancestors 'none'"

    @Test func strangersAreRefused() throws {
        let served = try Served(Self.capture)
        let token = ["Authorization": "Bearer \(served.token)"]
        func status(_ target: String, method: String = "GET", _ headers: [String: String]) throws -> Int {
            try served.request(target, method: method, headers: headers).status
        }
        #expect(try status("/api/capture", token) == 200)
        // A name that leads here is not our name (DNS rebinding).
        let hosts = [
            "evil.example", "evil.example:\(served.port)", "127.0.0.1", "127.0.0.1:1",
            "localhost:\(served.port)@evil.example", "",
        ]
        for host in hosts {
            #expect(try status("/api/capture", token.merging(["Host": host]) { $1 }) == 421, "\(host)")
        }
        #expect(try status("/api/capture", token.merging(["Host": "localhost:\(served.port)"]) { $1 }) == 200)
        for origin in ["http://evil.example", "null", "https://127.0.0.1:\(served.port)", "http://127.0.0.1:1"] {
            #expect(try status("/api/capture", token.merging(["Origin": origin]) { $1 }) == 403, "\(origin)")
        }
        #expect(try status("/api/capture", token.merging(["Origin": served.origin]) { $1 }) == 200)
        for site in ["cross-site", "same-site"] {
            #expect(try status("/api/capture", token.merging(["Sec-Fetch-Site": site]) { $1 }) == 403, "\(site)")
        }
        for method in ["POST", "PUT", "DELETE", "OPTIONS"] {
            #expect(try status("/api/capture", method: method, token) == 405, "\(method)")
        }
        #expect(try status("/api/capture", [:]) == 401)
        var wrong = served.token
        wrong.replaceSubrange(wrong.startIndex...wrong.startIndex, with: wrong.hasPrefix("A") ? "B" : "A")
        for value in ["Bearer \(wrong)", "Bearer \(served.token)A", "Bearer ", served.token, "Basic \(served.token)"] {
            #expect(try status("/api/capture", ["Authorization": value]) == 401)
        }
        // The token in the address is no token.
        #expect(try status("/api/capture?token=\(served.token)", [:]) == 401)
        for path in [
            "/api", "/api/", "/api/nothing", "/../etc/passwd", "/%2e%2e/etc/passwd", "/app.html/", "/favicon.ico",
        ] {
            #expect(try status(path, token) == 404, "\(path)")
        }
    }

    /// The order of the checks: who has the wrong host learns nothing of the token.
    @Test func hostIsAskedForFirst() throws {
        let served = try Served(Self.capture)
        let evil = ["Host": "evil.example", "Origin": "http://evil.example", "Sec-Fetch-Site": "cross-site"]
        #expect(try served.request("/api/capture", method: "POST", headers: evil).status == 421)
        var next = evil
        next["Host"] = nil
        #expect(try served.request("/api/capture", method: "POST", headers: next).status == 403)
        next["Origin"] = nil
        #expect(try served.request("/api/capture", method: "POST", headers: next).status == 403)
        next["Sec-Fetch-Site"] = nil
        #expect(try served.request("/api/capture", method: "POST", headers: next).status == 405)
        #expect(try served.request("/api/capture").status == 401)
    }

    @Test func everyAnswerIsClosedIn() throws {
        let served = try Served(Self.capture)
        let answers = [
            try served.request("/"), try served.request("/app.css"), try served.get("/api/capture"),
            try served.request("/api/capture"), try served.request("/", headers: ["Host": "evil.example"]),
            try served.get("/nothing"),
        ]
        #expect(answers.map(\.status) == [200, 200, 200, 401, 421, 404])
        for answer in answers {
            #expect(answer.headers["content-security-policy"] == Self.policy)
            #expect(answer.headers["x-content-type-options"] == "nosniff")
            #expect(answer.headers["referrer-policy"] == "no-referrer")
            #expect(answer.headers["cross-origin-opener-policy"] == "same-origin")
            #expect(answer.headers["cross-origin-resource-policy"] == "same-origin")
            #expect(answer.headers["cache-control"] == "no-store")
            #expect(answer.headers["access-control-allow-origin"] == nil)
        }
    }

    /// What got into the page all the same could not run, nor tell anybody.
    @Test(.enabled(if: Chromium.isInstalled, "chromium-headless-shell is not installed"))
    func policyHolds() throws {
        let served = try Served(Self.capture)
        let browser = try Chromium(obeysPolicy: true)
        try browser.open(served.address, width: 1280, isDark: false)
        try browser.wait(until: "document.documentElement.dataset.ready === ''")
        let found = try browser.evaluate(
            """
            (async () => {
                const refused = [];
                document.addEventListener("securitypolicyviolation", (event) => refused.push(event.effectiveDirective));
                const script = document.createElement("script");
                script.textContent = "window.ran = true";
                const picture = document.createElement("img");
                picture.src = "http://127.0.0.2:1/picture";
                document.body.append(script, picture);
                const sent = await fetch("http://127.0.0.2:1/", { mode: "no-cors" }).then(() => true, () => false);
                await new Promise((resolve) => { setTimeout(resolve, 200); });
                return [String(Boolean(window.ran)), String(sent), ...refused.sort()];
            })()
            """)
        #expect(found as? [String] == ["false", "false", "connect-src", "img-src", "script-src-elem"])
    }

    // MARK: The page's files

    private static func files(_ ending: String) throws -> [(name: String, text: String)] {
        try FileManager.default.contentsOfDirectory(atPath: assets.path).filter { $0.hasSuffix(ending) }.sorted().map {
            ($0, try String(contentsOf: assets.appendingPathComponent($0), encoding: .utf8))
        }
    }

    /// Text from the wire becomes a text node: nothing makes markup of a text, and nothing runs one.
    @Test func scriptsMakeNoMarkup() throws {
        let scripts = try Self.files(".js")
        #expect(scripts.count > 10)
        let forbidden = [
            "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "createContextualFragment", "DOMParser",
            "srcdoc",
            "setHTML", "eval(", "new Function", "XMLHttpRequest", "EventSource", "WebSocket", "localStorage",
            "document.cookie",
            "http:", "https:", "import(",
        ]
        for script in scripts {
            // The namespace of pictures looks like an address, and is none.
            let text = script.text.replacing("\"http://www.w3.org/2000/svg\"", with: "")
            for word in forbidden { #expect(!text.contains(word), "\(script.name) has \(word)") }
            #expect(text.firstMatch(of: /setAttribute\(\s*"(?:on|style|src|href)/) == nil, "\(script.name)")
        }
    }

    @Test func pageHasNoScriptAndStyleOfItsOwn() throws {
        let page = try #require(try Self.files(".html").first).text
        #expect(page.firstMatch(of: /\sstyle\s*=/) == nil)
        #expect(page.firstMatch(of: /\son[a-z]+\s*=/) == nil)
        #expect(page.firstMatch(of: /<style/) == nil)
        #expect(
            page.matches(of: /<script/).count == 1 && page.contains("<script type=\"module\" src=\"/app.js\"></script>")
        )
        for address in page.matches(of: /(?:src|href)="([^"]*)"/) { #expect(address.1.hasPrefix("/")) }
        for sheet in try Self.files(".css") {
            #expect(sheet.text.firstMatch(of: /url\(|@import/) == nil)
            // Colours are those of the report: no sheet has its own.
            #expect(sheet.text.firstMatch(of: /#[0-9a-fA-F]{3,8}\b(?![^{]*\{)/) == nil, "\(sheet.name)")
        }
    }

    /// All modules are embedded, and nothing else is there for everybody.
    @Test func filesAreThoseOfTheFolder() throws {
        let served = try Served(Self.capture)
        for (name, text) in try Self.files(".js") + Self.files(".css") {
            let answer = try served.request("/\(name)")
            #expect(answer.status == 200 && answer.body == Array(text.utf8), "\(name)")
            #expect(
                answer.headers["content-type"] == (name.hasSuffix(".js") ? "text/javascript" : "text/css")
                    + "; charset=utf-8")
        }
        let tokens = String(decoding: try served.request("/tokens.css").body, as: UTF8.self)
        #expect(tokens.contains("--ground:#fcfbf9;") && tokens.contains("--ground:#141517;"))
    }

    /// Keys are explained in the page, and the manual says the same.
    @Test func manualHasTheKeysOfThePage() throws {
        let page = try #require(try Self.files(".html").first).text
        let manual = try String(
            contentsOf: Reports.root.appendingPathComponent("man/btcshark-serve.1"), encoding: .utf8)
        let dialog = try #require(page.firstMatch(of: /<dialog id="keys"[\s\S]*<\/dialog>/)).0
        let items = dialog.matches(of: /<dt>(.*)<\/dt><dd>(.*)<\/dd>/)
        #expect(items.count > 10)
        for item in items {
            #expect(manual.contains(String(item.2)), "btcshark-serve.1 does not say: \(item.2)")
        }
    }
}
#endif
