// What a half-stream gives up.
extension HalfStream {
    /// Gives up everything held.
    @inlinable mutating func giveUp<Sink: StreamSink & ~Copyable>(
        _ context: inout AssemblyContext, into sink: inout Sink
    ) {
        flush(.limit, &context, into: &sink)
        if !pending.isEmpty { skip(to: next, .limit, &context, into: &sink) }
        dropRest(&context)
        pending = StreamBuffer()
        provenance.older = []
        provenance.head = 0
        digests = SegmentDigests()
        lost = LostRanges()
        ordered = fin == nil && urgent == nil
    }

    /// Gives up what was set aside or held beyond the window.
    @usableFromInline mutating func dropRest(_ context: inout AssemblyContext) {
        dropFar(before: .max, &context)
        // After the FIN.
        while let held = store.takeFirst() { context.statistics.unused[.window] &+= UInt64(held.bytes.count) }
        while !suspects.isEmpty { context.drop(suspects.remove(at: 0)) }
    }

    /// Gives up what is held beyond the window before `offset`.
    @usableFromInline mutating func dropFar(before offset: UInt64, _ context: inout AssemblyContext) {
        if far.isEmpty { return }
        far.take(before: offset) { context.statistics.unused[.window] &+= UInt64($0.bytes.count) }
    }

    @inlinable mutating func keepWithinLimits<Sink: StreamSink & ~Copyable>(
        _ context: inout AssemblyContext, into sink: inout Sink
    ) {
        let limit = context.limits.bytesPerDirection
        while pending.count + footprintOfHeld > limit || absent.count > Limits.absentRanges {
            if floatsUntil != nil {
                begin(&context, into: &sink)
            } else if !closeHole(.limit, &context, into: &sink) {
                break
            }
        }
        while !far.isEmpty, pending.count + footprintOfHeld > limit {
            // Where the other side is heard its word may yet come.
            if far.isAcknowledged || !isHeard && far.isUnopposed(context.limits) {
                jump(&context, into: &sink)
                break
            }
            if let held = far.takeFirst() { context.statistics.unused[.window] &+= UInt64(held.bytes.count) }
        }
        if pending.count > limit { skip(to: next, .limit, &context, into: &sink) }
    }
}

extension AssemblyContext {
    /// Counts a segment that was set aside and is not used.
    @usableFromInline mutating func drop(_ suspect: Suspect) {
        statistics.unused[suspect.reason] &+= UInt64(suspect.segment.bytes.count)
    }
}
