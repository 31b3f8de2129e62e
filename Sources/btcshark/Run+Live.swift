import Capture
import Dissector
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
        let secrets = plan.options.injectKeys ? UsedSecrets(isOfSelection: false) : nil
        do {
            var helper: RecordingHelper?
            if let path = live.recording, path != "-", let user = live.user {
                helper = try RecordingHelper(
                    path: path, isRing: live.ring != nil, isPrivate: secrets != nil, owner: user)
            }
            let opened = try LiveCapture(interface: live.interface, options: live.options)
            for note in opened.notes { StandardError.complain("\(live.interface): \(note)") }
            try dropPrivileges(live)
            if let path = live.recording {
                recording = try RecordingFiles(
                    path: path, format: plan.packetFormat, linkType: opened.linkType, snapLength: opened.snapLength,
                    description: CaptureDescription(application: Btcshark.application, interface: live.interface),
                    ring: live.ring, isPrivate: secrets != nil, inputs: plan.keyFiles,
                    helper: helper.take(),
                    isEnding: { Signals.isEndRequested })
            }
            announce(opened, live)
            capture = consume opened
        } catch {
            return complain(of: error)
        }
        return run { writer in
            guard let capture = capture.take() else { return (nil, nil) }
            var reader = try LiveReader(capture)
            var options = plan.pipeline
            options.usedSecrets = secrets
            options.unreadSinks = answers.unreadSinks
            var session = LiveSession(
                live, output: output, pipeline: plan.dissects ? Pipeline(options, writer: writer) : nil,
                recording: recording.take(), keys: plan.keys, usedSecrets: secrets, answers: answers)
            let failure = session.run(&reader) { output.isClosed || exporter?.problem != nil }
            reader.finish()
            let packets = session.packets
            defer { plan.keys?.finish() }
            var (counts, facts, closing) = session.finish(reader.statistics)
            writer?.end()
            facts?.kernelDropped = reader.statistics.droppedByKernel
            answers.end(facts)
            output.flush()
            if let secrets { Self.complain(of: secrets, live.recording ?? "") }
            if !plan.options.reallyQuiet { StandardError.write(reader.statistics.text(taken: packets) + "\n") }
            return (counts, (failure ?? closing).flatMap(Self.complaint))
        }
    }

    private func dropPrivileges(_ live: LivePlan) throws {
        if let user = live.user {
            try Privileges.drop(to: user)
        } else if Privileges.isRoot {
            StandardError.complain(
                "still running as root while parsing untrusted traffic; use -Z USER to drop privileges")
        } else if Privileges.hasCapabilities {
            try Privileges.dropCapabilities()
        }
    }

    private func announce(_ capture: borrowing LiveCapture, _ live: LivePlan) {
        if plan.options.reallyQuiet { return }
        StandardError.complain("capturing on \(capture.interface) (link type \(capture.linkType)), \(live.filterText)")
    }

    private func complain(of error: any Error) -> Status {
        StandardError.complain("\(error)")
        guard let error = error as? CaptureError, case .live(let problem) = error.problem else { return .input }
        return switch problem {
        case .noSuchInterface, .notPermitted, .badFilter, .isDown: .usage
        case .wentDown, .vanished, .failed: .input
        }
    }

    /// That a reader went away is no failure.
    private static func complaint(_ error: any Error) -> String? {
        if let error = error as? CaptureError, error.problem == .outputClosed { return nil }
        return "\(error)"
    }
}
