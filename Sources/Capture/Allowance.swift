/// Some things at once, and then one every ten seconds.
struct Allowance {
    private let most: Double
    private var left: Double
    private var looked: Double

    private static let seconds = 10.0

    /// - Parameters:
    ///   - most: How many at once.
    ///   - now: In seconds, of a clock that only goes forward.
    init(most: Int, now: Double) {
        self.most = Double(most)
        left = Double(most)
        looked = now
    }

    /// Takes one, where there is one left.
    mutating func take(at now: Double) -> Bool {
        left = min(most, left + (now - looked) / Self.seconds)
        looked = now
        guard left >= 1 else { return false }
        left -= 1
        return true
    }
}
