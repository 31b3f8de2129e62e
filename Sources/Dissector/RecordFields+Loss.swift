import Fields

// What was lost before a record or within it, and what is doubtful about its bytes: the same for messages and packets.
extension RecordFields {
    func appendLoss(_ lost: Loss, _ doubts: ByteDoubts?, _ sink: inout TreeSink) {
        if lost.missing > 0 {
            sink.generate(missing, value: lost.missing, RawSpan())
            sink.annotate(problems.bytesMissing, value: lost.missing)
        }
        if lost.skipped > 0 {
            sink.generate(skipped, value: lost.skipped, RawSpan())
            sink.annotate(problems.bytesSkipped, value: lost.skipped)
        }
        if lost.isLimited { sink.annotate(problems.memoryLimit, value: 0) }
        if let doubts { append(doubts, &sink) }
    }

    private func append(_ doubts: ByteDoubts, _ sink: inout TreeSink) {
        if let copy = doubts.otherCopy {
            switch copy.makesChecksumRight {
            case nil: sink.annotate(problems.segmentConflict, value: copy.frame)
            case true?: sink.annotate(problems.segmentConflictOtherRight, value: copy.frame)
            case false?: sink.annotate(problems.segmentConflictOtherWrong, value: copy.frame)
            }
        }
        if doubts.droppedFor != nil { sink.annotate(problems.segmentDoubtful, value: 0) }
        if doubts.fragmentsDiffer { sink.annotate(problems.fragmentsDiffer, value: 0) }
    }
}
