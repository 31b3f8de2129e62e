import BitcoinP2P
import Capture
import Dissector
import Glibc
import Insight
import Keys
import Output
import Records
import System

/// Reads the input and writes what is found.
struct Run {
    let plan: Plan
    let output: ByteOutput
    let exporter: ObjectExporter?
    let answers: Answers
    let top: DrawnTop?
    let lockdown: Lockdown

    init(_ plan: Plan, report: PlannedReport? = nil) {
        self.plan = plan
        lockdown = Lockdown(plan, page: report?.file)
        output = ByteOutput(
            descriptor: STDOUT_FILENO,
            isLineBuffered: plan.options.lineBuffered || plan.presentation.terminal.isTerminal)
        output.width = plan.presentation.width
        output.isEnding = { Signals.isEndRequested }
        answers = Answers(
            plan.presentation.statistics, plan.pipeline.inquiry, as: plan.presentation.answerFormat,
            isFiltered: plan.pipeline.filter != nil || plan.pipeline.identifier != nil,
            plan.presentation.flowStyle,
            isAlone: !plan.presentation.printsRecords && plan.presentation.statistics.count == 1, to: output,
            plan.metrics, report)
        top = DrawnTop(plan, to: output)
        exporter = plan.objectFolder.map { ObjectExporter(path: $0, isHexadecimal: plan.options.exportsHex) }
    }

    func run() -> Status {
        if case .pasted(let pasted) = plan.input { return run(pasted) }
        // Before anything is said or opened: one who hears of it may ask for the end already.
        Signals.listen(rotates: plan.isRecordedLive, redraws: top != nil)
        return switch plan.input {
        case .pasted(let pasted): run(pasted)
        case .captures(let paths): run(paths)
        case .live(let live): run(live)
        case .messageCaptures(let paths, let network): run(messageCaptures: paths, network)
        }
    }

    /// - Parameter read: What is opened later.
    /// - Returns: False where it cannot be; that was said.
    private func becomesCaller(reading read: [String] = []) -> Bool {
        do throws(PrivilegesError) {
            try lockdown.becomeCaller(reading: read)
            return true
        } catch {
            StandardError.complain("\(error)")
            return false
        }
    }

    // MARK: Message captures

    private func run(messageCaptures paths: [String], _ network: Network?) -> Status {
        guard becomesCaller(reading: paths) else { return .input }
        return run { writer in
            lockdown.enterOffline(reading: paths)
            if let book = plan.answerBook {
                FirstReading(plan.pipeline, filling: book).read(messageCaptures: paths, network)
            }
            var options = MessageCaptures.Options()
            options.pipeline = plan.pipeline
            options.network = network
            let captures = try MessageCaptures(paths: paths, options, writer: writer)
            if captures.assumesNetwork, !plan.options.reallyQuiet {
                StandardError.say("Network not known, taken as mainnet: --network says another.")
            }
            let end = try read(captures)
            writer?.end()
            answers.end(nil, end.counts, Answers.Reading(end))
            return end
        }
    }

    // MARK: Captures of packets

    private static func mayBeTakenBack(_ packets: borrowing SelectedPackets?) -> Bool {
        switch packets {
        case .some(let packets): packets.mayBeTakenBack
        case .none: false
        }
    }

    private func run(_ paths: [String]) -> Status {
        let secrets = plan.options.injectKeys ? UsedSecrets(isOfSelection: true) : nil
        let notes = CaptureNotes()
        var prepared: SelectedPackets?
        var decrypted: DecryptedMessages?
        let late: [String]
        do {
            if let file = plan.packetFile, plan.writesDecrypted {
                decrypted = try DecryptedMessages(
                    to: file, inputs: paths + plan.keyFiles, notes: notes, format: plan.packetFormat,
                    application: Btcshark.application, isEnding: { Signals.isEndRequested })
            } else if let file = plan.packetFile {
                prepared = try SelectedPackets(
                    from: paths, besides: plan.keyFiles, notes: notes, to: file, format: plan.packetFormat,
                    application: Btcshark.application,
                    isPrivate: secrets != nil, isEnding: { Signals.isEndRequested })
            }
            let output = Self.mayBeTakenBack(prepared) ? plan.packetFile : nil
            late = try OpenedInputs.prepare(paths, times: openings(of: paths), output: output)
            try lockdown.becomeCaller()
        } catch {
            StandardError.complain("\(error)")
            return .input
        }
        if let decrypted { return run(paths, late, writing: decrypted, notes) }
        let collector = plan.packetFile.map { _ in FrameCollector(secrets: secrets) }
        return run(collector) { writer in
            var packets = prepared.take()
            lockIn(paths, late)
            var options = plan.pipeline
            options.captureNotes = notes
            options.usedSecrets = secrets
            options.unreadSinks = answers.unreadSinks
            options.usesRecordThread = mayUseThreads
            options.sharedWriting = sharedWriting
            output.hearsNoSignals = options.usesRecordThread
            var pipeline = Pipeline(options, writer: writer, collector: collector)
            var files = CaptureFiles(paths: paths, notes: notes)
            var end = read(
                &files, &pipeline,
                copying: { header, bytes throws(CaptureError) in try packets?.receive(header, bytes) })
            pipeline.finish()
            let counts = Self.counts(pipeline, files)
            end.counts = counts
            writer?.end()
            answers.end(
                pipeline.facts(ofFiles: paths, counts), counts, lasting: pipeline.duration, Answers.Reading(end))
            Self.complain(ofHeldUp: files.filesHeldUp)
            // Of an input that cannot be read at all nothing is written.
            if let collector, var packets = packets.take(), end.problem == nil || counts.packets > 0 {
                do throws(CaptureError) {
                    let selection = try packets.complete(collector.selection, for: collector.messages, proofOptions)
                    if packets.differingEnds > 0 {
                        StandardError.complain(
                            "\(plan.packetFile ?? ""): lacks frames: of \(packets.differingEnds) pairs of ends or more "
                                + "a reader finds other messages in it than here")
                    }
                    let lines = secrets?.takeLines() ?? []
                    if let secrets { Self.complain(of: secrets, plan.packetFile ?? "") }
                    _ = try packets.write(selection, secrets: lines)
                } catch {
                    if error.problem == .outputClosed { return end }
                    if let problem = end.problem { StandardError.complain(problem) }
                    end.problem = "\(error)"
                }
            }
            return end
        }
    }

    /// Locks this process in before it looks at captures, and reads them for the first time where they are read twice.
    func lockIn(_ paths: [String], _ late: [String]) {
        lockdown.enterOffline(reading: late)
        if let book = plan.answerBook { FirstReading(plan.pipeline, filling: book).read(captures: paths) }
    }

    /// How often each file is opened at most: by each reading for its frames, before that for the time of the first one
    /// where there are several, and at the end for the packets that are written: three times to prove the selection, once
    /// to compare link types, and once to copy.
    private func openings(of paths: [String]) -> Int {
        let isSelected = plan.packetFile != nil && !plan.writesDecrypted
        return (plan.answerBook == nil ? 1 : 2) * (paths.count > 1 ? 2 : 1) + (isSelected ? 5 : 0)
    }

    /// Whether records may be made on other threads: not where each line is written at once, nor where objects are exported.
    var mayUseThreads: Bool { plan.threads != 1 && !output.isLineBuffered && exporter == nil }

    /// How several threads write the records; nil where they may not.
    var sharedWriting: SharedWriting? {
        guard mayUseThreads, answers.sinks.isEmpty else { return nil }
        return plan.presentation.sharedWriting(output, plan.threads)
    }

    /// Hands the frames on until the end or a signal.
    ///
    /// - Parameters:
    ///   - isOver: Nobody takes any more.
    ///   - copy: Is lent each frame first.
    func read(
        _ files: inout CaptureFiles, _ pipeline: inout Pipeline, isOver: () -> Bool = { false },
        copying copy: (FrameHeader, RawSpan) throws(CaptureError) -> Void = { _, _ in }
    ) -> ReadingEnd {
        var progress = Progress()
        defer { progress.clear() }
        var pipe = PipeWatch()
        var problem: String?
        while true {
            let condition = pipeline.condition
            guard condition != .isDone, !output.isClosed, exporter?.problem == nil, !Signals.isEndRequested, !isOver()
            else {
                break
            }
            if condition == .going {
                if pipe.hasWaited { pipe.rest() }
            } else if pipe.isQuiet(files.currentPath) {
                pipeline.releaseRecords()
                continue
            }
            do {
                var failure: (any Error)?
                let more = try files.next { header, bytes in
                    do {
                        try copy(header, bytes)
                        try pipeline.receive(header, bytes)
                    } catch { failure = error }
                }
                if let failure { throw failure }
                if !more { return ReadingEnd(problem: problem) }
                progress.step { files.progress?.fraction }
                if Signals.takeCountsRequest() {
                    let counts = Self.counts(pipeline, files)
                    StandardError.say(counts.text)
                    let facts = pipeline.facts(ofFiles: files.paths, counts)
                    pipeline.pauseRecords { answers.answer(facts) }
                }
            } catch {
                // An interrupted read is the end that was asked for.
                if Signals.isEndRequested { break }
                progress.clear()
                if let problem { StandardError.complain(problem) }
                // Of a capture that cannot be read on, the other files are read. Of an output, nothing.
                if error is PipelineError {
                    problem = "\(files.currentPath ?? ""): \(error)"
                    files.leaveCurrent()
                    continue
                }
                problem = "\(error)"
                guard let error = error as? CaptureError, files.paths.contains(error.path) else {
                    return ReadingEnd(problem: problem)
                }
            }
        }
        guard Signals.isEndRequested, pipeline.condition != .isDone else { return ReadingEnd(problem: problem) }
        return ReadingEnd(
            problem: problem, cutAfter: pipeline.counts.packets, "packet",
            of: files.paths.count > 1 ? files.currentPath : nil, files.progress)
    }

    static func counts(_ pipeline: borrowing Pipeline, _ files: borrowing CaptureFiles) -> Counts {
        var counts = pipeline.counts
        counts.packetsBack = files.packetsBack
        counts.droppedPackets = files.drops
        return counts
    }

    // MARK: Message captures

    private func read(_ captures: consuming MessageCaptures) throws -> ReadingEnd {
        var progress = Progress()
        var problem: String?
        while !output.isClosed, exporter?.problem == nil, !Signals.isEndRequested {
            do throws(MessageCaptureError) {
                if try !captures.next() {
                    progress.clear()
                    return ReadingEnd(counts: captures.counts, problem: problem)
                }
                progress.step { captures.progress?.fraction }
                if Signals.takeCountsRequest() { StandardError.say(captures.counts.text) }
            } catch {
                // The other files go on.
                if let problem { StandardError.complain(problem) }
                problem = "\(error)"
            }
        }
        progress.clear()
        let counts = captures.counts
        guard Signals.isEndRequested else { return ReadingEnd(counts: counts, problem: problem) }
        var end = ReadingEnd(problem: problem, cutAfter: counts.messages, "message", of: nil, captures.progress)
        end.counts = counts
        return end
    }

    // MARK: Both

    /// Sets the writers up, has `read` do the reading, and closes with complaints and counts.
    ///
    /// - Parameter read: Ends the writer; what it throws is an input or output that could not be opened.
    func run(_ collector: FrameCollector? = nil, _ read: ((any RecordSink)?) throws -> ReadingEnd) -> Status {
        var writers = plan.presentation.makeWriters(output) + answers.sinks
        if let top { writers.append(top.top) }
        if let exporter { writers.append(exporter) }
        if let collector { writers.append(collector) }
        let writer: (any RecordSink)? = writers.count > 1 ? WriterGroup(writers) : writers.first
        writer?.begin()
        var status = Status.success
        let end: ReadingEnd
        do {
            end = try read(writer)
            output.flush()
            if let problem = end.problem {
                StandardError.complain(problem)
                status = .input
            }
        } catch {
            StandardError.complain("\(error)")
            return .input
        }
        if StandardError.complain(ofFailed: output) { status = .input }
        if !reportExport() { status = .input }
        if plan.metrics?.hasFailed == true { status = .input }
        if plan.lacksInput { status = .input }
        // Live it is the usual end.
        if !plan.isLive, let signal = Signals.end {
            if let reached = end.reached { StandardError.complain("cut short by \(signal.name) after \(reached)") }
            if end.reached != nil || output.errorNumber == ETIMEDOUT { status = signal.status }
        }
        sayOtherNames()
        if let counts = end.counts {
            // Nobody sees whether nothing was found or nothing was read.
            if status == .success, counts.shown == 0, let id = plan.options.find, !plan.options.reallyQuiet {
                let place = plan.pipeline.filter == nil ? "" : " in what the filter lets through"
                StandardError.complain("--find: '\(id)' was not found\(place)")
            }
            report(counts, status)
        }
        if plan.options.quiet, !plan.options.reallyQuiet { Lockdown.report() }
        return status
    }

    private func run(_ pasted: Pasted) -> Status {
        guard becomesCaller() else { return .input }
        var writers = plan.presentation.makeWriters(output) + answers.sinks
        if let exporter { writers.append(exporter) }
        let writer = WriterGroup(writers)
        var messages = PastedMessages(plan.pipeline, writer: writer)
        writer.begin()
        lockdown.enterOffline(reading: [])
        let unread = messages.dissect(pasted.contents, of: pasted.bytes.span.bytes, network: pasted.network)
        writer.end()
        answers.end(nil)
        if plan.options.quiet, !plan.options.reallyQuiet { Lockdown.report() }
        if StandardError.complain(ofFailed: output) { return .input }
        if !reportExport() { return .input }
        if plan.metrics?.hasFailed == true { return .input }
        if !plan.options.reallyQuiet { for note in pasted.contents.notes { StandardError.complain(note) } }
        if unread == 0 { return .success }
        StandardError.complain("the last \(unread) bytes are not a message")
        return .input
    }

    // MARK: Closing

    /// What was read before a transaction was not searched for the name that it gave: a first reading would have it.
    private func sayOtherNames() {
        guard !plan.options.reallyQuiet, !plan.options.twoPasses else { return }
        let more = plan.isLive ? "" : ", -2 all of it"
        for wtxid in plan.pipeline.otherNames?.wtxids ?? [] {
            StandardError.complain("its wtxid is \(wtxid): --find \(wtxid) shows its announcements\(more)")
        }
    }

    /// Tells what was exported; false where it failed.
    private func reportExport() -> Bool {
        guard let exporter else { return true }
        if !plan.options.reallyQuiet { StandardError.say(exporter.counts.text) }
        guard let problem = exporter.problem else { return true }
        StandardError.complain(problem)
        return false
    }

    /// The closing counts: asked for, or on a terminal, or since something was wrong.
    private func report(_ counts: Counts, _ status: Status) {
        if plan.options.reallyQuiet { return }
        // Not if the reader went away, which leaves messages unfinished, nor if there was nothing to count.
        let isEmpty = counts.packets == 0 && counts.messageFiles == 0
        let isMoot = output.isClosed && output.errorNumber == 0 || status != .success && isEmpty
        if isMoot, !plan.options.quiet { return }
        let onTerminal = isatty(STDERR_FILENO) == 1
        if counts.streamsWithoutKey > 0, onTerminal || plan.options.quiet {
            StandardError.say(
                "Encrypted connections (BIP 324) can be read with their secrets: --keylog FILE, see btcshark(1).")
        }
        if counts.streamsWithoutMessages > 0 {
            StandardError.say(
                "Streams without a message may be another protocol's, or cut by a snap length, or encrypted (BIP 324) "
                    + "and begun before the capture.")
        }
        let isWorthSaying = counts.hasProblem || counts.isSilent || status != .success
        guard plan.isLive || plan.options.quiet || onTerminal || isWorthSaying else { return }
        StandardError.say(counts.text)
    }
}
