#if Web
import Testing

extension ServePageTests {
    /// What is seen on wide and on narrow screens.
    struct Widths {
        private static let widths = [1280, 390]
        private static var subjects: [Reports.Subject] {
            Reports.subjects.filter { ["relay", "hostile", "encrypted", "empty"].contains($0.name) }
        }

        /// What was not read stands in a line that is seen and not cut, also where there is no foot.
        @Test(arguments: Self.widths)
        func whatIsMissingIsSeen(_ width: Int) throws {
            let served = try Served(Reports.capture("relay-v2-encrypted"))
            let browser = try Chromium(obeysPolicy: true)
            try browser.prepare(
                """
                const ask = window.fetch;
                window.fetch = async (path, options) => {
                    const answer = await ask(path, options);
                    if (path !== "/api/capture") return answer;
                    const doubt = "The file ends within a packet.";
                    return Response.json({ ...await answer.json(), doubt, dropped: 1 });
                };
                """)
            try browser.show(served, width: width)
            // They are complete once the capture is read.
            try browser.wait(
                until: """
                    document.getElementById('missing').textContent.includes('--keylog')
                        && document.getElementById('closing').textContent.startsWith('330 packets')
                    """)
            let words = try browser.text(of: "missing")
            #expect(words.hasPrefix("The file ends within a packet. · 1 packet lost · 2 directions are encrypted:"))
            let isSeen = try browser.evaluate(
                """
                (() => {
                    const line = document.getElementById("missing");
                    const { top, bottom, height } = line.getBoundingClientRect();
                    return height > 0 && top >= 0 && bottom <= innerHeight && line.scrollWidth <= line.clientWidth
                        && line.scrollHeight <= line.clientHeight;
                })()
                """)
            #expect(isSeen as? Bool == true)
        }

        /// A list without rows says why, and what is counted is called what it is.
        @Test(arguments: Self.widths)
        func emptyListSaysWhy(_ width: Int) throws {
            let browser = try Chromium(obeysPolicy: true)
            func expect(_ words: String, _ count: String, _ served: Served, _ state: String = "") throws {
                try browser.show(served, state, width: width)
                try browser.wait(until: "document.getElementById('count').textContent === '\(count)'")
                try browser.wait(until: "document.getElementById('nothing').textContent === '\(words)'")
                let isSeen = try browser.evaluate(
                    "document.getElementById('nothing').getBoundingClientRect().height > 0")
                #expect(isSeen as? Bool == !words.isEmpty)
            }
            let subject = try #require(Reports.subjects.first { $0.name == "empty" })
            let empty = try Served(subject.capture)
            try expect("No Bitcoin message in this capture.", "0 messages", empty)

            let relay = try Served(Reports.capture("relay"))
            try expect("", "256 messages", relay)
            let filter = "filter=frame.number+%3D%3D+0"
            try expect("No message matches the filter.", "0 of 256", relay, filter)
            try expect("No message in this time range.", "0 of 256", relay, "time=1,1.1")
            try expect("No message in this time range matches the filter.", "0 of 256", relay, filter + "&time=1,1.1")

            let encrypted = try Served(Reports.capture("relay-v2-encrypted"))
            try expect("", "2 rows", encrypted)
            try browser.waitForMessage(1)
            #expect(try browser.text(of: "bytes-about") == "64 of 12\u{202f}549 bytes")
            try expect(
                "This connection is encrypted. btcshark serve --keylog FILE shows its messages, where FILE has its secrets.",
                "no rows: encrypted", encrypted, "view=ladder")
            let keys = Reports.capture("relay-v2-encrypted").replacing(".pcap", with: ".keys")
            let decrypted = try Served(Reports.capture("relay-v2-encrypted"), arguments: ["--keylog", keys])
            try expect("", "258 rows", decrypted, "message=3")
            try browser.waitForMessage(3)
            #expect(try browser.text(of: "bytes-about") == "116 bytes, 135 on the wire")
        }

        @Test(arguments: Self.subjects)
        func pageIsQuietAndFits(_ subject: Reports.Subject) throws {
            let served = try Served(subject.capture, arguments: subject.arguments)
            let browser = try Chromium(obeysPolicy: true)
            for width in Self.widths {
                for (view, isDark) in [("messages", false), ("ladder", true), ("statistics", false)] {
                    try browser.show(served, view == "messages" ? "" : "view=\(view)", width: width, isDark: isDark)
                    // All messages are looked at once.
                    if view == "messages" && width == 1280 { try walk(browser, subject) }
                    let wide = try browser.evaluate(
                        "document.documentElement.scrollWidth - document.documentElement.clientWidth")
                    #expect(wide as? Int == 0, "\(subject.name), \(view) is wider than \(width) px")
                    let ground = try browser.evaluate("getComputedStyle(document.body).backgroundColor") as? String
                    #expect(ground == (isDark ? "rgb(20, 21, 23)" : "rgb(252, 251, 249)"))
                    #expect(try browser.text(of: "trouble") == "", "\(subject.name), \(view)")
                    expectSilence(browser, subject, served)
                }
            }
        }

        private func walk(_ browser: Chromium, _ subject: Reports.Subject) throws {
            let total = try browser.evaluate("document.querySelector('#messages [role=option]') ? 1 : 0") as? Int ?? 0
            guard total > 0, subject.name == "hostile" else { return }
            let place = Chromium.selectedPlace
            try browser.press("End")
            try browser.wait(until: "\(place) === document.getElementById('count').textContent.replace(/\\D/g, '')")
            let last = try browser.evaluate("Number(\(place))") as? Int ?? 0
            try browser.press("Home")
            for position in 1...max(1, last) {
                if position > 1 { try browser.press("j") }
                try browser.wait(
                    until: """
                        \(place) === '\(position)'
                            && document.getElementById('fields').dataset.message
                            && document.querySelector('#fields .node')
                        """)
            }
            // Nothing of the wire became an element.
            let strange = try browser.evaluate(
                "document.querySelectorAll('main :is(script, img, b, a, td, iframe)').length")
            #expect(strange as? Int == 0)
        }

        private func expectSilence(_ browser: Chromium, _ subject: Reports.Subject, _ served: Served) {
            for (method, parameters) in browser.events {
                switch method {
                case "Network.requestWillBeSent":
                    let request = parameters["request"] as? [String: Any]
                    let isOurs = (request?["url"] as? String)?.hasPrefix(served.origin + "/") == true
                    #expect(isOurs, "\(subject.name) asks for \(request?["url"] ?? "")")
                case "Page.javascriptDialogOpening", "Runtime.exceptionThrown", "Runtime.consoleAPICalled":
                    Issue.record("\(subject.name): \(method) \(parameters)")
                case "Log.entryAdded":
                    let entry = parameters["entry"] as? [String: Any]
                    #expect(entry?["level"] as? String != "error", "\(subject.name): \(entry ?? [:])")
                default: break
                }
            }
        }

        @Test(
            .enabled(if: Reports.axe != nil, "axe-core is not there: make setup-browser"),
            arguments: Self.subjects)
        func pageIsAccessible(_ subject: Reports.Subject) throws {
            let axe = try #require(Reports.axe)
            let served = try Served(subject.capture, arguments: subject.arguments)
            let browser = try Chromium(obeysPolicy: true)
            let states =
                switch subject.name {
                case "relay": ["message=232&field=40", "message=232&view=ladder", "view=statistics"]
                case "encrypted": ["view=ladder"]
                case "empty": [""]
                default: ["message=4"]
                }
            for width in Self.widths {
                for isDark in [false, true] {
                    for state in states {
                        try browser.show(served, state, width: width, isDark: isDark)
                        try browser.evaluate(axe + ";0")
                        let found = try browser.evaluate(
                            """
                            axe.run().then(r => r.violations.map(v => v.id + ': ' + v.nodes.slice(0, 3)
                                .map(n => n.html.slice(0, 160) + ' ' + n.failureSummary).join(' / ')).join('\\n'))
                            """)
                        #expect(
                            found as? String == "",
                            "\(subject.name), \(state) at \(width) px, \(isDark ? "dark" : "light")"
                        )
                    }
                }
            }
        }
    }
}
#endif
