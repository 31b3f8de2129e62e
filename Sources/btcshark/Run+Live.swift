import Capture
import Dissector
import Fields
import Glibc
import Insight
import Keys
import Output
import Records
import System

/// Captures from an interface.
extension Run {
    /// Opens the interface as who we are, goes on as who we should be, and only then looks at what comes.
    func run(_ live: LivePlan) -> Status {
        var capture: LiveCapture?
        var recording: RecordingFiles?
        var interfaceHelper: InterfaceHelper?
        let secrets =
            plan.options.injectKeys ? (used: UsedSecrets(isOfSelection: false), handover: SecretsHandover()) : nil
        do {
            var helper: RecordingHelper?
            if let path = live.recording, live.isMadeByHelper(path) {
                let owner = live.owner ?? User.current
                helper = try RecordingHelper(
                    path: path, ring: live.ring, isPrivate: secrets != nil, owner: owner,
                    makesAll: live.ring != nil || owner.userID != (live.user ?? owner).userID)
            }
            guard let opened = try openInterface(live) else { return .success }
            if live.waits { interfaceHelper = try InterfaceHelper(opened, live.options) }
            for note in opened.notes { StandardError.complain("\(live.interface): \(note)") }
            // A pipe or a device that only root may open is opened by root.
            let isOpenedFirst = helper == nil && live.owner?.userID != live.user?.userID
            if isOpenedFirst { recording = try open(live, opened, nil) }
            try live.dropPrivileges()
            if !isOpenedFirst { recording = try open(live, opened, helper.take()) }
            if !plan.options.reallyQuiet { live.announce(opened) }
            capture = consume opened
        } catch {
            return LivePlan.complain(of: error)
        }
        return run { writer in
            guard let capture = capture.take() else { return ReadingEnd() }
            let socket = capture.socketNumber
            let helpers = [Self.helperSocket(of: recording), interfaceHelper?.socketNumber].compactMap(\.self)
            lockdown.enterLive(socket, helpers: helpers)
            var recorded: Recording?
            if let files = recording.take() {
                recorded = Recording(
                    files, limits: live.autostop, showsFrames: plan.dissects, secrets: secrets?.handover,
                    takesRotationRequest: { Signals.takeRotationRequest() })
            }
            var reader = try LiveReader(capture, helper: interfaceHelper, recording: recorded.take())
            if live.recording != nil {
                // Why a recording has ended is said soon, though the reader of the output takes nothing.
                let hasEnded = reader.recordingEnd
                output.isEnding = { Signals.isEndRequested || hasEnded() }
                output.hearsNoSignals = true
            }
            var options = plan.pipeline
            options.usedSecrets = secrets?.used
            options.unreadSinks = answers.unreadSinks
            options.sharedWriting = sharedWriting
            if options.sharedWriting != nil { output.hearsNoSignals = true }
            var session = LiveSession(
                live, output: output, pipeline: plan.dissects ? Pipeline(options, writer: writer) : nil,
                keys: plan.keys, secrets: secrets, answers: answers, top: top)
            let failure = session.run(&reader) { isNotLookedAt }
            reader.finish()
            let packets = reader.recordedFrames ?? session.packets
            defer { plan.keys?.finish() }
            let hasSaidClosed = session.hasSaidClosed
            let notShown = session.packetsNotShown
            var (counts, facts) = session.finish()
            var closing: CaptureError?
            do throws(CaptureError) { try reader.closeRecording() } catch { closing = error }
            writer?.end()
            var statistics = reader.statistics
            statistics.notShown &+= notShown
            facts?.kernelDropped = statistics.droppedByKernel
            top?.draw(facts)
            // What is said at the end stands apart from the last table.
            if top != nil, plan.presentation.terminal.isTerminal { output.buffer.append("\n") }
            answers.end(facts, counts, lasting: facts?.duration ?? 0)
            output.flush()
            if live.recording != nil, output.isClosed, output.errorNumber == 0, !hasSaidClosed {
                StandardError.complain("standard output is no longer read")
            }
            if let used = secrets?.used { Self.complain(of: used, live.recording ?? "") }
            if !plan.options.reallyQuiet { StandardError.say(statistics.text(taken: packets)) }
            let problems = [
                (failure ?? reader.takeRecordingFailure() ?? closing as (any Error)?).flatMap(Self.complaint),
                live.recording.flatMap { statistics.loss(of: $0) },
            ].compactMap(\.self)
            for problem in problems.dropLast() { StandardError.complain(problem) }
            return ReadingEnd(counts: counts, problem: problems.last)
        }
    }

    /// Nobody can see any more what is dissected.
    private var isNotLookedAt: Bool {
        let hasExportFailed = exporter?.problem != nil
        if !plan.isRecordedLive { return output.isClosed || hasExportFailed }
        // Other files than the recording are still written.
        return output.isClosed && (exporter == nil || hasExportFailed) && plan.metrics == nil
            && !plan.options.injectKeys
    }

    /// Opens the interface; with `--wait-interface` as soon as it is there and up.
    ///
    /// - Returns: Nil where the end was asked for meanwhile.
    private func openInterface(_ live: LivePlan) throws(CaptureError) -> LiveCapture? {
        var hasSaid = false
        while !Signals.isEndRequested {
            do throws(CaptureError) {
                return try LiveCapture(interface: live.interface, options: live.options)
            } catch {
                guard live.waits, case .live(let problem) = error.problem else { throw error }
                switch problem {
                case .noSuchInterface: if !hasSaid { StandardError.complain("\(live.interface): waiting for it") }
                case .isDown: if !hasSaid { StandardError.complain("\(live.interface): is down; waiting for it") }
                default: throw error
                }
                hasSaid = true
                usleep(250_000)
            }
        }
        return nil
    }

    private func open(
        _ live: LivePlan, _ capture: borrowing LiveCapture, _ helper: consuming RecordingHelper?
    ) throws(CaptureError) -> RecordingFiles? {
        guard let path = live.recording else { return nil }
        return try RecordingFiles(
            path: path, format: plan.packetFormat, linkType: capture.linkType, snapLength: capture.snapLength,
            description: CaptureDescription(application: Btcshark.application, interface: live.interface),
            ring: live.ring, isPrivate: plan.options.injectKeys, inputs: plan.keyFiles, helper: helper,
            isEnding: { Signals.isEndRequested })
    }

    /// The socket to who makes the files of a recording once this process is locked in.
    private static func helperSocket(of recording: borrowing RecordingFiles?) -> Int32? {
        switch recording {
        case .some(let recording): recording.helperSocket
        case .none: nil
        }
    }

    /// That a reader went away is no failure.
    private static func complaint(_ error: any Error) -> String? {
        if let error = error as? CaptureError, error.problem == .outputClosed { return nil }
        return "\(error)"
    }
}
