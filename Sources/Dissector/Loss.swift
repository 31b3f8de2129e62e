/// Bytes of a stream that no record shows.
struct Loss: Sendable {
    /// Not captured.
    var missing: UInt64 = 0
    /// Captured, but skipped.
    var skipped: UInt64 = 0

    /// More would be known if a limit of memory had not been reached.
    var isLimited = false

    var isEmpty: Bool { missing == 0 && skipped == 0 && !isLimited }

    static func + (left: Loss, right: Loss) -> Loss {
        Loss(
            missing: left.missing &+ right.missing, skipped: left.skipped &+ right.skipped,
            isLimited: left.isLimited || right.isLimited)
    }
}
