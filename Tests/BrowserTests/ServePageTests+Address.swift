#if Web
import Foundation
import Support
import Testing

extension ServePageTests {
    /// What the address says is seen, and what is seen stands in the address.
    struct Address {
        @Test func addressRestoresWhatWasSeen() throws {
            let served = try Served(Reports.capture("relay"))
            let browser = try Chromium(obeysPolicy: true)
            try browser.show(served)
            let place = try browser.evaluate(
                """
                (async () => {
                    const headers = { Authorization: `Bearer ${sessionStorage.getItem("btcshark.token")}` };
                    const { fields } = await (await fetch("/api/messages/232", { headers })).json();
                    return fields.findIndex((field) => field.name === "bitcoin.tx.input_count");
                })()
                """)
            let state = "filter=tcp.stream+%3D%3D+0&time=2.5,6.2&message=232&field=\(place as? Int ?? -1)"
            try browser.show(served, state)
            try browser.waitForMessage(232)
            try browser.wait(until: "location.hash === '#\(state)'")
            #expect(try browser.evaluate("location.href.includes('\(served.token)')") as? Bool == false)
            #expect(try browser.evaluate("document.getElementById('filter').value") as? String == "tcp.stream == 0")
            #expect(try browser.text(of: "field-about") == "bitcoin.tx.input_count · byte 30")
            #expect(try browser.evaluate("document.querySelectorAll('#bytes .byte.on').length") as? Int == 2)
            // What is chosen by keys is in the address, too, and another visit shows it.
            try browser.press("j")
            try browser.waitForMessage(233)
            try browser.press("l")
            try browser.wait(until: "location.hash.endsWith('message=233&view=ladder')")
            let address = try #require(try browser.evaluate("location.href") as? String)
            if let blank = URL(string: "about:blank") { try browser.open(blank, width: 1280, isDark: false) }
            try browser.open(#require(URL(string: address)), width: 1280, isDark: false)
            try browser.waitUntilReady()
            try browser.waitForMessage(233)
            #expect(
                try browser.evaluate("document.getElementById('messages-pane').dataset.form") as? String == "ladder")
            #expect(try browser.evaluate("document.getElementById('time').hidden") as? Bool == false)
            // A ladder has all of its connection, and says so where the list has not.
            #expect(try browser.text(of: "count").hasSuffix(" rows of 256 messages, unfiltered"))
        }

        /// Times of a nanosecond, and of more than thirty years.
        @Test func addressHasAllDigitsOfTime() throws {
            let served = try Served(Reports.capture("relay"))
            let browser = try Chromium(obeysPolicy: true)
            for time in ["0.0000009,5", "-0.000000001,1234567890.5", "0.1,9007199.254740991"] {
                try browser.show(served, "time=\(time)")
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
            try browser.show(served, "message=1&field=21000")
            try browser.waitForMessage(1)
            try browser.wait(until: "document.getElementById('field-about').textContent.startsWith('bitcoin.inv.')")
            try browser.wait(until: "location.hash === '#message=1&field=21000'")
            try browser.wait(until: "document.querySelector('#fields [aria-selected=true]')")
        }

        /// Browsers drop calls of replaceState when there are too many.
        @Test func addressIsWrittenSeldom() throws {
            let served = try Served(Reports.capture("relay"))
            let browser = try Chromium(obeysPolicy: true)
            try browser.prepare(
                """
                window.calls = [];
                const replace = History.prototype.replaceState;
                History.prototype.replaceState = function (...rest) { window.calls.push(performance.now()); replace.apply(this, rest) };
                """)
            try browser.show(served)
            for _ in 0..<60 { try browser.press("j") }
            try browser.waitForMessage(61)
            try browser.wait(until: "location.hash === '#message=61'")
            // The first call takes the token out of the address.
            let shortest = try browser.evaluate(
                "Math.min(...window.calls.slice(2).map((time, index) => time - window.calls[index + 1]))")
            // Timers may be a little early.
            #expect(shortest as? Double ?? (shortest as? Int).map(Double.init) ?? 0 >= 149)
        }

        @Test func withoutTokenThePageSaysSo() throws {
            let served = try Served(Reports.capture("relay"))
            let browser = try Chromium(obeysPolicy: true)
            try browser.open(#require(URL(string: served.origin + "/")), width: 1280, isDark: false)
            try browser.wait(until: "!document.getElementById('trouble').hidden")
            #expect(try browser.text(of: "trouble").contains("address that btcshark has printed"))
            #expect(try browser.text(of: "count") == "")
        }
    }
}
#endif
