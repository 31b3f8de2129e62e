import Foundation

/// Waits until something holds. In half a minute all comes but what never does.
///
/// It is asked every millisecond for a tenth of a second, so that what comes at once is seen at once, then every 20 ms:
/// other tests need the processors, too.
///
/// - Returns: Whether it holds.
public func eventually(within seconds: Double = 30, _ condition: () throws -> Bool) rethrows -> Bool {
    let begun = ContinuousClock.now
    while ContinuousClock.now - begun < .seconds(seconds) {
        if try condition() { return true }
        usleep(ContinuousClock.now - begun < .milliseconds(100) ? 1_000 : 20_000)
    }
    return try condition()
}
