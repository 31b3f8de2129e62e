#if Web
import Support
import Testing

/// The page of `btcshark serve` in a real browser.
///
/// Suites of other files are in this one: its traits are theirs, and one test at a time has a browser.
@Suite(.serialized, .enabled(if: Chromium.isInstalled, "chromium-headless-shell is not installed"))
struct ServePageTests {
    // MARK: Bytes and fields

    /// Each byte leads to the smallest field that has it, and just that field's bytes are marked.
    @Test func everyByteLeadsToItsFieldAndBack() throws {
        let served = try Served(Reports.capture("relay"))
        let browser = try Chromium(obeysPolicy: true)
        try browser.show(served)
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
        let served = try Served(Reports.capture("relay"))
        let browser = try Chromium(obeysPolicy: true)
        try browser.show(served)
        try browser.waitForMessage(1)
        for (key, message) in [
            ("j", 2), ("ArrowDown", 3), ("k", 2), ("ArrowUp", 1), ("End", 256), ("Home", 1), ("G", 256),
        ] {
            try browser.press(key)
            try browser.waitForMessage(message)
        }
        // A page of rows, and back.
        try browser.press("PageUp")
        try browser.wait(until: "Number(document.getElementById('fields').dataset.message) < 250")
        try browser.press("PageDown")
        try browser.waitForMessage(256)

        // Fields: the first, its group closed and opened, bytes marked, and a filter made of it.
        try browser.press("Home")
        try browser.waitForMessage(1)
        try browser.press("t")
        #expect(try browser.evaluate("document.activeElement.id") as? String == "fields")
        try browser.press("End")
        #expect(try browser.text(of: "field-about") == "bitcoin.version.relay · byte 125")
        #expect(try browser.evaluate("document.querySelectorAll('#bytes .byte.on').length") as? Int == 2)
        try browser.press("ArrowLeft")
        #expect(try browser.text(of: "field-about") == "bitcoin.version · bytes 24 to 125")
        let node = "document.getElementById(document.getElementById('fields').getAttribute('aria-activedescendant'))"
        for (key, state) in [("ArrowLeft", "false"), ("ArrowRight", "true")] {
            try browser.press(key)
            try browser.wait(until: "\(node)?.getAttribute('aria-expanded') === '\(state)'")
        }
        try browser.press("ArrowRight")
        #expect(try browser.text(of: "field-about") == "bitcoin.version.version · bytes 24 to 27")

        // Bytes.
        try browser.press("b")
        #expect(try browser.evaluate("document.activeElement.id") as? String == "bytes")
        try browser.press("Home")
        #expect(try browser.text(of: "field-about") == "bitcoin.magic · bytes 0 to 3")
        try browser.press("ArrowDown")
        #expect(try browser.text(of: "field-about") == "bitcoin.length · bytes 16 to 19")
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
        let served = try Served(Reports.capture("relay"))
        let browser = try Chromium(obeysPolicy: true)
        try browser.show(served)
        try browser.enter(filter: "bitcoin.command == \"tx\"")
        try browser.wait(until: "document.getElementById('count').textContent === '8 of 256'")
        try browser.wait(until: "document.activeElement.id === 'messages'")
        try browser.press("Home")
        try browser.waitForMessage(232)
        #expect(try browser.text(of: "pair") == "answers frame 296 after 221 µs")
        // The request is not in the list: what is asked for is more than the filter.
        try browser.press("p")
        try browser.waitForMessage(231)
        try browser.wait(until: "document.getElementById('count').textContent === '256 messages'")
        #expect(try browser.evaluate("document.getElementById('filter').value") as? String == "")
        try browser.wait(until: "document.querySelectorAll('#messages .row.mate').length === 5")
        #expect(try browser.text(of: "pair") == "answered by frame 298 and 3 more")

        let label = "\(Chromium.selectedRow)?.getAttribute('aria-label')"
        try browser.press("l")
        try browser.wait(until: "document.querySelector('.row .brackets path') && /frame 296,/.test(\(label))")
        #expect(try browser.text(of: "count").hasSuffix(" rows of 256 messages"))
        try browser.press("j")
        try browser.wait(until: "/frame 298, .* tx, .*answers 296 after 221 µs/.test(\(label))")
        try browser.press("l")
        try browser.wait(
            until: "document.getElementById('messages-pane').dataset.form === 'messages' && \(Chromium.selectedRow)")
        try browser.waitForMessage(232)
    }

    /// Remarks are found by the server: `n` does not read all rows.
    @Test func remarksAreFound() throws {
        let served = try Served(try #require(Reports.subjects.first { $0.name == "hostile" }).capture)
        let browser = try Chromium(obeysPolicy: true)
        try browser.show(served)
        try browser.waitForMessage(1)
        let mark = "\(Chromium.selectedRow)?.querySelector('.remark')"
        try browser.press("n")
        try browser.wait(until: mark)
        let first = try browser.evaluate("\(Chromium.selectedRow).id") as? String
        try browser.press("n")
        try browser.wait(until: "\(mark) && \(Chromium.selectedRow).id !== '\(first ?? "")'")
        try browser.press("N")
        try browser.wait(until: "\(mark) && \(Chromium.selectedRow).id === '\(first ?? "")'")
    }

    @Test func pointerSelects() throws {
        let served = try Served(Reports.capture("relay"))
        let browser = try Chromium(obeysPolicy: true)
        try browser.show(served)
        try browser.click("#row-3")
        try browser.waitForMessage(4)
        try browser.click(".byte[data-offset=\"4\"]")
        #expect(try browser.text(of: "field-about") == "bitcoin.command · bytes 4 to 15")
        try browser.click("#fields .node:nth-child(1)")
        #expect(try browser.text(of: "field-about").hasSuffix("not on the wire"))
        #expect(try browser.evaluate("document.querySelectorAll('#bytes .byte.on').length") as? Int == 0)

        // A drag is a time range, a click the message there.
        let from = try browser.place(of: "#timeline", at: 0.4)
        try browser.drag(from: from, to: browser.place(of: "#timeline", at: 0.7))
        try browser.wait(until: "document.getElementById('count').textContent === '7 of 256'")
        try browser.click("#time")
        try browser.wait(until: "document.getElementById('count').textContent === '256 messages'")
        try browser.drag(from: from, to: from)
        try browser.waitForMessage(230)
    }

    /// After 104 days nanoseconds are more than a number of the page can hold exactly.
    @Test func clickInTheTimelineOfALongCapture() throws {
        let folder = try Folder()
        let pings = (1...3).map { BitcoinMessage.ping($0).bytes }
        let served = try Served(BigCapture.write(parts: pings, seconds: 150 * 86_400, into: folder))
        let browser = try Chromium(obeysPolicy: true)
        try browser.show(served)
        try browser.waitForMessage(1)
        try browser.wait(until: "document.querySelector('#timeline .bar')")
        // The message after that time; after the last one it is the last.
        for (share, message) in [(0.45, 2), (0.999, 3), (0.02, 2), (0.6, 3)] {
            let place = try browser.place(of: "#timeline", at: share)
            try browser.drag(from: place, to: place)
            try browser.waitForMessage(message)
        }
        // A range up to the last one.
        try browser.press("i")
        try browser.press("End")
        try browser.press("Home", withShift: true)
        try browser.press("Enter")
        try browser.wait(until: "document.getElementById('count').textContent === '3 of 3'")
        #expect(try browser.text(of: "trouble") == "")
    }

    @Test func tabsWhereThereIsRoomForOnePane() throws {
        let served = try Served(Reports.capture("relay"))
        let browser = try Chromium(obeysPolicy: true)
        try browser.show(served, width: 390)
        try browser.waitForMessage(1)
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
        let served = try Served(Reports.capture("relay"))
        let browser = try Chromium(obeysPolicy: true)
        try browser.show(served)
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
        #expect(try browser.text(of: "count") == "256 messages")
        #expect(try browser.evaluate("location.hash.includes('vsise')") as? Bool == false)
    }

    /// Columns have their titles, and units that are seen.
    @Test func statisticsHaveUnits() throws {
        let served = try Served(Reports.capture("relay"))
        let browser = try Chromium(obeysPolicy: true)
        for (statistic, expected) in [
            ("latency", ["Asked by", "Pings", "Min s", "TCP SYN s", "Reordered"]),
            // Of titles that come twice the key says whose they are.
            ("relay", ["Duplicates", "Choice min s", "choice max s", "service max s"]),
            ("bytes", ["messages", "bytes", "overhead bytes", "wire %", "message bytes"]),
            ("bitcoin,tree", ["Average bytes", "Rate (/s)"]),
        ] {
            try browser.show(served, "view=statistics&statistic=\(statistic)")
            try browser.wait(until: "document.querySelector('#statistic-table td')")
            let heads = try browser.evaluate(
                "[...document.querySelectorAll('#statistic-table th')].map((head) => head.textContent)")
            let missing = Set(expected).subtracting(heads as? [String] ?? [])
            #expect(missing == [], "\(statistic): \(heads ?? "")")
        }
    }

    // MARK: Many rows

    @Test func millionRowsAreFewElements() throws {
        let folder = try Folder()
        let served = try Served(BigCapture.write(messages: 1_000_000, into: folder))
        let browser = try Chromium(obeysPolicy: true)
        try browser.show(served)
        // To read so many takes long, longest where others want the processors, too.
        try browser.wait(
            until: "document.getElementById('count').textContent.replace(/\\D/g, '') === '1000000'", within: 240)
        let rows = "document.querySelectorAll('#messages [role=option]').length"
        let place = Chromium.selectedPlace
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
}
#endif
