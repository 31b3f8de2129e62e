import BitcoinP2P
import Testing

@testable import Insight

/// What short ids may stand for, found by its wtxid.
struct SeenTransactionsTests {
    private func name(_ number: Int) -> Hash256 { DoubleSHA256.hash(Made.number(number).span.bytes) }

    private func transaction(_ number: Int) -> SeenTransactions.Transaction {
        SeenTransactions.Transaction(txid: name(-number), wtxid: name(number), frame: UInt64(number))
    }

    /// As a dictionary and a queue would have it.
    @Test(arguments: [1, 7, 1_000]) func theNewest(limit: Int) {
        var seen = SeenTransactions(limit: limit)
        var queue: [Int] = []
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<6_000 {
            let number = Int.random(in: 0..<(limit * 3), using: &generator)
            let isNew = !queue.contains(number)
            let place = seen.add(transaction(number))
            guard (place != nil) == isNew else {
                Issue.record("\(number) is \(isNew ? "new" : "old")")
                return
            }
            guard isNew else { continue }
            queue.append(number)
            if queue.count > limit { queue.removeFirst() }
        }
        #expect(seen.count == queue.count)
        for number in 0..<(limit * 3) {
            let place = seen.place(of: name(number))
            guard place.map({ seen[$0].frame }) == (queue.contains(number) ? UInt64(number) : nil) else {
                Issue.record("\(number) is lost, or still there")
                return
            }
        }
    }

    @Test func shortIDs() {
        let ids = ContiguousArray((0..<5_000 as Range<UInt64>).map { $0 * 3 }) + [0, 3]
        var table = ShortIDs(ids)
        for place in 0..<5_000 as Range<Int32> { table.note(UInt64(place), place) { _ in false } }
        for id in 0..<16_000 as Range<UInt64> {
            guard table.place(of: id) == (id % 3 == 0 && id < 5_000 ? Int(id) : nil) else {
                Issue.record("\(id) stands for \(table.place(of: id) ?? -1)")
                return
            }
        }
        table.note(3, 8) { $0 == 3 }
        #expect(table.place(of: 3) == 3, "the same")
        table.note(3, 8) { _ in false }
        #expect(table.place(of: 3) == nil && table.isAmbiguous(3) && !table.isAmbiguous(0))
    }
}
