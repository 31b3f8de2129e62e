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
        sane.connections = min(max(limits.connections, 1), 1 << 30)
        sane.spareBytes = max(limits.spareBytes, 0)
        sane.grace = Self.duration(limits.grace)
        sane.holeTimeout = Self.duration(limits.holeTimeout)
        sane.askedTimeout = Self.duration(limits.askedTimeout)
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
