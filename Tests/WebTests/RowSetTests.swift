#if Web
import BitcoinP2P
import Support
import Testing

@testable import Web

/// Rows of a list against an array of numbers.
@Suite struct RowSetTests {
    @Test(arguments: 0..<20)
    func positions(_ seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var rows = RowSet()
        var model: Set<UInt64> = []
        for _ in 0..<Int.random(in: 0..<400, using: &generator) {
            let number = UInt64.random(in: 1...1_000, using: &generator)
            rows.insert(number)
            model.insert(number)
        }
        let sorted = model.sorted()
        #expect(rows.count == sorted.count)
        #expect(rows.last == sorted.last ?? 0)
        let from = Int.random(in: 0...sorted.count + 3, using: &generator)
        let range = from..<from + Int.random(in: 0...300, using: &generator)
        #expect(rows.numbers(at: range) == Array(sorted[range.clamped(to: 0..<sorted.count)]))
        for number in UInt64(1)...1_005 {
            #expect(rows.contains(number) == model.contains(number))
            #expect(rows.position(of: number) == sorted.count { $0 < number })
        }
        let even = rows.filtered { $0 % 2 == 0 }
        #expect(even.numbers(at: 0..<1_000) == sorted.filter { $0 % 2 == 0 })
    }

    @Test func nothing() {
        let rows = RowSet()
        #expect(rows.numbers(at: 0..<10).isEmpty)
        #expect(!rows.contains(0))
        #expect(!rows.contains(.max))
        #expect(rows.position(of: .max) == 0)
    }
}

@Suite struct IndexEntryTests {
    @Test func memory() { #expect(MemoryLayout<IndexEntry>.stride == 40) }

    @Test func values() {
        let entry = IndexEntry(
            place: 1 << 40, textLength: 700, time: -5, frame: 1 << 39, family: nil, side: .unknown, kind: .direction,
            severity: .error, isCut: true, stream: 1 << 40, length: 7, request: 9)
        #expect(entry.textPlace == 1 << 40)
        #expect(entry.textLength == 700)
        #expect(entry.frame == 1 << 39)
        #expect(entry.family == nil)
        #expect(entry.side == .unknown)
        #expect(entry.kind == .direction)
        #expect(entry.severity == .error)
        #expect(entry.isCut)
        #expect(entry.stream == .max)
        let other = IndexEntry(
            place: 0, textLength: 0, time: 0, frame: .max, family: .talk, side: .responder, kind: .message,
            severity: nil,
            isCut: false, stream: 0, length: -1, request: 0)
        #expect(other.family == .talk)
        #expect(other.side == .responder)
        #expect(other.severity == nil)
        #expect(!other.isCut)
        #expect(other.length == 0)
        #expect(other.frame == 1 << 40 - 1)
    }

    @Test func texts() throws {
        var texts = RowTexts()
        texts.source = Array("192.0.2.1:8333".utf8)
        texts.name = Array("tx".utf8)
        // Cut where a character begins.
        texts.info = Array(String(repeating: "ü", count: 200).utf8)
        texts.answerTime = -3
        texts.answerFrame = 17
        texts.asked = .init(frame: 5, number: 6, time: 7)
        var bytes: [UInt8] = []
        texts.append(to: &bytes)
        let read = try #require(bytes.withUnsafeBytes { RowTexts($0) })
        #expect(read.source == texts.source)
        #expect(read.name == texts.name)
        #expect(String(decoding: read.info, as: UTF8.self) == String(repeating: "ü", count: 150) + "…")
        #expect(read.answerTime == -3)
        #expect(read.answerFrame == 17)
        #expect(read.asked?.number == 6)
        for count in 0..<bytes.count {
            #expect(bytes.withUnsafeBytes { RowTexts(.init(rebasing: $0[..<count])) } == nil)
        }
    }
}
#endif
