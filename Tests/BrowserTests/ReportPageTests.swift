import Foundation
import Testing

/// Reports in a real browser.
@Suite(.serialized, .enabled(if: Chromium.isInstalled, "chromium-headless-shell is not installed"))
struct ReportPageTests {
    private static let widths = [1280, 390]

    @Test(arguments: Reports.subjects)
    func pageIsQuietAndFits(_ subject: Reports.Subject) throws {
        let page = try Reports.write(subject)
        let browser = try Chromium()
        for width in Self.widths {
            for isDark in [false, true] {
                try browser.open(page, width: width, isDark: isDark)
                let wide = try browser.evaluate(
                    "document.documentElement.scrollWidth - document.documentElement.clientWidth")
                #expect(wide as? Int == 0, "\(subject.name) is wider than \(width) px")
                #expect(try browser.evaluate("document.querySelectorAll('h1').length") as? Int == 1)
                let ground = try browser.evaluate("getComputedStyle(document.body).backgroundColor") as? String
                #expect(ground == (isDark ? "rgb(20, 21, 23)" : "rgb(252, 251, 249)"))
                expectSilence(browser, subject, page)
            }
        }
    }

    private func expectSilence(_ browser: Chromium, _ subject: Reports.Subject, _ page: URL) {
        for (method, parameters) in browser.events {
            switch method {
            case "Network.requestWillBeSent":
                let request = parameters["request"] as? [String: Any]
                #expect(request?["url"] as? String == page.absoluteString, "\(subject.name) asks for something")
            case "Page.javascriptDialogOpening", "Runtime.exceptionThrown", "Runtime.consoleAPICalled":
                Issue.record("\(subject.name): \(method) \(parameters)")
            case "Log.entryAdded":
                let entry = parameters["entry"] as? [String: Any]
                #expect(entry?["level"] as? String != "error", "\(subject.name): \(entry ?? [:])")
            default: break
            }
        }
    }

    @Test(.enabled(if: Reports.axe != nil, "axe-core is not there: make setup-browser"), arguments: Reports.subjects)
    func pageIsAccessible(_ subject: Reports.Subject) throws {
        let axe = try #require(Reports.axe)
        let page = try Reports.write(subject)
        let browser = try Chromium()
        for width in Self.widths {
            for isDark in [false, true] {
                try browser.open(page, width: width, isDark: isDark)
                try browser.evaluate(axe + ";0")
                let found = try browser.evaluate(
                    """
                    axe.run().then(r => r.violations.map(v => v.id + ': ' + v.nodes.slice(0, 3)
                        .map(n => n.html.slice(0, 160) + ' ' + n.failureSummary).join(' / ')).join('\\n'))
                    """)
                #expect(found as? String == "", "\(subject.name) at \(width) px, \(isDark ? "dark" : "light")")
            }
        }
    }

    /// Printed colours are those of the day, whatever the reader has chosen.
    @Test func paperIsLight() throws {
        let subject = try #require(Reports.subjects.first { $0.name == "relay" })
        let browser = try Chromium()
        try browser.open(try Reports.write(subject), width: 1280, isDark: true)
        try browser.emulate(media: "print", isDark: true)
        let colours = try browser.evaluate(
            "getComputedStyle(document.body).color + ' ' + getComputedStyle(document.querySelector('.f-block')).fill")
        #expect(colours as? String == "rgb(28, 27, 25) rgb(46, 86, 195)")
        let sheets = try browser.print()
        #expect(sheets.starts(with: Array("%PDF-".utf8)) && sheets.count > 20_000)
    }

    /// An answer leads to its request.
    @Test func answersAreLinks() throws {
        let subject = try #require(Reports.subjects.first { $0.name == "relay" })
        let browser = try Chromium()
        try browser.open(try Reports.write(subject), width: 1280, isDark: false)
        let broken = try browser.evaluate(
            "[...document.querySelectorAll('a[href^=\"#\"]')].filter(a => !document.querySelector(a.hash)).length")
        #expect(broken as? Int == 0)
        let target = try browser.evaluate(
            """
            (() => { const link = document.querySelector('.ties-words a'); location.hash = link.hash;
            return document.querySelector(':target th').textContent === link.textContent })()
            """)
        #expect(target as? Bool == true)
    }
}
