import Foundation

/// Waits until something holds, for so long that only what hangs exceeds it.
///
/// It is asked after a millisecond at first, so that what comes at once is seen at once, later every 20 ms: other tests
/// need the processors, too.
///
/// - Returns: Whether it holds.
public func eventually(within seconds: Double = 30, _ condition: () throws -> Bool) rethrows -> Bool {
    let last = ContinuousClock.now + .seconds(seconds)
    var pause: useconds_t = 1_000
    while ContinuousClock.now < last {
        if try condition() { return true }
        usleep(pause)
        pause = min(pause * 5 / 4, 20_000)
    }
    return try condition()
}
