import Fields
import Testing

@testable import Report

/// Nothing that came from elsewhere is markup.
@Suite struct HTMLTests {
    private func wire(_ text: String, cut limit: Int = 48) -> String {
        var html = HTML()
        html.wire(Array(text.utf8), cut: limit)
        return html.text.string
    }

    private func wire(_ bytes: [UInt8]) -> String {
        var html = HTML()
        html.wire(bytes)
        return html.text.string
    }

    @Test(arguments: [
        ("<script>", "&lt;script&gt;"), ("a&b", "a&amp;b"), ("\"'", "&quot;&#39;"), ("\u{202e}x", "\\xe2\\x80\\xaex"),
        ("\u{2066}", "\\xe2\\x81\\xa6"), ("\u{200b}", "\\xe2\\x80\\x8b"), ("\u{61c}", "\\xd8\\x9c"),
        ("\u{feff}", "\\xef\\xbb\\xbf"), ("\u{1b}[31m\u{0}", "\\x1b[31m\\x00"), ("\u{85}", "\\xc2\\x85"),
        ("العربية 日本", "العربية 日本"), ("\\x41", "\\x41"),
    ])
    func wireIsText(_ text: String, _ shown: String) { #expect(wire(text) == "<bdi dir=ltr class=wire>\(shown)</bdi>") }

    @Test func brokenBytesAreEscapes() {
        #expect(wire([0xff, 0x41, 0xe2, 0x80]) == "<bdi dir=ltr class=wire>\\xffA\\xe2\\x80</bdi>")
    }

    @Test func longTextsAreCut() {
        let text = String(repeating: "é", count: 49)
        let shown = String(repeating: "é", count: 48)
        #expect(wire(text) == "<bdi dir=ltr class=wire>\(shown)</bdi><span class=cut>… 98 bytes</span>")
        #expect(wire(shown) == "<bdi dir=ltr class=wire>\(shown)</bdi>")
    }

    /// A text that was made safe has escapes already: bytes are counted as they came.
    @Test func escapesAreNotCounted() {
        var (safe, html) = (TextBuffer(), HTML())
        safe.append(wire: [UInt8](repeating: 0, count: 50).span.bytes)
        html.wire(safe)
        #expect(html.text.string.hasSuffix("… 50 bytes</span>"))
    }

    @Test func wordsAreEscapedToo() {
        var html = HTML()
        html.words("<b onclick='x'>&")
        #expect(html.text.string == "&lt;b onclick=&#39;x&#39;&gt;&amp;")
    }

    @Test func dataEndsNoElement() {
        var (json, html) = (TextBuffer(), HTML())
        json.append("{\"a\":\"</script><!--&\"}")
        html.data(json)
        #expect(html.text.string == "{\"a\":\"\\u003c/script\\u003e\\u003c!--\\u0026\"}")
    }

    @Test func base64() {
        for (text, code) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg==")] {
            var buffer = TextBuffer()
            buffer.append(base64: Array(text.utf8))
            #expect(buffer.string == code)
        }
    }

    @Test(arguments: [
        (0, "0"), (1.5, "1.5"), (-0.004, "0"), (2.25, "2.25"), (-12, "-12"), (3.999, "4"), (0.06, "0.06"),
    ])
    func lengths(_ value: Double, _ text: String) {
        var buffer = TextBuffer()
        buffer.append(length: value, decimals: 2)
        #expect(buffer.string == text)
    }
}
