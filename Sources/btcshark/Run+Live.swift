import Capture
import Dissector
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
            if let path = live.recording, let owner = live.owner, live.isMadeByHelper(path) {
                helper = try RecordingHelper(
                    path: path, ring: live.ring, isPrivate: secrets != nil, owner: owner,
                    makesAll: owner.userID != live.user?.userID)
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
            guard let capture = capture.take() else { return (nil, nil) }
            let socket = capture.socketNumber
            let (folders, helper) = Self.needs(of: recording)
            let helpers = [helper, interfaceHelper?.socketNumber].compactMap(\.self)
            lockdown.enterLive(socket, making: folders, helpers: helpers)
            var recorded: Recording?
            if let files = recording.take() {
                recorded = Recording(
                    files, limits: live.autostop, showsFrames: plan.dissects, secrets: secrets?.handover,
                    takesRotationRequest: { Signals.takeRotationRequest() })
            }
            var reader = try LiveReader(capture, helper: interfaceHelper, recording: recorded.take())
            var options = plan.pipeline
            options.usedSecrets = secrets?.used
            options.unreadSinks = answers.unreadSinks
            var session = LiveSession(
                live, output: output, pipeline: plan.dissects ? Pipeline(options, writer: writer) : nil,
                keys: plan.keys, secrets: secrets, answers: answers)
            let failure = session.run(&reader) { isNotLookedAt }
            reader.finish()
            let packets = reader.recordedFrames ?? session.packets
            defer { plan.keys?.finish() }
            let hasToldClosed = session.hasToldClosed
            var (counts, facts) = session.finish()
            var closing: CaptureError?
            do throws(CaptureError) { try reader.closeRecording() } catch { closing = error }
            writer?.end()
            let statistics = reader.statistics
            facts?.kernelDropped = statistics.droppedByKernel
            answers.end(facts)
            output.flush()
            if live.recording != nil, output.isClosed, output.errorNumber == 0, !hasToldClosed {
                StandardError.complain("standard output is no longer read")
            }
            if let used = secrets?.used { Self.complain(of: used, live.recording ?? "") }
            if !plan.options.reallyQuiet { StandardError.write(statistics.text(taken: packets) + "\n") }
            let problems = [
                (failure ?? reader.takeRecordingFailure() ?? closing as (any Error)?).flatMap(Self.complaint),
                live.recording.flatMap { statistics.loss(of: $0) },
            ].compactMap(\.self)
            for problem in problems.dropLast() { StandardError.complain(problem) }
            return (counts, problems.last)
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
        var hasTold = false
        while !Signals.isEndRequested {
            do throws(CaptureError) {
                return try LiveCapture(interface: live.interface, options: live.options)
            } catch {
                guard live.waits, case .live(let problem) = error.problem else { throw error }
                switch problem {
                case .noSuchInterface: if !hasTold { StandardError.complain("\(live.interface): waiting for it") }
                case .isDown: if !hasTold { StandardError.complain("\(live.interface): is down; waiting for it") }
                default: throw error
                }
                hasTold = true
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

    /// Where a recording makes files, and the socket to who makes the others.
    private static func needs(of recording: borrowing RecordingFiles?) -> (folders: [String], helper: Int32?) {
        switch recording {
        case .some(let recording): (recording.folders, recording.helperSocket)
        case .none: ([], nil)
        }
    }

    /// That a reader went away is no failure.
    private static func complaint(_ error: any Error) -> String? {
        if let error = error as? CaptureError, error.problem == .outputClosed { return nil }
        return "\(error)"
    }
}
