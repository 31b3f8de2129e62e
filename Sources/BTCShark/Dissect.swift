/// Reads capture files as one capture and hands every record to a sink, in the order of the capture.
///
/// - Parameters:
///   - paths: Of pcap or pcapng files, also compressed; `-` is standard input.
///   - sink: Called on the calling thread, unless ``PipelineOptions/usesRecordThread`` asks for another. It has had
///     its `end()` when this returns or throws.
/// - Returns: How many packets, messages and bytes there were, and what was lost.
/// - Throws: `CaptureError` where a file cannot be read to its end, ``PipelineError`` where its link type is not supported.
public func dissect(
    _ paths: [String], _ options: PipelineOptions = PipelineOptions(), into sink: any RecordSink
) throws -> Counts {
    let notes = CaptureNotes()
    var options = options
    options.captureNotes = notes
    var pipeline = Pipeline(options, writer: sink)
    var files = CaptureFiles(paths: paths, notes: notes)
    var failure: (any Error)?
    sink.begin()
    do {
        while failure == nil, !pipeline.isDone {
            let isMore = try files.next { header, bytes in
                do { try pipeline.receive(header, bytes) } catch { failure = error }
            }
            if !isMore { break }
        }
    } catch { failure = error }
    pipeline.finish()
    sink.end()
    if let failure { throw failure }
    return pipeline.counts
}
