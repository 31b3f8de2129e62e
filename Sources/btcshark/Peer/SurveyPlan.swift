#if Peer
import ArgumentParser
import BitcoinP2P
import Glibc
import Insight
import Peer

/// The options of a survey, checked: whom to call, and how. Making it reads the targets and opens the rows.
struct SurveyPlan {
    let network: Network
    let meeting: Meeting.Options
    let targets: [Target]
    let rules: GuestRules
    let rate: Double?
    let concurrency: Int
    /// Where the rows go; standard output where no file was named.
    let rows: Int32
    let path: String?
    /// How many targets have rows already.
    let earlier: Int
    let format: AnswerFormat
    let isQuiet: Bool
    /// Targets that were named again.
    let repeated: Int
    /// What there is to say before it begins.
    let notice: String?

    init(_ command: SurveyCommand, _ path: String, _ format: AnswerFormat) throws {
        network = try command.peer.knownNetwork()
        self.format = format
        isQuiet = command.quiet
        if let rate = command.rate, !(0.001...100_000).contains(rate) {
            throw ValidationError("--rate: 0.001 to 100000 calls a second.")
        }
        guard command.concurrency > 0 else { throw ValidationError("--concurrency: at least 1.") }
        if let contact = command.contact, !MessageMaker.isContact(contact) {
            throw ValidationError("--contact: at most 128 printable characters of ASCII without spaces, '(', ')', ';'.")
        }
        var meeting = Meeting.Options(
            network: network, maker: MessageMaker(name: "btcshark:\(Btcshark.version)", contact: command.contact))
        meeting.connectTimeout = try PeerOptions.duration(command.connectTimeout, "--connect-timeout", in: 0.1...60)
        meeting.handshakeTimeout = try PeerOptions.duration(
            command.handshakeTimeout, "--handshake-timeout", in: 0.1...600)
        meeting.proxy = try command.peer.knownProxy()
        meeting.limits = .ofSurvey
        self.meeting = meeting

        let all = try Self.targets(command, path, network, hasProxy: meeting.proxy != nil)
        if meeting.proxy == nil {
            for target in all.targets {
                guard case .name = target.host else { continue }
                throw ValidationError(
                    "\(target.text) is a name: a survey calls addresses, and names only through a proxy (--proxy).")
            }
        }
        let rules = GuestRules(all.targets, network)
        self.rules = rules
        let rate = command.rate ?? (rules.publicTargets == 0 ? nil : 20)
        self.rate = rate
        concurrency = command.concurrency
        if let objection = rules.objection(
            rate: rate, concurrency: concurrency, contact: command.contact, mayScan: command.iMayScan)
        {
            throw ValidationError(objection)
        }
        let room = DescriptorLimit.raise()
        guard concurrency <= room else {
            throw ValidationError("--concurrency: the system allows \(max(0, room)) connections at once (ulimit -n).")
        }
        (rows, earlier, targets, self.path) = try Self.open(command, all.targets, network)
        repeated = all.repeated
        notice =
            rules.publicTargets > GuestRules.mostUnannounced
            ? GuestRules.estimate(
                targets: targets.count, rate: rate, concurrency: concurrency, timeout: command.handshakeTimeout)
            : nil
    }

    private static func targets(
        _ command: SurveyCommand, _ path: String, _ network: Network, hasProxy: Bool
    ) throws -> TargetList {
        var list = try read(path, network, hasProxy: hasProxy)
        for path in command.exclude { list.subtract(try read(path, network, hasProxy: true)) }
        return list
    }

    private static func read(_ path: String, _ network: Network, hasProxy: Bool) throws -> TargetList {
        do {
            if path != "-", CaptureTargets.recognises(path) {
                var list = try CaptureTargets.read(path, network)
                // Most captures have onion services: nobody has typed their names.
                let left = hasProxy ? 0 : list.removeNames()
                if left > 0 {
                    StandardError.complain(
                        "\(path): \(left) \(left == 1 ? "target is a name" : "targets are names") that only a proxy can call: left out"
                    )
                }
                return list
            }
            var list = TargetList()
            let bytes = try InputFile.read(path, atMost: 256 << 20)
            do throws(TargetList.Problem) {
                try list.add(bytes, defaultPort: network.port)
            } catch {
                StandardError.complain("\(path): \(error)")
                throw ExitCode(Status.input.rawValue)
            }
            return list
        } catch let error as InputFileError {
            StandardError.complain("\(error)")
            throw ExitCode(Status.input.rawValue)
        }
    }

    private static func open(
        _ command: SurveyCommand, _ targets: [Target], _ network: Network
    ) throws -> (rows: Int32, earlier: Int, targets: [Target], path: String?) {
        guard let path = command.output, path != "-" else {
            guard !command.resume else { throw ValidationError("--resume: name the file of rows with -o.") }
            return (STDOUT_FILENO, 0, targets, nil)
        }
        do throws(SurveyFile.Problem) {
            let (descriptor, rows) = try SurveyFile.open(path, resumes: command.resume, network: network.name)
            let left = targets.filter { !rows.targets.contains($0.text) }
            return (descriptor, targets.count - left.count, left, path)
        } catch {
            StandardError.complain("\(error)")
            throw ExitCode(Status.input.rawValue)
        }
    }
}
#endif
