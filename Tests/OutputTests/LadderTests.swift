import BitcoinP2P
import Fields
import Records
import Testing

@testable import Output

/// Which messages become which rows.
@Suite struct LadderTests {
    private static func step(
        _ index: Int, _ word: Substring, at time: Int64, answers: UInt64? = nil
    ) -> LadderStep {
        // `>ping`, `<pong`; `!` before it: with a remark.
        let isRemarked = word.hasPrefix("!")
        let word = isRemarked ? word.dropFirst() : word
        let name = String(word.dropFirst())
        var text = TextBuffer()
        text.append(name)
        let remark: (severity: Severity, text: String)? = isRemarked ? (severity: .warning, text: "odd") : nil
        return LadderStep(
            number: UInt64(index + 1), order: UInt64(index + 1), frame: UInt64(10 * index + 10), time: time,
            isFromInitiator: word.hasPrefix(">"), command: Command(name: name), name: text, length: 100,
            text: TextBuffer(), remark: remark,
            answered: answers.map { AnsweredRequest(frame: 0, order: $0, time: 0, kind: "ping") }, announced: nil)
    }

    /// Each row as a word: `>ping`, or `3>getdata,4<block`.
    private static func rows(_ words: String, limit: Int = 1_000, waits: [Int: Int64] = [:]) -> [String] {
        var builder = LadderBuilder(limit: limit)
        var time: Int64 = 0
        for (index, word) in words.split(separator: " ").enumerated() {
            time += waits[index] ?? 1_000
            builder.append(step(index, word, at: time))
        }
        builder.finish()
        return builder.rows.map { row in
            switch row.content {
            case .step(let step): (step.isFromInitiator ? ">" : "<") + step.name.string
            case .run(let run):
                run.kinds.map { "\($0.count)\($0.isFromInitiator ? ">" : "<")\($0.name.string)" }.joined(separator: ",")
            }
        }
    }

    private static func many(_ word: String, _ count: Int) -> String {
        Array(repeating: word, count: count).joined(separator: " ")
    }

    @Test func sixOfAKindAreOneRow() {
        #expect(Self.rows(Self.many("<tx", 5)) == Array(repeating: "<tx", count: 5))
        #expect(Self.rows(Self.many("<tx", 6)) == ["6<tx"])
    }

    @Test func twoKindsNeedThreeOfEach() {
        #expect(Self.rows(Self.many(">getdata <block", 3)) == ["3>getdata,3<block"])
        #expect(
            Self.rows("<block <block <block <block >getdata >getdata") == [
                "<block", "<block", "<block", "<block", ">getdata", ">getdata",
            ])
        // The first kind alone, then what follows.
        #expect(Self.rows(Self.many("<block", 16) + " >getdata >feefilter") == ["16<block", ">getdata", ">feefilter"])
    }

    @Test func aThirdKindEndsAStretch() {
        #expect(
            Self.rows(Self.many("<tx", 6) + " >ping " + Self.many("<tx >inv", 4)) == ["6<tx", ">ping", "4>inv,4<tx"])
    }

    @Test func aLongWaitEndsAStretch() {
        #expect(Self.rows(Self.many("<tx", 12), waits: [6: 500_000_001]) == ["6<tx", "6<tx"])
        #expect(Self.rows(Self.many("<tx", 12), waits: [6: 500_000_000]) == ["12<tx"])
    }

    @Test func aRemarkStandsAlone() {
        #expect(Self.rows(Self.many("<tx", 6) + " !<tx " + Self.many("<tx", 6)) == ["6<tx", "<tx", "6<tx"])
    }

    @Test func rowsEnd() { #expect(Self.rows("<a <b <c <d", limit: 2) == ["<a", "<b"]) }

    /// A rare second kind does not hold back without end.
    @Test func manyMessagesAreNotKept() {
        #expect(
            Self.rows(Self.many("<tx", 3_000) + " >inv " + Self.many("<tx", 3_000)) == ["3000<tx", ">inv", "3000<tx"])
    }

    @Test func turnedSidesTurnAllRows() {
        var builder = LadderBuilder(limit: 100)
        for index in 0..<8 { builder.append(Self.step(index, index < 7 ? "<tx" : ">inv", at: Int64(index))) }
        builder.turn()
        builder.finish()
        guard case .run(let run) = builder.rows[0].content, case .step(let step) = builder.rows[1].content else {
            Issue.record("\(builder.rows)")
            return
        }
        #expect(run.kinds.map(\.isFromInitiator) == [true] && !step.isFromInitiator)
    }

    /// Connections beyond those that are kept cannot be chosen, which is known.
    @Test func aChoiceOfTooManyIsPartial() {
        func unread(_ stream: Int) -> UnreadSegment {
            UnreadSegment(
                count: 1, stream: UInt64(stream), source: [0x61], destination: [0x62], sender: .initiator, time: 0,
                captureStart: 0)
        }
        var collector = LadderCollector(.best, rowLimit: 10)
        for stream in 0..<LadderCollector.mostConnections { collector.receiveUnread(unread(stream)) }
        #expect(!collector.isPartial && collector.count == LadderCollector.mostConnections)
        collector.receiveUnread(unread(LadderCollector.mostConnections))
        #expect(collector.isPartial && collector.count == LadderCollector.mostConnections)
    }

    /// Three brackets beside each other; a fourth finds no track, and the first is free again after its answer.
    @Test func bracketsHaveThreeTracks() {
        let answers: [Int: UInt64] = [4: 1, 5: 2, 6: 3, 7: 4, 9: 9]
        let rows = (0..<10).map { index in
            LadderRow(
                content: .step(Self.step(index, ">a\(index)"[...], at: Int64(index), answers: answers[index])), wait: 0)
        }
        let shown = LadderBrackets.pieces(of: rows).map { pieces in
            pieces.map { piece in
                switch piece {
                case .none: "."
                case .begin: "b"
                case .pass: "|"
                case .join: "+"
                case .end: "e"
                }
            }.joined()
        }
        #expect(shown == ["b..", "|b.", "||b", "|||", "e||", ".e|", "..e", "...", "b..", "e.."])
    }
}
