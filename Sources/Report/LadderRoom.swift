/// Room above a row of a ladder, by how long it was waited for.
package enum LadderRoom {
    /// By the logarithm of the wait: none below a millisecond, five steps at most.
    package static func steps(_ wait: Int64) -> Int {
        let milliseconds = Double(wait) / 1_000_000
        guard milliseconds >= 1 else { return 0 }
        return Int(min(5, 1 + 1.25 * Scales.logarithm(milliseconds)).rounded())
    }
}
