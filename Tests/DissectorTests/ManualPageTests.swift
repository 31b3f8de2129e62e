import BitcoinP2P
import Dissector
import Fields
import Foundation
import Testing

/// The manual page of messages, fields and remarks is written from the declarations.
///
/// `UPDATE=1 Tests/run.sh --build DissectorTests.ManualPage` writes it.
struct ManualPageTests {
    private static let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("man/btcshark-fields.7")

    private static var written: String {
        Pipeline.declareFields()
        var text = TextBuffer()
        ManualPage.append(to: &text)
        return text.string
    }

    @Test
    func `the page is up to date`() throws {
        let written = Self.written
        if ProcessInfo.processInfo.environment["UPDATE"] == "1" {
            try written.write(to: Self.page, atomically: true, encoding: .utf8)
        }
        let isUpToDate = try String(contentsOf: Self.page, encoding: .utf8) == written
        #expect(isUpToDate, "run UPDATE=1 Tests/run.sh --build DissectorTests.ManualPage")
    }

    @Test
    func `every type and every remark has an entry`() {
        let lines = Set(Self.written.split(separator: "\n").map(String.init))
        for type in MessageTypes.standard.types { #expect(lines.contains(".It Ic \(type.name)")) }
        for remark in Catalog.remarks {
            #expect(lines.contains(".It Va \(remark.name)"))
            #expect(remark.summary.first?.isUppercase == true || remark.summary.hasPrefix("…"))
            #expect(remark.summary.last != ".", "\(remark.summary)")
        }
        #expect(Set(Catalog.remarks.map(\.summary)).count == Catalog.remarks.count)
    }
}
