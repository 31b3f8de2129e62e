import Capture
import Fields
import Insight
import Layers
import Reassembly
import Records

/// Proves that a reader of selected frames finds the messages for which they were selected, adds frames where it does
/// not, and says where that is not enough.
///
/// What a reader takes for a stream's bytes depends on more than the frames that brought them: on acknowledgements, which
/// decide what a receiver has read of a damaged capture, and on what came between. So the selection is read as it would be
/// read by others. Where it differs, all frames are added that the two ends have sent to each other.
struct SelectionProof {
    private let expected: SelectedMessages
    private let options: PipelineOptions
    private let isEnding: () -> Bool

    /// - Parameters:
    ///   - expected: What the messages say.
    ///   - options: Those of the reading that found them. An inquiry like theirs is fed again.
    ///   - isEnding: The program is to end: the selection is left as it is.
    init(_ expected: SelectedMessages, _ options: PipelineOptions, isEnding: @escaping () -> Bool) {
        self.expected = expected
        var options = options
        options.usesRecordThread = false
        options.usedSecrets = nil
        options.decrypted = nil
        options.tellsEncryptedAtOnce = false
        options.recordWait = nil
        self.options = options
        self.isEnding = isEnding
    }

    /// The selection with what it lacked.
    ///
    /// - Parameter unproven: Of how many groups of ends a reader still finds other messages.
    func complete(
        _ selection: FrameSelection, _ reading: inout SecondReading, _ unproven: inout Int
    ) throws(CaptureError) -> FrameSelection {
        unproven = 0
        if expected.isEmpty || isEnding() { return selection }
        let differing = expected.differing(from: try messages(of: selection, &reading))
        if differing.isEmpty || isEnding() { return selection }
        let completed = try adding(differing, to: selection, &reading)
        let left = expected.differing(from: try messages(of: completed, &reading))
        // A proof that was broken off says nothing.
        if !isEnding() { unproven = left.count }
        return completed
    }

    /// What a reader of the selected frames finds.
    private func messages(
        of selection: FrameSelection, _ reading: inout SecondReading
    ) throws(CaptureError) -> SelectedMessages {
        var options = options
        let notes = CaptureNotes()
        options.captureNotes = notes
        options.inquiry = options.inquiry?.renewed()
        let reader = MessageReader()
        var pipeline = Pipeline(options, writer: reader)
        try reading.read(upTo: selection.last, notes: notes) { header, bytes throws(CaptureError) in
            guard selection.contains(header.number), !pipeline.isDone, !isEnding() else { return }
            // A frame that cannot be dissected was not selected for its messages.
            do throws(PipelineError) { try pipeline.receive(header, bytes) } catch {}
        }
        pipeline.finish()
        return reader.messages
    }

    /// The selection with all frames of ends.
    private func adding(
        _ buckets: Set<UInt32>, to selection: FrameSelection, _ reading: inout SecondReading
    ) throws(CaptureError) -> FrameSelection {
        var parser = PacketParser()
        var selection = selection
        try reading.read(upTo: .max, notes: CaptureNotes()) { header, bytes throws(CaptureError) in
            if isEnding() { return }
            var isWanted = false
            _ = parser.parse(
                bytes, originalLength: header.originalLength, linkType: header.linkType.rawValue, time: header.time,
                number: header.number
            ) { packet, _, _ in
                let source = Endpoint(packet.source, packet.sourcePort)
                let destination = Endpoint(packet.destination, packet.destinationPort)
                isWanted = buckets.contains(SelectedMessages.bucket(source.text, destination.text))
            }
            guard isWanted else { return }
            selection.insert(header.number)
            for frame in parser.fragmentFrames { selection.insert(frame) }
        }
        return selection
    }
}

/// Notes what messages say, and nothing else.
private final class MessageReader: RecordSink {
    private(set) var messages = SelectedMessages()

    let wants = Wants(.summary)
    func begin() {}
    func end() {}
    func write(_ record: borrowing Record, _ bytes: RawSpan) { messages.note(record, bytes) }
}
