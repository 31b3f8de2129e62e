#if Web
import Foundation

/// What tests of the page of `btcshark serve` ask of it.
extension Chromium {
    /// The row that is selected in the list, as an expression.
    static let selectedRow = "document.querySelector('#messages [aria-selected=true]')"

    /// Its place in the list, from 1, as an expression of a text.
    static let selectedPlace = "\(selectedRow)?.getAttribute('aria-posinset')"

    /// Shows the page, and waits until it is ready.
    ///
    /// - Parameter state: What stands in its address, such as `message=3&view=ladder`.
    func show(_ served: Served, _ state: String = "", width: Int = 1280, isDark: Bool = false) throws {
        // Another fragment of the same page would load nothing.
        if let blank = URL(string: "about:blank") { try open(blank, width: width, isDark: isDark) }
        try open(served.address(showing: state), width: width, isDark: isDark)
        try waitUntilReady()
    }

    func waitUntilReady() throws {
        try wait(until: "document.documentElement.dataset.ready === ''")
    }

    /// Waits until the page shows the fields and bytes of a message, and its row is selected.
    func waitForMessage(_ number: Int) throws {
        try wait(
            until: """
                document.getElementById('fields').dataset.message === '\(number)'
                    && document.querySelector('#bytes .byte')?.textContent.trim() && \(Self.selectedRow)
                """)
    }

    /// Writes a filter, and has it applied.
    func enter(filter: String) throws {
        try press("/")
        try type(filter)
        try press("Enter")
    }

    func text(of identifier: String) throws -> String {
        try evaluate("document.getElementById('\(identifier)').textContent") as? String ?? ""
    }
}
#endif
