/// How long spans of time were: how many of them took at most as long as each of some bounds, and all together.
package struct Distribution {
    /// 100 µs to 100 s in steps of 1, 2 and 5; in nanoseconds.
    package static let bounds: [Int64] = {
        var bounds: [Int64] = []
        var decade: Int64 = 100_000
        while decade < 100_000_000_000 {
            bounds += [decade, 2 * decade, 5 * decade]
            decade *= 10
        }
        return bounds + [decade]
    }()

    /// Of each bound; nil where nobody knows.
    let counts: [UInt64]?
    let count: UInt64
    /// In nanoseconds.
    let sum: Int128
    /// Of a second, which the clock has.
    let decimals: Int

    package init(counts: [UInt64]?, count: UInt64, sum: Int128, decimals: Int) {
        self.counts = counts
        self.count = count
        self.sum = sum
        self.decimals = decimals
    }
}
