#if Web
import Testing

extension ServePageTests {
    /// What the server answers after something else was asked for.
    struct LateAnswers {
        /// After Enter keys are the list's, also while the filter has not yet come to the selected message.
        @Test func keysAreTheListsAfterEnter() throws {
            let served = try Served(Reports.capture("relay"))
            let browser = try Chromium(obeysPolicy: true)
            try browser.prepare(Self.holding("/position?"))
            try browser.show(served)
            try browser.waitForMessage(1)
            try browser.enter(filter: "bitcoin.command == \"tx\"")
            try browser.wait(until: "window.held.length > 0 && document.activeElement.id === 'messages'")
            try browser.press("j")
            #expect(
                try browser.evaluate("document.getElementById('filter').value") as? String
                    == "bitcoin.command == \"tx\"")
            try browser.waitForMessage(232)
            // What is found now is not looked for any more.
            try browser.evaluate("window.held.release(), new Promise((resolve) => { setTimeout(resolve, 300); })")
            #expect(try browser.evaluate(Chromium.selectedPlace) as? String == "1")
        }

        /// A row that is selected before it is known stays so when the message at hand is found.
        @Test func rowThatComesLateIsSelected() throws {
            let served = try Served(Reports.capture("relay"))
            let browser = try Chromium(obeysPolicy: true)
            try browser.prepare(Self.holding("/position?"))
            try browser.prepare(Self.holding("from=200", as: "rows"))
            try browser.show(served)
            try browser.waitForMessage(1)
            try browser.enter(filter: "bitcoin.command")
            try browser.wait(until: "window.held.length > 0 && document.activeElement.id === 'messages'")
            try browser.press("End")
            try browser.wait(until: "window.rows.length > 0")
            try browser.evaluate("window.held.release(), new Promise((resolve) => { setTimeout(resolve, 300); })")
            try browser.evaluate("window.rows.release()")
            try browser.waitForMessage(256)
            #expect(try browser.evaluate(Chromium.selectedPlace) as? String == "256")
        }

        /// A view that is chosen while the list is looked through for the selected message stays.
        @Test func viewStaysAfterEscape() throws {
            let served = try Served(Reports.capture("relay"))
            let browser = try Chromium(obeysPolicy: true)
            try browser.prepare(Self.holding("/position"))
            try browser.show(served, "time=0,5")
            try browser.waitForMessage(1)
            try browser.press("Escape")
            try browser.wait(until: "window.held.length > 0")
            try browser.press("s")
            try browser.evaluate("window.held.release(), new Promise((resolve) => { setTimeout(resolve, 300); })")
            #expect(try browser.evaluate("document.getElementById('panes').dataset.view") as? String == "statistics")
        }

        /// A ladder that comes when something else was asked for does not take its place.
        @Test func ladderThatComesLateIsNotShown() throws {
            let served = try Served(Reports.capture("relay"))
            let browser = try Chromium(obeysPolicy: true)
            try browser.prepare(Self.holding("/api/flow/0?"))
            try browser.show(served)
            try browser.waitForMessage(1)
            for key in ["l", "s"] {
                try browser.press("l")
                try browser.wait(until: "document.getElementById('count').textContent === 'the ladder is being made'")
                // The same key gives it up, and so does another view.
                try browser.press(key)
                #expect(try browser.text(of: "count") == "256 messages")
            }
            try browser.press("s")
            try browser.press("l")
            try browser.enter(filter: "bitcoin.command == \"tx\"")
            try browser.wait(until: "document.getElementById('count').textContent === '8 of 256'")
            #expect(try browser.evaluate("window.held.length") as? Int == 3)
            try browser.evaluate("window.held.release(), new Promise((resolve) => { setTimeout(resolve, 500); })")
            #expect(
                try browser.evaluate("document.getElementById('messages-pane').dataset.form") as? String == "messages")
            #expect(try browser.evaluate("document.getElementById('panes').dataset.view") as? String == "messages")
            #expect(try browser.text(of: "count") == "8 of 256")
            // Asked for now, it comes.
            try browser.press("l")
            try browser.wait(until: "document.getElementById('messages-pane').dataset.form === 'ladder'")
            #expect(try browser.text(of: "trouble") == "")
        }

        /// No rows stand under the name of another statistic.
        @Test func statisticThatIsCountedHasNoRows() throws {
            let served = try Served(Reports.capture("relay"))
            let browser = try Chromium(obeysPolicy: true)
            try browser.prepare(Self.holding("/api/stats/latency"))
            try browser.show(served, "view=statistics&statistic=conv,tcp")
            let rows = "document.querySelectorAll('#statistic-table tr').length"
            try browser.wait(until: "\(rows) > 0")
            func choose(_ name: String) throws {
                try browser.evaluate(
                    """
                    document.getElementById("statistic").value = "\(name)";
                    document.getElementById("statistic").dispatchEvent(new Event("change"))
                    """)
            }
            try choose("latency")
            try browser.wait(until: "window.held.length === 1")
            #expect(try browser.evaluate(rows) as? Int == 0)
            #expect(try browser.text(of: "statistic-about").hasPrefix("counting … "))
            // An answer that comes late is not another one's.
            try choose("conv,tcp")
            try browser.wait(until: "\(rows) > 0")
            try browser.evaluate("window.held.release(), new Promise((resolve) => { setTimeout(resolve, 300); })")
            #expect(try browser.text(of: "statistic-table").contains("Initiator"))
            #expect(try browser.text(of: "statistic-about").hasPrefix("messages and bytes of each connection"))
        }

        /// Holds requests back whose path has this in it, until the page calls `release` of the list of that name.
        private static func holding(_ part: String, as name: String = "held") -> String {
            """
            {
                const held = window.\(name) = [];
                const ask = window.fetch;
                const released = new Promise((resolve) => { held.release = resolve; });
                window.fetch = async (path, options) => {
                    if (String(path).includes("\(part)")) {
                        held.push(path);
                        await released;
                    }
                    return ask(path, options);
                };
            }
            """
        }
    }
}
#endif
