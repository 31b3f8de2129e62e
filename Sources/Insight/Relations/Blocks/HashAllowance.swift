/// How many short ids may still be computed.
///
/// For each compact block those of all transactions seen are, which 100 bytes can ask for. So that peers cannot make the
/// reading slow, work is paid for by bytes: what the capture has beside such blocks pays for those that come honestly.
package struct HashAllowance: Sendable {
    /// For each byte; a hash takes some 30 ns.
    private static let ofByte = 2
    private static let most = 40_000_000

    /// Enough for the first blocks of a small capture.
    private var left = 10_000_000

    package init() {}

    package init(_ count: Int) { left = count }

    /// Bytes of a message have come.
    package mutating func earn(_ bytes: Int) {
        guard left < Self.most else { return }
        left = min(Self.most, left &+ min(max(0, bytes), Self.most) &* Self.ofByte)
    }

    /// Whether that many may be computed; then they are taken.
    package mutating func spend(_ count: Int) -> Bool {
        guard count <= left else { return false }
        left &-= count
        return true
    }
}
