import Synchronization

/// Of which records of a capture more is made than their number, and how far they have been counted: where a capture is
/// read again and again, each time for something else.
public final class RecordWindow: Sendable {
    /// By ``Record/number``.
    public let numbers: Range<UInt64>
    private let counted = Atomic<UInt64>(0)

    public init(_ numbers: Range<UInt64> = 1..<UInt64.max) { self.numbers = numbers }

    /// How many records there were so far, in the window or not. Any thread may ask.
    public var passed: UInt64 { counted.load(ordering: .relaxed) }

    func note(_ count: UInt64) { counted.store(count, ordering: .relaxed) }
}
