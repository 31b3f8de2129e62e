#if Web
import Foundation
import Support
import Testing

extension ServePageTests {
    /// Rows that come while the page is open.
    struct Live {
        /// What is read while the page is open comes into its list, also after the stream of events was cut, and nothing
        /// that is looked at moves.
        @Test func rowsComeWhileTheCaptureIsRead() throws {
            let bytes = try Data(contentsOf: URL(fileURLWithPath: Reports.capture("relay")))
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
            try browser.show(served)
            try browser.waitForMessage(1)
            try browser.press("j")
            try browser.waitForMessage(2)
            try browser.wait(until: "window.resumed.length === 2")
            #expect(try browser.evaluate("/^\\d+$/.test(window.resumed[1])") as? Bool == true)
            try input.fileHandleForWriting.write(contentsOf: bytes.dropFirst(30_000))
            try input.fileHandleForWriting.close()
            try browser.wait(until: "document.getElementById('count').textContent === '256 messages'")
            #expect(try browser.evaluate("document.getElementById('messages').scrollTop") as? Int == 0)
            #expect(try browser.evaluate(Chromium.selectedPlace) as? String == "2")
            try browser.press("End")
            try browser.waitForMessage(256)
        }

        /// A page whose server has gone says that it stands still.
        @Test func cutStreamIsShown() throws {
            let bytes = try Data(contentsOf: URL(fileURLWithPath: Reports.capture("handshake")))
            let input = Pipe()
            try input.fileHandleForWriting.write(contentsOf: bytes)
            let served = try Served("-", input: input)
            let browser = try Chromium(obeysPolicy: true)
            try browser.show(served)
            try browser.waitForMessage(1)
            #expect(try browser.evaluate("document.getElementById('trouble').hidden") as? Bool == true)
            served.stop()
            try browser.wait(
                until: "document.getElementById('trouble').textContent.startsWith('The connection to btcshark is cut.')"
            )
            try input.fileHandleForWriting.close()
        }

        /// Live, the list follows while it stands at its end and its last row is selected. Else nothing moves, and what has
        /// come is counted.
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
            try browser.show(served)
            let place = Chromium.selectedPlace
            try browser.wait(until: "\(place) === '1'")
            try send(2...40)
            try browser.wait(until: "\(place) === '40'")
            try browser.waitForMessage(40)
            try browser.press("k")
            try browser.waitForMessage(39)
            let top = try browser.evaluate("document.getElementById('messages').scrollTop") as? Int
            try send(41...45)
            try browser.wait(until: "document.getElementById('newer').textContent === '▼ 5 new'")
            #expect(try browser.evaluate("document.getElementById('newer').hidden") as? Bool == false)
            #expect(try browser.evaluate(place) as? String == "39")
            #expect(try browser.evaluate("document.getElementById('messages').scrollTop") as? Int == top)
            try browser.press("G")
            try browser.waitForMessage(45)
            #expect(try browser.evaluate("document.getElementById('newer').hidden") as? Bool == true)
            try send(46...46)
            try browser.waitForMessage(46)

            // So does a ladder: the row and the fields are always the same message's.
            try browser.press("l")
            try browser.wait(
                until: "document.getElementById('messages-pane').dataset.form === 'ladder' && \(Chromium.selectedRow)")
            try browser.press("End")
            let isSame = """
                (() => {
                    const frame = (text) => /frame ([\\d\u{202f}]+)/.exec(text)?.[1];
                    const row = \(Chromium.selectedRow)?.getAttribute("aria-label");
                    return Boolean(row) && frame(row) === frame(document.getElementById("message-about").textContent);
                })()
                """
            let label = "\(Chromium.selectedRow)?.getAttribute('aria-label')"
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
            try browser.wait(until: "\(place) === '56' && \(isSame)")
            let chosen = try browser.evaluate(label) as? String
            try send(55...60)
            try browser.wait(until: "\(counted) === '63 rows of 63 messages' && \(isSame)")
            #expect(try browser.evaluate(label) as? String == chosen)
        }
    }
}
#endif
