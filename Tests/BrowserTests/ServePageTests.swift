#if Web
import Foundation
import Support
import Testing

/// The page of `btcshark serve` in a real browser.
@Suite(.serialized, .enabled(if: Chromium.isInstalled, "chromium-headless-shell is not installed"))
struct ServePageTests {
    private static let widths = [1280, 390]
    private static let isReady = "document.documentElement.dataset.ready === ''"
    private static let selected = "document.querySelector('#messages [aria-selected=true]')"

    private static func capture(_ name: String) -> String {
        Reports.root.appendingPathComponent("captures/\(name).pcap").path
    }

    private static var subjects: [Reports.Subject] {
        Reports.subjects.filter { ["relay", "hostile", "encrypted", "empty"].contains($0.name) }
    }

    private func show(
        _ served: Served, _ browser: Chromium, _ state: String = "", width: Int = 1280, isDark: Bool = false
    ) throws {
        // Another fragment of the same page would load nothing.
        if let blank = URL(string: "about:blank") { try browser.open(blank, width: width, isDark: isDark) }
        try browser.open(served.address(showing: state), width: width, isDark: isDark)
        try browser.wait(until: Self.isReady)
    }

    private func text(_ identifier: String, _ browser: Chromium) throws -> String {
        try browser.evaluate("document.getElementById('\(identifier)').textContent") as? String ?? ""
    }

    /// Waits until the page shows the fields and bytes of a message, and its row is selected.
    private func waitForMessage(_ number: Int, _ browser: Chromium) throws {
        try browser.wait(
            until: """
                document.getElementById('fields').dataset.message === '\(number)'
                    && document.querySelector('#bytes .byte')?.textContent.trim() && \(Self.selected)
                """)
    }

    // MARK: Bytes and fields

    /// Each byte leads to the smallest field that has it, and just that field's bytes are marked.
    @Test func everyByteLeadsToItsFieldAndBack() throws {
        let served = try Served(Self.capture("relay"))
        let browser = try Chromium(obeysPolicy: true)
        try show(served, browser)
        let result = try browser.evaluate(Self.roundTrip) as? [String: Any]
        #expect(result?["wrong"] as? [String] == [])
        #expect(result?["messages"] as? Int == 256)
        // Of all messages, header and payload.
        #expect(result?["bytes"] as? Int == 52_799)
        #expect((result?["fields"] as? Int ?? 0) > 6_000)
    }

    /// Clicks each byte of each message, and looks at what is selected and marked. What is right is found here by another
    /// way than the page's: from the server's fields.
    private static let roundTrip = """
        (async () => {
            const token = sessionStorage.getItem("btcshark.token");
            const get = async (path) => (await fetch(path, { headers: { Authorization: `Bearer ${token}` } })).json();
            const until = async (what, test) => {
                const end = performance.now() + 60000;
                while (!test()) {
                    if (performance.now() > end) throw new Error(`never ${what}`);
                    await new Promise(requestAnimationFrame);
                }
            };
            const tree = document.getElementById("fields");
            const box = document.getElementById("bytes");
            const about = document.getElementById("field-about");
            const [cells, on] = [box.getElementsByClassName("byte"), box.getElementsByClassName("on")];
            const offsetOf = (cell) => Number(cell.dataset.offset);
            // Whether of the bytes that are drawn just these are marked, as digits and as letters.
            const areMarked = (from, end) => {
                const [first, last] = [offsetOf(cells[0]), offsetOf(cells[cells.length - 1])];
                const marked = Array.from(on, offsetOf);
                const shown = Math.max(0, Math.min(end, last + 1) - Math.max(from, first));
                return marked.every((offset) => offset >= from && offset < end) && marked.length === 2 * shown;
            };
            const wrong = [];
            const seen = { bytes: 0, fields: 0, messages: 0 };
            const { total } = await get("/api/messages?count=1");
            for (let number = 1; number <= total; number += 1) {
                const key = number === 1 ? "Home" : "j";
                document.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
                const message = await get(`/api/messages/${number}`);
                const bytes = new Uint8Array(await (await fetch(`/api/messages/${number}/bytes`,
                    { headers: { Authorization: `Bearer ${token}` } })).arrayBuffer());
                await until(`shown: message ${number}`, () => tree.dataset.message === String(number)
                    && box.querySelector(".byte")?.textContent.trim());
                const onWire = message.fields.filter((field) => !field.generated && field.length > 0);
                seen.fields += onWire.length;
                seen.messages += 1;
                for (let offset = 0; offset < message.bytes; offset += 1) {
                    const find = () => box.querySelector(`.byte[data-offset="${offset}"]`);
                    let cell = find();
                    if (!cell?.textContent.trim()) {
                        box.scrollTop = Math.floor(offset / 16) * 20;
                        await until(`drawn: byte ${offset} of message ${number}`, () => find()?.textContent.trim());
                        cell = find();
                    }
                    cell.click();
                    const holders = onWire.filter((field) => field.at <= offset && offset < field.at + field.length);
                    const least = Math.min(...holders.map((field) => field.length));
                    const closest = holders.filter((field) => field.length === least);
                    const depth = Math.max(...closest.map((field) => field.depth));
                    const field = closest.findLast((one) => one.depth === depth);
                    const node = document.getElementById(tree.getAttribute("aria-activedescendant"));
                    const name = about.textContent.split(" · ")[0];
                    const isRight = name === field.name && node?.getAttribute("aria-selected") === "true"
                        && node.querySelector("bdi").textContent.startsWith(field.label)
                        && parseInt(cell.textContent, 16) === bytes[offset]
                        && areMarked(field.at, field.at + field.length);
                    seen.bytes += 1;
                    if (!isRight && wrong.length < 5) wrong.push(`message ${number}, byte ${offset}: ${name}, not ${field.name}`);
                }
            }
            return { ...seen, wrong };
        })()
        """

    // MARK: Keys and pointer

    @Test func keysReachEverything() throws {
        let served = try Served(Self.capture("relay"))
        let browser = try Chromium(obeysPolicy: true)
        try show(served, browser)
        try waitForMessage(1, browser)
        for (key, message) in [
            ("j", 2), ("ArrowDown", 3), ("k", 2), ("ArrowUp", 1), ("End", 256), ("Home", 1), ("G", 256),
        ] {
            try browser.press(key)
            try waitForMessage(message, browser)
        }
        // A page of rows, and back.
        try browser.press("PageUp")
        try browser.wait(until: "Number(document.getElementById('fields').dataset.message) < 250")
        try browser.press("PageDown")
        try waitForMessage(256, browser)

        // Fields: the first, its group closed and opened, bytes marked, and a filter made of it.
        try browser.press("Home")
        try waitForMessage(1, browser)
        try browser.press("t")
        #expect(try browser.evaluate("document.activeElement.id") as? String == "fields")
        try browser.press("End")
        #expect(try text("field-about", browser) == "bitcoin.version.relay · byte 125")
        #expect(try browser.evaluate("document.querySelectorAll('#bytes .byte.on').length") as? Int == 2)
        try browser.press("ArrowLeft")
        #expect(try text("field-about", browser) == "bitcoin.version · bytes 24 to 125")
        let node = "document.getElementById(document.getElementById('fields').getAttribute('aria-activedescendant'))"
        for (key, state) in [("ArrowLeft", "false"), ("ArrowRight", "true")] {
            try browser.press(key)
            try browser.wait(until: "\(node)?.getAttribute('aria-expanded') === '\(state)'")
        }
        try browser.press("ArrowRight")
        #expect(try text("field-about", browser) == "bitcoin.version.version · bytes 24 to 27")

        // Bytes.
        try browser.press("b")
        #expect(try browser.evaluate("document.activeElement.id") as? String == "bytes")
        try browser.press("Home")
        #expect(try text("field-about", browser) == "bitcoin.magic · bytes 0 to 3")
        try browser.press("ArrowDown")
        #expect(try text("field-about", browser) == "bitcoin.length · bytes 16 to 19")
        try browser.press("ArrowRight")
        try browser.press("Enter")
        #expect(try browser.evaluate("document.activeElement.id") as? String == "fields")

        // The time range, by keys alone.
        try browser.press("i")
        try browser.press("Home")
        for _ in 0..<5 { try browser.press("ArrowRight", withShift: true) }
        try browser.press("Enter")
        try browser.wait(until: "/^\\d+ of 256$/.test(document.getElementById('count').textContent)")
        try browser.press("Escape")
        try browser.wait(until: "document.getElementById('count').textContent === '256 messages'")

        // Statistics, the list of keys, and back.
        try browser.press("s")
        try browser.wait(until: "document.querySelectorAll('#statistic-table td').length > 0")
        try browser.press("s")
        try browser.press("?")
        #expect(try browser.evaluate("document.getElementById('keys').open") as? Bool == true)
        try browser.press("Escape")
        #expect(try browser.evaluate("document.getElementById('keys').open") as? Bool == false)
        #expect(try browser.evaluate("document.activeElement.id") as? String == "messages")
    }

    @Test func filterPairLadderAndRemarks() throws {
        let served = try Served(Self.capture("relay"))
        let browser = try Chromium(obeysPolicy: true)
        try show(served, browser)
        try browser.press("/")
        try browser.type("bitcoin.command == \"tx\"")
        try browser.press("Enter")
        try browser.wait(until: "document.getElementById('count').textContent === '8 of 256'")
        try browser.wait(until: "document.activeElement.id === 'messages'")
        try browser.press("Home")
        try waitForMessage(232, browser)
        #expect(try text("pair", browser) == "answers frame 296 after 221 µs")
        // The request is not in the list: what is asked for is more than the filter.
        try browser.press("p")
        try waitForMessage(231, browser)
        try browser.wait(until: "document.getElementById('count').textContent === '256 messages'")
        #expect(try browser.evaluate("document.getElementById('filter').value") as? String == "")
        try browser.wait(until: "document.querySelectorAll('#messages .row.mate').length === 5")
        #expect(try text("pair", browser) == "answered by frame 298 and 3 more")

        try browser.press("l")
        try browser.wait(
            until: "document.getElementById('messages-pane').dataset.form === 'ladder' && \(Self.selected)")
        #expect(try browser.evaluate("\(Self.selected).getAttribute('aria-label')") as? String ?? "" != "")
        try browser.wait(until: "document.querySelector('.row .brackets path')")
        #expect(try text("count", browser).hasSuffix(" rows of 256 messages"))
        let label = "\(Self.selected)?.getAttribute('aria-label')"
        try browser.press("j")
        try browser.wait(until: "/frame 298, .* tx, .*answers 296 after 221 µs/.test(\(label))")
        try browser.press("l")
        try browser.wait(
            until: "document.getElementById('messages-pane').dataset.form === 'messages' && \(Self.selected)")
        try waitForMessage(232, browser)
    }

    /// Remarks are found by the server: `n` does not read all rows.
    @Test func remarksAreFound() throws {
        let served = try Served(try #require(Self.subjects.first { $0.name == "hostile" }).capture)
        let browser = try Chromium(obeysPolicy: true)
        try show(served, browser)
        try waitForMessage(1, browser)
        let mark = "\(Self.selected)?.querySelector('.remark')"
        try browser.press("n")
        try browser.wait(until: mark)
        let first = try browser.evaluate("\(Self.selected).id") as? String
        try browser.press("n")
        try browser.wait(until: "\(mark) && \(Self.selected).id !== '\(first ?? "")'")
        try browser.press("N")
        try browser.wait(until: "\(mark) && \(Self.selected).id === '\(first ?? "")'")
    }

    @Test func pointerSelects() throws {
        let served = try Served(Self.capture("relay"))
        let browser = try Chromium(obeysPolicy: true)
        try show(served, browser)
        try browser.click("#row-3")
        try waitForMessage(4, browser)
        try browser.click(".byte[data-offset=\"4\"]")
        #expect(try text("field-about", browser) == "bitcoin.command · bytes 4 to 15")
        try browser.click("#fields .node:nth-child(1)")
        #expect(try text("field-about", browser).hasSuffix("not on the wire"))
        #expect(try browser.evaluate("document.querySelectorAll('#bytes .byte.on').length") as? Int == 0)

        // A drag is a time range, a click the message there.
        let from = try browser.place(of: "#timeline", at: 0.4)
        try browser.drag(from: from, to: browser.place(of: "#timeline", at: 0.7))
        try browser.wait(until: "document.getElementById('count').textContent === '7 of 256'")
        try browser.click("#time")
        try browser.wait(until: "document.getElementById('count').textContent === '256 messages'")
        try browser.drag(from: from, to: from)
        try waitForMessage(230, browser)
    }

    /// After 104 days nanoseconds are more than a number of the page can hold exactly.
    @Test func clickInTheTimelineOfALongCapture() throws {
        let folder = try Folder()
        let pings = (1...3).map { BitcoinMessage.ping($0).bytes }
        let served = try Served(BigCapture.write(parts: pings, seconds: 150 * 86_400, into: folder))
        let browser = try Chromium(obeysPolicy: true)
        try show(served, browser)
        try waitForMessage(1, browser)
        try browser.wait(until: "document.querySelector('#timeline .bar')")
        // The message after that time; after the last one it is the last.
        for (share, message) in [(0.45, 2), (0.999, 3), (0.02, 2), (0.6, 3)] {
            let place = try browser.place(of: "#timeline", at: share)
            try browser.drag(from: place, to: place)
            try waitForMessage(message, browser)
        }
        // A range up to the last one.
        try browser.press("i")
        try browser.press("End")
        try browser.press("Home", withShift: true)
        try browser.press("Enter")
        try browser.wait(until: "document.getElementById('count').textContent === '3 of 3'")
        #expect(try text("trouble", browser) == "")
    }

    @Test func tabsWhereThereIsRoomForOnePane() throws {
        let served = try Served(Self.capture("relay"))
        let browser = try Chromium(obeysPolicy: true)
        try show(served, browser, width: 390)
        try waitForMessage(1, browser)
        for pane in ["fields", "bytes", "messages"] {
            try browser.click(".tabs [data-pane=\(pane)]")
            let seen = try browser.evaluate(
                "[...document.querySelectorAll('.pane')].filter(p => getComputedStyle(p).visibility === 'visible').map(p => p.id)"
            )
            #expect(seen as? [String] == ["\(pane)-pane"])
        }
        #expect(try browser.evaluate("document.querySelector('.row').getBoundingClientRect().height") as? Int == 44)
        try browser.click(".tabs [data-pane=bytes]")
        #expect(try browser.evaluate("document.querySelectorAll('.line:first-child .byte').length") as? Int == 16)
    }

    @Test func filterErrorHasItsCaret() throws {
        let served = try Served(Self.capture("relay"))
        let browser = try Chromium(obeysPolicy: true)
        try show(served, browser)
        try browser.press("/")
        try browser.type("bitcoin.command == \"tx\" and bitcoin.tx.vsise > 200")
        try browser.wait(until: "!document.getElementById('filter-error').hidden")
        #expect(
            try browser.evaluate("document.getElementById('filter').getAttribute('aria-invalid')") as? String == "true")
        let carets = try browser.evaluate(
            """
            (() => { const line = document.querySelector(".carets");
            return [line.querySelector(".before").textContent, line.lastChild.textContent] })()
            """)
        #expect(carets as? [String] == ["bitcoin.command == \"tx\" and ", String(repeating: "^", count: 16)])
        #expect(
            try browser.evaluate("document.querySelector('#filter-error .message').textContent") as? String ?? "" != "")
        // The list stays as it was, and so does the address.
        #expect(try text("count", browser) == "256 messages")
        #expect(try browser.evaluate("location.hash.includes('vsise')") as? Bool == false)
    }

    /// After Enter keys are the list's, also while the filter has not yet come to the selected message.
    @Test func keysAreTheListsAfterEnter() throws {
        let served = try Served(Self.capture("relay"))
        let browser = try Chromium(obeysPolicy: true)
        try browser.prepare(Self.holding("/position?"))
        try show(served, browser)
        try waitForMessage(1, browser)
        try browser.press("/")
        try browser.type("bitcoin.command == \"tx\"")
        try browser.press("Enter")
        try browser.wait(until: "window.held.length > 0 && document.activeElement.id === 'messages'")
        try browser.press("j")
        #expect(
            try browser.evaluate("document.getElementById('filter').value") as? String == "bitcoin.command == \"tx\"")
        try waitForMessage(232, browser)
        // What is found now is not looked for any more.
        try browser.evaluate("window.release(), new Promise((resolve) => { setTimeout(resolve, 300); })")
        #expect(try browser.evaluate("\(Self.selected)?.getAttribute('aria-posinset')") as? String == "1")
    }

    /// A view that is chosen while the list is looked through for the selected message stays.
    @Test func viewStaysAfterEscape() throws {
        let served = try Served(Self.capture("relay"))
        let browser = try Chromium(obeysPolicy: true)
        try browser.prepare(Self.holding("/position"))
        try show(served, browser, "time=0,5")
        try waitForMessage(1, browser)
        try browser.press("Escape")
        try browser.wait(until: "window.held.length > 0")
        try browser.press("s")
        try browser.evaluate("window.release(), new Promise((resolve) => { setTimeout(resolve, 300); })")
        #expect(try browser.evaluate("document.getElementById('panes').dataset.view") as? String == "statistics")
    }

    /// A ladder that comes when something else was asked for does not take its place.
    @Test func ladderThatComesLateIsNotShown() throws {
        let served = try Served(Self.capture("relay"))
        let browser = try Chromium(obeysPolicy: true)
        try browser.prepare(Self.holding("/api/flow/0?"))
        try show(served, browser)
        try waitForMessage(1, browser)
        for key in ["l", "s"] {
            try browser.press("l")
            try browser.wait(until: "document.getElementById('count').textContent === 'the ladder is being made'")
            // The same key gives it up, and so does another view.
            try browser.press(key)
            #expect(try text("count", browser) == "256 messages")
        }
        try browser.press("s")
        try browser.press("l")
        try browser.press("/")
        try browser.type("bitcoin.command == \"tx\"")
        try browser.press("Enter")
        try browser.wait(until: "document.getElementById('count').textContent === '8 of 256'")
        #expect(try browser.evaluate("window.held.length") as? Int == 3)
        try browser.evaluate("window.release(), new Promise((resolve) => { setTimeout(resolve, 500); })")
        #expect(try browser.evaluate("document.getElementById('messages-pane').dataset.form") as? String == "messages")
        #expect(try browser.evaluate("document.getElementById('panes').dataset.view") as? String == "messages")
        #expect(try text("count", browser) == "8 of 256")
        // Asked for now, it comes.
        try browser.press("l")
        try browser.wait(until: "document.getElementById('messages-pane').dataset.form === 'ladder'")
        #expect(try text("trouble", browser) == "")
    }

    /// No rows stand under the name of another statistic.
    @Test func statisticThatIsCountedHasNoRows() throws {
        let served = try Served(Self.capture("relay"))
        let browser = try Chromium(obeysPolicy: true)
        try browser.prepare(Self.holding("/api/stats/latency"))
        try show(served, browser, "view=statistics&statistic=conv,tcp")
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
        #expect(try text("statistic-about", browser).hasPrefix("counting … "))
        // An answer that comes late is not another one's.
        try choose("conv,tcp")
        try browser.wait(until: "\(rows) > 0")
        try browser.evaluate("window.release(), new Promise((resolve) => { setTimeout(resolve, 300); })")
        #expect(try text("statistic-table", browser).contains("Initiator"))
        #expect(try text("statistic-about", browser).hasPrefix("messages and bytes of each connection"))
    }

    /// Columns have their titles, and units that are seen.
    @Test func statisticsHaveUnits() throws {
        let served = try Served(Self.capture("relay"))
        let browser = try Chromium(obeysPolicy: true)
        for (statistic, expected) in [
            ("latency", ["Asked by", "Pings", "Min s", "TCP SYN s", "Reordered"]),
            // Of titles that come twice the key says whose they are.
            ("relay", ["Duplicates", "Choice min s", "choice max s", "service max s"]),
            ("bytes", ["messages", "bytes", "overhead bytes", "wire %", "message bytes"]),
            ("bitcoin,tree", ["Average bytes", "Rate (/s)"]),
        ] {
            try show(served, browser, "view=statistics&statistic=\(statistic)")
            try browser.wait(until: "document.querySelector('#statistic-table td')")
            let heads = try browser.evaluate(
                "[...document.querySelectorAll('#statistic-table th')].map((head) => head.textContent)")
            let missing = Set(expected).subtracting(heads as? [String] ?? [])
            #expect(missing == [], "\(statistic): \(heads ?? "")")
        }
    }

    /// Holds requests back whose path has this in it, until the page calls `release`.
    private static func holding(_ part: String) -> String {
        """
        window.held = [];
        const ask = window.fetch;
        const released = new Promise((resolve) => { window.release = resolve; });
        window.fetch = async (path, options) => {
            if (String(path).includes("\(part)")) {
                window.held.push(path);
                await released;
            }
            return ask(path, options);
        };
        """
    }

    // MARK: The address

    @Test func addressRestoresWhatWasSeen() throws {
        let served = try Served(Self.capture("relay"))
        let browser = try Chromium(obeysPolicy: true)
        try show(served, browser)
        let place = try browser.evaluate(
            """
            (async () => {
                const headers = { Authorization: `Bearer ${sessionStorage.getItem("btcshark.token")}` };
                const { fields } = await (await fetch("/api/messages/232", { headers })).json();
                return fields.findIndex((field) => field.name === "bitcoin.tx.input_count");
            })()
            """)
        let state = "filter=tcp.stream+%3D%3D+0&time=2.5,6.2&message=232&field=\(place as? Int ?? -1)"
        try show(served, browser, state)
        try waitForMessage(232, browser)
        try browser.wait(until: "location.hash === '#\(state)'")
        #expect(try browser.evaluate("location.href.includes('\(served.token)')") as? Bool == false)
        #expect(try browser.evaluate("document.getElementById('filter').value") as? String == "tcp.stream == 0")
        #expect(try text("field-about", browser) == "bitcoin.tx.input_count · byte 30")
        #expect(try browser.evaluate("document.querySelectorAll('#bytes .byte.on').length") as? Int == 2)
        // What is chosen by keys is in the address, too, and another visit shows it.
        try browser.press("j")
        try waitForMessage(233, browser)
        try browser.press("l")
        try browser.wait(until: "location.hash.endsWith('message=233&view=ladder')")
        let address = try #require(try browser.evaluate("location.href") as? String)
        if let blank = URL(string: "about:blank") { try browser.open(blank, width: 1280, isDark: false) }
        try browser.open(#require(URL(string: address)), width: 1280, isDark: false)
        try browser.wait(until: Self.isReady)
        try waitForMessage(233, browser)
        #expect(try browser.evaluate("document.getElementById('messages-pane').dataset.form") as? String == "ladder")
        #expect(try browser.evaluate("document.getElementById('time').hidden") as? Bool == false)
        // A ladder has all of its connection, and says so where the list has not.
        #expect(try text("count", browser).hasSuffix(" rows of 256 messages, unfiltered"))
    }

    /// Times of a nanosecond, and of more than thirty years.
    @Test func addressHasAllDigitsOfTime() throws {
        let served = try Served(Self.capture("relay"))
        let browser = try Chromium(obeysPolicy: true)
        for time in ["0.0000009,5", "-0.000000001,1234567890.5", "0.1,9007199.254740991"] {
            try show(served, browser, "time=\(time)")
            try browser.wait(until: "new URLSearchParams(location.hash.slice(1)).get('message') !== null")
            #expect(
                try browser.evaluate("new URLSearchParams(location.hash.slice(1)).get('time')") as? String == time)
        }
    }

    /// A field that the server's first answer does not have.
    @Test func addressRestoresAFieldFarDown() throws {
        let folder = try Folder()
        let entry = littleEndian(UInt32(1)) + [UInt8](repeating: 0x5a, count: 32)
        let entries = 8_000
        let inventory = BitcoinMessage(
            "inv", [0xfd] + littleEndian(UInt16(entries)) + repeatElement(entry, count: entries).joined())
        let served = try Served(BigCapture.write(parts: [inventory.bytes], into: folder))
        let browser = try Chromium(obeysPolicy: true)
        try show(served, browser, "message=1&field=21000")
        try waitForMessage(1, browser)
        try browser.wait(until: "document.getElementById('field-about').textContent.startsWith('bitcoin.inv.')")
        try browser.wait(until: "location.hash === '#message=1&field=21000'")
        try browser.wait(until: "document.querySelector('#fields [aria-selected=true]')")
    }

    /// Browsers drop calls of replaceState when there are too many.
    @Test func addressIsWrittenSeldom() throws {
        let served = try Served(Self.capture("relay"))
        let browser = try Chromium(obeysPolicy: true)
        try browser.prepare(
            """
            window.calls = [];
            const replace = History.prototype.replaceState;
            History.prototype.replaceState = function (...rest) { window.calls.push(performance.now()); replace.apply(this, rest) };
            """)
        try show(served, browser)
        for _ in 0..<60 { try browser.press("j") }
        try waitForMessage(61, browser)
        try browser.wait(until: "location.hash === '#message=61'")
        // The first call takes the token out of the address.
        let shortest = try browser.evaluate(
            "Math.min(...window.calls.slice(2).map((time, index) => time - window.calls[index + 1]))")
        // Timers may be a little early.
        #expect(shortest as? Double ?? (shortest as? Int).map(Double.init) ?? 0 >= 149)
    }

    @Test func withoutTokenThePageSaysSo() throws {
        let served = try Served(Self.capture("relay"))
        let browser = try Chromium(obeysPolicy: true)
        try browser.open(#require(URL(string: served.origin + "/")), width: 1280, isDark: false)
        try browser.wait(until: "!document.getElementById('trouble').hidden")
        #expect(try text("trouble", browser).contains("address that btcshark has printed"))
        #expect(try text("count", browser) == "")
    }

    /// What was not read stands in a line that is seen and not cut, also where there is no foot.
    @Test(arguments: Self.widths)
    func whatIsMissingIsSeen(_ width: Int) throws {
        let served = try Served(Self.capture("relay-v2-encrypted"))
        let browser = try Chromium(obeysPolicy: true)
        try browser.prepare(
            """
            const ask = window.fetch;
            window.fetch = async (path, options) => {
                const answer = await ask(path, options);
                if (path !== "/api/capture") return answer;
                return Response.json({ ...await answer.json(), doubt: "The file ends within a packet.", dropped: 1 });
            };
            """)
        try show(served, browser, width: width)
        // They are complete once the capture is read.
        try browser.wait(
            until: """
                document.getElementById('missing').textContent.includes('--keylog')
                    && document.getElementById('closing').textContent.startsWith('330 packets')
                """)
        let words = try text("missing", browser)
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
            try show(served, browser, state, width: width)
            try browser.wait(until: "document.getElementById('count').textContent === '\(count)'")
            try browser.wait(until: "document.getElementById('nothing').textContent === '\(words)'")
            let isSeen = try browser.evaluate("document.getElementById('nothing').getBoundingClientRect().height > 0")
            #expect(isSeen as? Bool == !words.isEmpty)
        }
        let subject = try #require(Self.subjects.first { $0.name == "empty" })
        let empty = try Served(subject.capture)
        try expect("No Bitcoin message in this capture.", "0 messages", empty)

        let relay = try Served(Self.capture("relay"))
        try expect("", "256 messages", relay)
        let filter = "filter=frame.number+%3D%3D+0"
        try expect("No message matches the filter.", "0 of 256", relay, filter)
        try expect("No message in this time range.", "0 of 256", relay, "time=1,1.1")
        try expect("No message in this time range matches the filter.", "0 of 256", relay, filter + "&time=1,1.1")

        let encrypted = try Served(Self.capture("relay-v2-encrypted"))
        try expect("", "2 rows", encrypted)
        try waitForMessage(1, browser)
        #expect(try text("bytes-about", browser) == "64 of 12\u{202f}549 bytes")
        try expect(
            "This connection is encrypted. btcshark serve --keylog FILE shows its messages, where FILE has its secrets.",
            "no rows: encrypted", encrypted, "view=ladder")
        let keys = Self.capture("relay-v2-encrypted").replacing(".pcap", with: ".keys")
        let decrypted = try Served(Self.capture("relay-v2-encrypted"), arguments: ["--keylog", keys])
        try expect("", "258 rows", decrypted, "message=3")
        try waitForMessage(3, browser)
        #expect(try text("bytes-about", browser) == "116 bytes, 135 on the wire")
    }

    // MARK: Many rows, and rows that come

    @Test func millionRowsAreFewElements() throws {
        let folder = try Folder()
        let served = try Served(BigCapture.write(messages: 1_000_000, into: folder))
        let browser = try Chromium(obeysPolicy: true)
        try show(served, browser)
        try browser.wait(until: "document.getElementById('count').textContent.replace(/\\D/g, '') === '1000000'")
        let rows = "document.querySelectorAll('#messages [role=option]').length"
        let place = "\(Self.selected)?.getAttribute('aria-posinset')"
        for (key, position) in [("End", "1000000"), ("k", "999999"), ("Home", "1")] {
            try browser.press(key)
            try browser.wait(until: "\(place) === '\(position)'")
            #expect(try browser.evaluate(rows) as? Int ?? .max <= 60)
        }
        // By the scroll bar: somewhere, and to both ends.
        let last = "document.querySelector('#messages [role=option]:last-child')"
        try browser.evaluate("document.getElementById('messages').scrollTop = 1e9")
        try browser.wait(
            until: "\(last)?.getAttribute('aria-posinset') === '1000000' && \(last).textContent.includes('ping')")
        try browser.evaluate(
            "document.getElementById('messages').scrollTop = document.getElementById('messages').scrollHeight / 2")
        try browser.wait(
            until:
                "Math.abs(\(last)?.getAttribute('aria-posinset') - 500000) < 1000 && \(last).textContent.includes('ping')"
        )
        #expect(try browser.evaluate(rows) as? Int ?? .max <= 60)
        try browser.evaluate("document.getElementById('messages').scrollTop = 0")
        try browser.wait(
            until: "document.querySelector('#messages [role=option]').getAttribute('aria-posinset') === '1'")
    }

    /// What is read while the page is open comes into its list, also after the stream of events was cut, and nothing that
    /// is looked at moves.
    @Test func rowsComeWhileTheCaptureIsRead() throws {
        let bytes = try Data(contentsOf: URL(fileURLWithPath: Self.capture("relay")))
        let input = Pipe()
        // What kind of capture it is must be known before it is served.
        try input.fileHandleForWriting.write(contentsOf: bytes.prefix(30_000))
        let served = try Served("-", input: input)
        let browser = try Chromium(obeysPolicy: true)
        // The first stream is cut after its first event; the request that resumes it is noted.
        try browser.prepare(
            """
            window.resumed = [];
            const ask = window.fetch;
            window.fetch = async (path, options) => {
                if (!String(path).startsWith("/api/live")) return ask(path, options);
                window.resumed.push(options.headers["Last-Event-ID"] ?? null);
                const answer = await ask(path, options);
                if (window.resumed.length > 1) return answer;
                const reader = answer.body.getReader();
                const { value } = await reader.read();
                reader.cancel();
                return new Response(new Blob([value]).stream());
            };
            """)
        try show(served, browser)
        try waitForMessage(1, browser)
        try browser.press("j")
        try waitForMessage(2, browser)
        try browser.wait(until: "window.resumed.length === 2")
        #expect(try browser.evaluate("/^\\d+$/.test(window.resumed[1])") as? Bool == true)
        try input.fileHandleForWriting.write(contentsOf: bytes.dropFirst(30_000))
        try input.fileHandleForWriting.close()
        try browser.wait(until: "document.getElementById('count').textContent === '256 messages'")
        #expect(try browser.evaluate("document.getElementById('messages').scrollTop") as? Int == 0)
        #expect(try browser.evaluate("\(Self.selected).getAttribute('aria-posinset')") as? String == "2")
        try browser.press("End")
        try waitForMessage(256, browser)
    }

    /// A page whose server has gone says that it stands still.
    @Test func cutStreamIsShown() throws {
        let bytes = try Data(contentsOf: URL(fileURLWithPath: Self.capture("handshake")))
        let input = Pipe()
        try input.fileHandleForWriting.write(contentsOf: bytes)
        let served = try Served("-", input: input)
        let browser = try Chromium(obeysPolicy: true)
        try show(served, browser)
        try waitForMessage(1, browser)
        #expect(try browser.evaluate("document.getElementById('trouble').hidden") as? Bool == true)
        served.stop()
        try browser.wait(
            until: "document.getElementById('trouble').textContent.startsWith('The connection to btcshark is cut.')")
        try input.fileHandleForWriting.close()
    }

    /// Live, the list follows while it stands at its end and its last row is selected. Else nothing moves, and what has come
    /// is counted.
    @Test(.needsNetwork)
    func liveListFollowsOnlyAtItsEnd() throws {
        let space = try NetworkNamespace()
        let served = try space.inside { try Served(arguments: ["-i", "lo"]) }
        let browser = try space.inside { try Chromium(obeysPolicy: true) }
        let peers = try TCPPeers(port: 8333, in: space)
        func send(_ nonces: ClosedRange<UInt64>) throws {
            for nonce in nonces { try peers.send(BitcoinMessage.ping(nonce).bytes) }
        }
        try send(1...1)
        try show(served, browser)
        let place = "\(Self.selected)?.getAttribute('aria-posinset')"
        try browser.wait(until: "\(place) === '1'")
        try send(2...40)
        try browser.wait(until: "\(place) === '40'")
        try waitForMessage(40, browser)
        try browser.press("k")
        try waitForMessage(39, browser)
        let top = try browser.evaluate("document.getElementById('messages').scrollTop") as? Int
        try send(41...45)
        try browser.wait(until: "document.getElementById('newer').textContent === '▼ 5 new'")
        #expect(try browser.evaluate("document.getElementById('newer').hidden") as? Bool == false)
        #expect(try browser.evaluate(place) as? String == "39")
        #expect(try browser.evaluate("document.getElementById('messages').scrollTop") as? Int == top)
        try browser.press("G")
        try waitForMessage(45, browser)
        #expect(try browser.evaluate("document.getElementById('newer').hidden") as? Bool == true)
        try send(46...46)
        try waitForMessage(46, browser)

        // So does a ladder: the row and the fields are always the same message's.
        try browser.press("l")
        try browser.wait(
            until: "document.getElementById('messages-pane').dataset.form === 'ladder' && \(Self.selected)")
        try browser.press("End")
        let isSame = """
            (() => {
                const frame = (text) => /frame ([\\d\u{202f}]+)/.exec(text)?.[1];
                const row = \(Self.selected)?.getAttribute("aria-label");
                return Boolean(row) && frame(row) === frame(document.getElementById("message-about").textContent);
            })()
            """
        let label = "\(Self.selected)?.getAttribute('aria-label')"
        for command in ["verack", "sendheaders", "getaddr"] {
            try peers.send(BitcoinMessage(command, []).bytes)
            try browser.wait(until: "\(label)?.includes(' \(command),') && \(isSame)")
        }
        for nonce in UInt64(47)...54 {
            try send(nonce...nonce)
            // Not all in one answer.
            usleep(200_000)
        }
        let counted = "document.getElementById('count').textContent"
        try browser.wait(until: "\(counted) === '57 rows of 57 messages' && \(place) === '57' && \(isSame)")
        try browser.press("k")
        try browser.wait(until: isSame)
        let chosen = try browser.evaluate(label) as? String
        try send(55...60)
        try browser.wait(until: "\(counted) === '63 rows of 63 messages' && \(isSame)")
        #expect(try browser.evaluate(label) as? String == chosen)
    }

    // MARK: For everybody, and quiet

    @Test(arguments: Self.subjects)
    func pageIsQuietAndFits(_ subject: Reports.Subject) throws {
        let served = try Served(subject.capture, arguments: subject.arguments)
        let browser = try Chromium(obeysPolicy: true)
        for width in Self.widths {
            for (view, isDark) in [("messages", false), ("ladder", true), ("statistics", false)] {
                try show(served, browser, view == "messages" ? "" : "view=\(view)", width: width, isDark: isDark)
                // All messages are looked at once.
                if view == "messages" && width == 1280 { try walk(browser, subject) }
                let wide = try browser.evaluate(
                    "document.documentElement.scrollWidth - document.documentElement.clientWidth")
                #expect(wide as? Int == 0, "\(subject.name), \(view) is wider than \(width) px")
                let ground = try browser.evaluate("getComputedStyle(document.body).backgroundColor") as? String
                #expect(ground == (isDark ? "rgb(20, 21, 23)" : "rgb(252, 251, 249)"))
                #expect(try text("trouble", browser) == "", "\(subject.name), \(view)")
                expectSilence(browser, subject, served)
            }
        }
    }

    private func walk(_ browser: Chromium, _ subject: Reports.Subject) throws {
        let total = try browser.evaluate("document.querySelector('#messages [role=option]') ? 1 : 0") as? Int ?? 0
        guard total > 0, subject.name == "hostile" else { return }
        try browser.press("End")
        try browser.wait(until: Self.selected)
        let last = try browser.evaluate("Number(\(Self.selected).getAttribute('aria-posinset'))") as? Int ?? 0
        try browser.press("Home")
        for position in 1...max(1, last) {
            if position > 1 { try browser.press("j") }
            try browser.wait(
                until: """
                    \(Self.selected)?.getAttribute('aria-posinset') === '\(position)'
                        && document.getElementById('fields').dataset.message && document.querySelector('#fields .node')
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
                    try show(served, browser, state, width: width, isDark: isDark)
                    try browser.evaluate(axe + ";0")
                    let found = try browser.evaluate(
                        """
                        axe.run().then(r => r.violations.map(v => v.id + ': ' + v.nodes.slice(0, 3)
                            .map(n => n.html.slice(0, 160) + ' ' + n.failureSummary).join(' / ')).join('\\n'))
                        """)
                    #expect(
                        found as? String == "", "\(subject.name), \(state) at \(width) px, \(isDark ? "dark" : "light")"
                    )
                }
            }
        }
    }
}
#endif
