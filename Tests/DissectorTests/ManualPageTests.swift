import BitcoinP2P
import Dissector
import Fields
import Foundation
import Insight
import Output
import Testing

/// The manual pages that are written from the declarations.
///
/// `UPDATE=1 Tests/run.sh --build DissectorTests.ManualPage` writes them.
struct ManualPageTests {
    enum Page: String, CaseIterable {
        case fields = "btcshark-fields.7"
        case statistics = "btcshark-statistics.7"

        var url: URL { URL(fileURLWithPath: folder("man")).appendingPathComponent(rawValue) }

        var written: String {
            Pipeline.declareFields()
            var text = TextBuffer()
            switch self {
            case .fields: ManualPage.append(to: &text)
            case .statistics: StatisticsPage.append(to: &text)
            }
            return text.string
        }

        var lines: Set<String> { Set(written.split(separator: "\n").map(String.init)) }
    }

    @Test(arguments: Page.allCases)
    func `the page is up to date`(page: Page) throws {
        let written = page.written
        if ProcessInfo.processInfo.environment["UPDATE"] == "1" {
            try written.write(to: page.url, atomically: true, encoding: .utf8)
        }
        let isUpToDate = try String(contentsOf: page.url, encoding: .utf8) == written
        #expect(isUpToDate, "run UPDATE=1 Tests/run.sh --build DissectorTests.ManualPage")
    }

    @Test
    func `every type and every remark has an entry`() {
        let lines = Page.fields.lines
        for type in MessageTypes.standard.types { #expect(lines.contains(".It Ic \(type.name)")) }
        for remark in Catalog.remarks {
            #expect(lines.contains(".It Va \(remark.name)"))
            #expect(remark.summary.first?.isUppercase == true || remark.summary.hasPrefix("…"))
            #expect(remark.summary.last != ".", "\(remark.summary)")
        }
        #expect(Set(Catalog.remarks.map(\.summary)).count == Catalog.remarks.count)
    }

    @Test
    func `every statistic has its columns, metrics and words`() {
        let lines = Page.statistics.lines
        for name in QuestionName.allCases.map(\.rawValue) + Statistic.allCases.map(\.rawValue) {
            #expect(lines.contains(".Ss \(name)"))
        }
        for question in QuestionName.allCases {
            let (head, rows) = question.columns
            for column in head + rows {
                #expect(!column.isMember || lines.contains(".It Va \(column.key)"))
                if let name = question.metricName(of: column) { #expect(lines.contains(".It Va \(name.text)")) }
            }
            for (word, _) in question.words.flatMap(\.words) { #expect(lines.contains(".It Li \(word)")) }
        }
        for column in Statistic.allCases.flatMap(\.columns) { #expect(lines.contains(".It Va \(column.key)")) }
    }
}
