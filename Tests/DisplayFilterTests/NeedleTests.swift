import Support
import Testing

@testable import DisplayFilter

@Suite struct NeedleTests {
    /// Against looking at every place, over few different bytes, so that needles often begin in themselves.
    @Test func findsWhatIsThere() throws {
        var random = SeededGenerator(seed: 4)
        for _ in 0..<20_000 {
            let part = (0..<Int.random(in: 1...6, using: &random)).map { _ in UInt8.random(in: 0...1, using: &random) }
            let whole = (0..<Int.random(in: 0...12, using: &random)).map { _ in UInt8.random(in: 0...1, using: &random)
            }
            let isThere = whole.indices.contains { whole[$0...].starts(with: part) }
            let isFound = Needle(part).isFound(in: whole.span.bytes)
            try #require(isFound == isThere, "\(part) in \(whole)")
        }
    }

    @Test func needlesOfTheSameByteTakeLinearTime() {
        let whole = [UInt8](repeating: 1, count: 1_000_000)
        let isFound = Needle([UInt8](repeating: 1, count: 30_000) + [2]).isFound(in: whole.span.bytes)
        #expect(!isFound)
    }
}
