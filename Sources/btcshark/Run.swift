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
        let writer = makeWriter()
        var pipeline = Pipeline(plan.pipeline, writer: writer)
        var files = CaptureFiles(paths: plan.paths)
        var progress = Progress()
        var status = Status.success
        writer?.begin()
        var problem: String?
        do {
            while !pipeline.isDone, !output.isClosed {
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
            problem = "\(error)"
        }
        pipeline.finish()
        writer?.end()
        output.flush()
        progress.clear()
        if let problem {
            StandardError.complain(problem)
            status = .input
        }
        if output.errorNumber != 0 {
            StandardError.complain("cannot write the output: \(String(cString: strerror(output.errorNumber)))")
            status = .input
        }
        report(pipeline.counts, status)
        return status
    }

    private func makeWriter() -> (any RecordWriter)? {
        if plan.options.quiet { return nil }
        if !plan.fields.isEmpty {
            return FieldsWriter(output, fields: plan.fields, detail: Pipeline.detail(for: plan.fields))
        }
        let options = plan.options
        let summary = SummaryLine(time: TimeColumn(plan.time), colour: plan.colour)
        return TextWriter(
            output, summary: options.tree ? nil : summary,
            tree: options.tree ? TreeText(full: options.full, colour: plan.colour) : nil,
            annotated: options.annotate ? AnnotatedText(full: options.full, colour: plan.colour) : nil,
            hex: options.hex)
    }

    /// The closing counts: asked for, or on a terminal, or since something was wrong.
    private func report(_ counts: Counts, _ status: Status) {
        if plan.options.reallyQuiet { return }
        guard plan.options.quiet || isatty(STDERR_FILENO) == 1 || counts.hasProblem || status != .success else {
            return
        }
        StandardError.write(counts.text + "\n")
    }
}
