import Layers
import Reassembly

/// Packets that came in fragments, of which copies may differ: which of them the receiver used cannot be known.
extension MessageSink {
    /// The frame at hand completed a packet of a stream.
    ///
    /// - Parameter contested: Bytes of its payload, where its fragments overlap and differ.
    mutating func noteFragments(of id: StreamID, contested: Int?) {
        guard id.index < streams.count, let stream = streams[id.index] else { return }
        fragments.note(frameAtHand.frame, of: id, stream.ends)
        guard let contested else { return }
        // Its bytes may not be used at all; then no message tells of it.
        tell(FragmentConflict(frame: frameAtHand.frame, length: contested), stream, id)
    }

    /// The frame at hand has a fragment with other bytes than a packet that was complete before.
    mutating func tell(_ conflict: FragmentConflict) {
        guard let (id, ends) = fragments.stream(of: conflict.frame), id.index < streams.count,
            let stream = streams[id.index], stream.ends === ends
        else { return }
        fragments.noteContested(conflict.frame)
        tell(conflict, stream, id)
    }

    private mutating func tell(_ conflict: FragmentConflict, _ stream: MessageStream, _ id: StreamID) {
        guard !isDone, stream.transport == .v1 || stream.transport == .v2 else { return }
        records.take(
            .fragmentsDiffer(conflict, frameAtHand), of: sender(of: stream, id), id, at: stream.next, RawSpan())
    }
}
