/// Counts of what was seen.
public struct Statistics: Hashable, Sendable {
    /// Segments received.
    public var packets: UInt64 = 0
    public var connections: UInt64 = 0
    /// Connections remembered now, closed ones that linger included.
    public var open = 0
    /// Gaps with missing bytes.
    public var gaps: UInt64 = 0
    public var missingBytes: UInt64 = 0
    /// Segments that repeated bytes of a wanted stream, in part or in whole.
    public var retransmitted: UInt64 = 0
    public var conflicts: UInt64 = 0
    /// Segments of wanted streams that lay outside the window.
    public var strays: UInt64 = 0
    /// Directions whose bytes were given up, and connections forgotten, because a limit was reached.
    public var evictions: UInt64 = 0

    public init() {}
}

/// What all streams of an assembler share.
@usableFromInline struct AssemblyContext: Sendable {
    @usableFromInline let limits: Limits
    @usableFromInline var statistics = Statistics()
    @usableFromInline var clock = CaptureClock()
    @usableFromInline var spares: SpareBuffers

    /// Takes the limits over, brought into the ranges that the code relies on.
    @usableFromInline init(_ limits: Limits) {
        var sane = limits
        sane.bytesPerDirection = max(limits.bytesPerDirection, 0)
        sane.totalBytes = max(limits.totalBytes, 0)
        sane.runsPerDirection = max(limits.runsPerDirection, 0)
        sane.connections = min(max(limits.connections, 1), 1 << 30)
        sane.spareBytes = max(limits.spareBytes, 0)
        sane.grace = Self.duration(limits.grace)
        sane.holeTimeout = Self.duration(limits.holeTimeout)
        sane.askedTimeout = Self.duration(limits.askedTimeout)
        sane.idle = Self.duration(limits.idle)
        sane.linger = Self.duration(limits.linger)
        sane.window = min(max(limits.window, 1), (1 << 30) - 1)
        sane.resetWindow = min(max(limits.resetWindow, 1), (1 << 30) - 1)
        sane.strayAgreement = min(max(limits.strayAgreement, 1), 1 << 20)
        self.limits = sane
        spares = SpareBuffers(maximumBytes: sane.spareBytes)
    }

    /// Small enough to be added to the clock, which stays at or below 2⁶².
    private static func duration(_ nanoseconds: Int64) -> Int64 {
        min(max(nanoseconds, 0), 1 << 60)
    }

    @inlinable var now: Int64 { clock.now }
}
