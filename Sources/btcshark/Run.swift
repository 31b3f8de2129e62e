import Capture
import Dissector
import Glibc
import Output

/// Reads the captures and writes what is found.
struct Run {
    private let plan: Plan
    private let output: ByteOutput

    init(_ plan: Plan) {
        self.plan = plan
        output = ByteOutput(
            descriptor: STDOUT_FILENO, isLineBuffered: plan.options.lineBuffered || isatty(STDOUT_FILENO) == 1)
    }

    func run() -> Status {
        if let pasted = plan.pasted { return run(pasted) }
        let writer = makeWriter()
        var pipeline = Pipeline(plan.pipeline, writer: writer)
        var files = CaptureFiles(paths: plan.paths)
        var progress = Progress()
        var status = Status.success
        writer?.begin()
        Interruption.listen()
        var problem: String?
        do {
            while !pipeline.isDone, !output.isClosed, !Interruption.isRequested {
                var failure: PipelineError?
                let more = try files.next { header, bytes in
                    do throws(PipelineError) { try pipeline.receive(header, bytes) } catch { failure = error }
                }
                if let failure {
                    problem = "\(files.currentPath ?? ""): \(failure)"
                    break
                }
                if !more { break }
                progress.step { files.progress?.fraction }
            }
        } catch {
            // An interrupted read is the end that was asked for.
            if !Interruption.isRequested { problem = "\(error)" }
        }
        pipeline.finish()
        writer?.end()
        output.flush()
        progress.clear()
        if let problem {
            StandardError.complain(problem)
            status = .input
        }
        if StandardError.complain(ofFailed: output) { status = .input }
        report(pipeline.counts, status)
        return status
    }

    private func run(_ pasted: Pasted) -> Status {
        let writer = makeWriter() ?? WriterGroup([])
        var messages = PastedMessages(writer: writer)
        writer.begin()
        var shown = pasted.bytes.count
        if let command = pasted.command {
            messages.dissect(payload: pasted.bytes.span.bytes, as: command, network: pasted.network)
        } else {
            shown = messages.dissect(pasted.bytes.span.bytes)
        }
        writer.end()
        if StandardError.complain(ofFailed: output) { return .input }
        if shown == pasted.bytes.count { return .success }
        StandardError.complain(
            shown == 0
                ? "these bytes do not begin with a message's header; of a bare payload name the type with --as COMMAND"
                : "the last \(pasted.bytes.count - shown) bytes are no message")
        return .input
    }

    private func makeWriter() -> (any RecordWriter)? {
        var writers: [any RecordWriter] = []
        if !plan.options.quiet { writers.append(makeRecordWriter()) }
        if !plan.options.statistics.isEmpty { writers.append(ExpertStatistics(output)) }
        return writers.count > 1 ? WriterGroup(writers) : writers.first
    }

    private func makeRecordWriter() -> any RecordWriter {
        if !plan.fields.isEmpty {
            return FieldsWriter(output, fields: plan.fields, detail: Pipeline.detail(for: plan.fields))
        }
        let options = plan.options
        let summary = SummaryLine(time: TimeColumn(plan.time), colour: plan.colour)
        // A pasted message has no packet to sum up; who pastes one wants to learn.
        let isPasted = plan.pasted != nil
        let annotate = options.annotate || isPasted && !options.tree && !options.hex
        return TextWriter(
            output, summary: options.tree || isPasted ? nil : summary,
            tree: options.tree ? TreeText(full: options.full, colour: plan.colour) : nil,
            annotated: annotate ? AnnotatedText(full: options.full, colour: plan.colour) : nil, hex: options.hex)
    }

    /// The closing counts: asked for, or on a terminal, or since something was wrong.
    private func report(_ counts: Counts, _ status: Status) {
        if plan.options.reallyQuiet { return }
        // Not if the reader went away, which leaves messages unfinished, nor if there was nothing to count.
        let isMoot = output.isClosed && output.errorNumber == 0 || status != .success && counts.packets == 0
        if isMoot, !plan.options.quiet { return }
        guard plan.options.quiet || isatty(STDERR_FILENO) == 1 || counts.hasProblem || status != .success else {
            return
        }
        StandardError.write(counts.text + "\n")
    }
}
