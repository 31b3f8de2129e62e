extension StreamAssembler {
    /// What is to be thought of a segment that says that its sender is done: one with a FIN or RST.
    public enum Credence: Sendable {
        /// Its receiver drops it, or it lies far from the stream.
        case none
        /// A RST whose number is near the one that its receiver expects: it is obeyed only if the capture lacks what is
        /// between them.
        case doubtful
        case believed
    }

    /// Judges a segment with a FIN or RST that is about to be received.
    public mutating func judge(ending segment: Segment, from: Endpoint, to: Endpoint) -> Credence {
        guard let slot = table.find(FlowKey(from, to)) else { return .believed }
        var connection = table.connections[slot]
        let direction = connection.direction(from: from)
        if connection[direction].damage(of: segment) != nil || segment.isContested { return .none }
        if segment.flags.contains(.rst) {
            guard connection.believes(reset: segment, direction, window: context.limits.resetWindow) else {
                return .none
            }
            return connection.isExact(reset: segment, direction) ? .believed : .doubtful
        }
        // A copy judges, since judging changes what is known.
        let verdict = connection.judge(
            segment, captured: max(segment.wireLength, 0), from: from, now: connection.lastSeen,
            unknown: context.limits.window)
        guard verdict.reason == nil else { return .none }
        let state = table.connections[slot][direction]
        guard state.isPlaced else { return .believed }
        let length = min(max(segment.wireLength, 0), 1 << 30 - 1)
        let end = SequenceNumber(segment.sequence).advanced(by: segment.flags.contains(.syn) ? length &+ 1 : length)
        // Bytes were captured after it, unless it is a copy of a FIN.
        let ahead = state.position.distance(to: end)
        let window = table.connections[slot].window(of: direction, unknown: context.limits.window)
        return (-1...window).contains(ahead) ? .believed : .none
    }
}
