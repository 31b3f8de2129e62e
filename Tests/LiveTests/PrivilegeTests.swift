import Foundation
import Support
import Testing

/// Who the program is, before and after the interface is open.
@Suite(.serialized, .needsNetwork, .needsSetpriv, .timeLimit(.minutes(10)))
struct PrivilegeTests {
    private let space: NetworkNamespace
    private let folder: Folder
    /// The program, where everybody may run it.
    private let program: String
    private let nobody: passwd

    init() throws {
        space = try NetworkNamespace()
        folder = try Folder()
        program = folder.path + "/btcshark"
        nobody = try #require(getpwnam("nobody")).pointee
        try FileManager.default.copyItem(atPath: LiveProgram.path, toPath: program)
        try #require(chmod(folder.path, 0o755) == 0)
    }

    private var asNobody: [String] {
        ["setpriv", "--reuid=\(nobody.pw_uid)", "--regid=\(nobody.pw_gid)", "--clear-groups"]
    }

    /// What the system says of each of its threads.
    private func statuses(_ program: LiveProgram) throws -> [[String: String]] {
        let tasks = "/proc/\(program.process)/task"
        return try FileManager.default.contentsOfDirectory(atPath: tasks).map { task in
            let text = try String(contentsOfFile: "\(tasks)/\(task)/status", encoding: .utf8)
            let pairs = text.split(separator: "\n").map { $0.split(separator: ":", maxSplits: 1) }
            return Dictionary(
                pairs.map { (String($0[0]), $0.count > 1 ? $0[1].trimmingCharacters(in: .whitespaces) : "") }
            ) { $1 }
        }
    }

    private func expectNothingLeft(_ program: LiveProgram, location: SourceLocation = #_sourceLocation) throws {
        // The reader's thread is made after it.
        #expect(try eventually { try self.statuses(program).count >= 2 }, sourceLocation: location)
        let statuses = try statuses(program)
        for status in statuses {
            let (user, group) = ("\(nobody.pw_uid)", "\(nobody.pw_gid)")
            #expect(
                status["Uid"]?.split(separator: "\t") ?? [] == [user, user, user, user][...].map { $0[...] },
                sourceLocation: location)
            #expect(
                status["Gid"]?.split(separator: "\t") ?? [] == [group, group, group, group].map { $0[...] },
                sourceLocation: location)
            #expect(
                status["Groups"].map { $0.isEmpty || $0 == group } == true, "\(status["Groups"] ?? "")",
                sourceLocation: location)
            for set in ["CapInh", "CapPrm", "CapEff", "CapAmb"] {
                #expect(status[set] == "0000000000000000", "\(set)", sourceLocation: location)
            }
            #expect(status["NoNewPrivs"] == "1" && status["Seccomp"] == "2", sourceLocation: location)
        }
    }

    private func expectCaptures(_ program: LiveProgram, location: SourceLocation = #_sourceLocation) throws {
        let sent = try BitcoinPeers(TCPPeers(port: 8333, in: space), goods: [try .sample("tx")]).finish()
        let expected = ShownMessages(sent)
        #expect(eventually { program.lines.count == expected.count }, sourceLocation: location)
        #expect(try ShownMessages(ndjson: program.outputBytes) == expected, sourceLocation: location)
    }

    // MARK: Without, and with one capability

    @Test func unprivileged() throws {
        let run = try LiveProgram(["-i", "lo"], in: space, program: program, launcher: asNobody)
        #expect(run.end() == .status(1))
        #expect(run.outputBytes.isEmpty)
        #expect(
            run.errorText.hasPrefix("btcshark: lo: this user may not capture on it")
                && run.errorText.contains("sudo setcap cap_net_raw,cap_net_admin+eip \(program)"), "\(run.errorText)")
    }

    /// CAP_NET_RAW is enough, with promiscuous mode, too; and it does not stay.
    @Test func oneCapability() throws {
        let other = try NetworkNamespace()
        try space.connect("here", to: other, "there")
        let launcher =
            asNobody + ["--inh-caps=-all,+net_raw", "--ambient-caps=-all,+net_raw", "--bounding-set=-all,+net_raw"]
        let run = try LiveProgram.capturing(
            ["-i", "here", "-T", "ndjson"], in: space, program: program, launcher: launcher)
        try expectNothingLeft(run)
        #expect(run.errorText.split(separator: "\n").count == 1, "no note: \(run.errorText)")
        // The machine counts who asked for promiscuous mode.
        let details = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
        defer { try? FileManager.default.removeItem(atPath: details) }
        try runCommand(["sh", "-c", "ip -n \(space.name) -d link show here > \(details)"])
        #expect(try String(contentsOfFile: details, encoding: .utf8).contains("promiscuity 1"))
        let frames = try recordedFrames("handshake.pcap")
        let socket = try other.inside { try PacketSocket("there") }
        for frame in frames { try socket.send(frame) }
        let all = try StreamModel(frames).all
        #expect(eventually { run.lines.count == all.count })
        #expect(run.interrupt() == .status(0))
        let shown = try ShownMessages(ndjson: run.outputBytes)
        #expect((shown.byClient + shown.byServer).counted == all.counted)
    }

    // MARK: Setuid

    /// It would give root to everybody: nothing is done, whatever is asked for.
    @Test(arguments: [true, false])
    func installedSetuid(isGroup: Bool) throws {
        try #require(chmod(program, isGroup ? 0o2755 : 0o4755) == 0)
        let file = folder.path + "/live.pcap"
        let helper = ["--recording-helper", file, "file", "\(nobody.pw_uid)", "\(nobody.pw_gid)"]
        for arguments in [["-i", "lo", "-w", file], ["-v"], helper, ["--node-key-helper", "id", "-", "/bin/sh"]] {
            let run = try LiveProgram(arguments, in: space, program: program, launcher: asNobody)
            #expect(run.end(seconds: 10) == .status(1), "\(arguments)")
            #expect(run.outputBytes.isEmpty)
            // Address Sanitizer has something to say behind it.
            #expect(
                run.errorText.hasPrefix(
                    "btcshark: must not be installed setuid or setgid: use sudo, or setcap as the manual says\n"))
        }
        #expect(!FileManager.default.fileExists(atPath: file))
        // For root it makes no difference who the file says.
        if !isGroup { #expect(try LiveProgram(["-v"], in: nil, program: program).end() == .status(0)) }
    }

    // MARK: From root to a user

    @Test(arguments: [true, false])
    func rootBecomesAUser(isNamed: Bool) throws {
        let run = try LiveProgram.capturing(
            ["-i", "lo", "-T", "ndjson"] + (isNamed ? ["-Z", "nobody"] : []), in: space, program: program,
            environment: isNamed ? [:] : ["SUDO_UID": "\(nobody.pw_uid)", "SUDO_GID": "\(nobody.pw_gid)"])
        try expectNothingLeft(run)
        for status in try statuses(run) { #expect(status["CapBnd"] == "0000000000000000") }
        #expect(!run.errorText.contains("root"), "\(run.errorText)")
        try expectCaptures(run)
        #expect(run.interrupt() == .status(0))
    }

    /// Root that sudo has called becomes the caller, whatever is read; what the caller may not read or write takes root, with
    /// no more than that.
    @Test(arguments: ["capture", "message capture", "pasted"], [true, false])
    func callerOfSudo(_ input: String, mayRead: Bool) throws {
        let captures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("captures").path
        let copied = folder.path + "/copied"
        let isMessages = input == "message capture"
        let source = isMessages ? "/message-capture/node-a/10.20.0.2_52816/msgs_recv.dat" : "/handshake.pcap"
        try FileManager.default.copyItem(atPath: captures + source, toPath: copied)
        try #require(chmod(copied, mayRead ? 0o644 : 0o600) == 0 && chmod(folder.path, 0o755) == 0)
        let verack = "f9beb4d976657261636b000000000000000000005df6e0e2"
        let exported = try makeFolder(ownedByNobody: true) + "/new"
        let run = try LiveProgram(
            (input == "pasted" ? ["--decode", verack] : ["-r", copied])
                + ["--export-objects", exported, "-Q", "--metrics", exported + ".prom"], in: nil, program: program,
            environment: ["SUDO_UID": "\(nobody.pw_uid)", "SUDO_GID": "\(nobody.pw_gid)"])
        #expect(run.end() == .status(0), "\(run.errorText)")
        // A capture is open before.
        #expect(try owner(exported + ".prom") == (isMessages && !mayRead ? 0 : nobody.pw_uid))
    }

    /// Root alone becomes a user that has nothing, and the files stay root's.
    @Test func plainRootBecomesAnother() throws {
        let file = try makeFolder(ownedByNobody: false) + "/live.pcap"
        let run = try LiveProgram.capturing(["-i", "lo", "-T", "ndjson", "-w", file], in: space, program: program)
        if getpwnam("btcshark") == nil { try expectNothingLeft(run) }
        try expectCaptures(run)
        #expect(run.interrupt() == .status(0), "\(run.errorText)")
        #expect(try owner(file) == 0 && ShownMessages(file: file).count == run.lines.count)
    }

    /// Who wants to stay root does, without capabilities.
    @Test func rootThatStays() throws {
        let run = try LiveProgram.capturing(["-i", "lo", "-T", "ndjson", "-Z", "root"], in: space, program: program)
        #expect(eventually { (try? statuses(run).count) ?? 0 >= 2 })
        for status in try statuses(run) {
            #expect(status["CapEff"] == "0000000000000000" && status["Seccomp"] == "2")
        }
        try expectCaptures(run)
        #expect(run.interrupt() == .status(0), "\(run.errorText)")
    }

    /// Where root may not become others, as in a container of a user, it stays root without capabilities, and says so; but
    /// not where another user was named.
    @Test func rootThatCannotBecomeOthers() throws {
        let launcher = ["setpriv", "--bounding-set=-setuid,-setgid"]
        let file = folder.path + "/live.pcap"
        let run = try LiveProgram.capturing(
            ["-i", "lo", "-T", "ndjson", "-w", file], in: space, program: program, launcher: launcher)
        #expect(eventually { (try? statuses(run).count) ?? 0 >= 2 })
        for status in try statuses(run) {
            #expect(status["CapEff"] == "0000000000000000" && status["Seccomp"] == "2")
        }
        #expect(run.errorText.contains("still root, without root's capabilities") && run.errorText.contains("-Z USER"))
        try expectCaptures(run)
        #expect(run.interrupt() == .status(0), "\(run.errorText)")
        #expect(try ShownMessages(file: file).count == run.lines.count)
        for (arguments, environment) in [
            (["-Z", "nobody"], [:]), ([], ["SUDO_UID": "\(nobody.pw_uid)", "SUDO_GID": "\(nobody.pw_gid)"]),
        ] as [([String], [String: String])] {
            let refused = try LiveProgram(
                ["-i", "lo"] + arguments, in: space, program: program, launcher: launcher, environment: environment)
            #expect(refused.end() == .status(2))
            #expect(refused.errorText.contains("privileges cannot be dropped"), "\(refused.errorText)")
        }
        let staying = try LiveProgram.capturing(
            ["-i", "lo", "-Z", "root"], in: space, program: program, launcher: launcher)
        #expect(staying.interrupt() == .status(0), "\(staying.errorText)")
    }

    /// A key log that only root could open again keeps root; that another cannot be opened is said, once.
    @Test(arguments: [true, false])
    func replacedKeyLog(isClosed: Bool) throws {
        let place = folder.path + "/keys"
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: false)
        try #require(chmod(place, isClosed ? 0o700 : 0o755) == 0 && chmod(folder.path, 0o755) == 0)
        let log = place + "/log"
        try Data("# a comment\n".utf8).write(to: URL(fileURLWithPath: log))
        try #require(chmod(log, 0o644) == 0)
        let run = try LiveProgram.capturing(["-i", "lo", "--keylog", log], in: space, program: program)
        try Data("no secret\n".utf8).write(to: URL(fileURLWithPath: log + ".new"))
        try #require(chmod(log + ".new", 0o600) == 0 && rename(log + ".new", log) == 0)
        let words = isClosed ? "\(log): line 1: " : "the key log \(log) cannot be read: Permission denied"
        #expect(eventually { run.errorText.contains(words) }, "\(run.errorText)")
        // It is looked at five times a second.
        usleep(1_000_000)
        #expect(run.interrupt() == .status(0))
        #expect(run.errorText.components(separatedBy: words).count == 2, "\(run.errorText)")
    }

    /// Standard streams that were closed at the start.
    @Test(arguments: ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
    func closedStreams(which: String) throws {
        let file = folder.path + "/live.pcap"
        let run = try LiveProgram(
            ["-i", "lo", "-w", file], in: space, program: program,
            launcher: ["sh", "-c", "exec \"$@\" \(which)", "sh"])
        // The header is there once it captures.
        #expect(eventually { (try? Data(contentsOf: URL(fileURLWithPath: file)).count) ?? 0 >= 24 })
        let sent = try BitcoinPeers(TCPPeers(port: 8333, in: space), goods: [try .sample("tx")]).finish()
        #expect(eventually { (try? ShownMessages(file: file)) == ShownMessages(sent) }, "\(run.errorText)")
        #expect(run.interrupt() != .never)
        #expect(try ShownMessages(file: file) == ShownMessages(sent), "\(run.errorText)")
    }

    /// The helper keeps what it needs to make files for others, and is locked in, too.
    @Test func helperIsLockedIn() throws {
        let file = try makeFolder(ownedByNobody: false) + "/live.pcap"
        let run = try LiveProgram.capturing(["-i", "lo", "-w", file, "-Z", "nobody"], in: space, program: program)
        let helper = try #require(children(run).first)
        let text = try String(contentsOfFile: "/proc/\(helper)/status", encoding: .utf8)
        #expect(text.contains("CapEff:\t0000000000000003") && text.contains("CapPrm:\t0000000000000003"), "\(text)")
        #expect(text.contains("Seccomp:\t2") && text.contains("NoNewPrivs:\t1"))
        #expect(run.interrupt() == .status(0), "\(run.errorText)")
    }

    // MARK: Files

    private func owner(_ path: String) throws -> uid_t {
        var status = stat()
        try #require(stat(path, &status) == 0, "\(path)")
        return status.st_uid
    }

    /// The processes that it has started.
    private func children(_ program: LiveProgram) -> [String] {
        let text = try? String(
            contentsOfFile: "/proc/\(program.process)/task/\(program.process)/children", encoding: .utf8)
        return (text ?? "").split(separator: " ").map(String.init)
    }

    private func isRunning(_ process: String) -> Bool {
        let status = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
        return status.map { !$0.contains("State:\tZ") } ?? false
    }

    private func makeFolder(ownedByNobody: Bool) throws -> String {
        let path = folder.path + "/records"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        try #require(chmod(path, 0o700) == 0)
        if ownedByNobody { try #require(chown(path, nobody.pw_uid, nobody.pw_gid) == 0) }
        return path
    }

    /// In a folder of the user's, and in one where only root may make files.
    @Test(arguments: [true, false])
    func fileOfTheUser(isOwnFolder: Bool) throws {
        let file = try makeFolder(ownedByNobody: isOwnFolder) + "/live.pcap"
        let run = try LiveProgram.capturing(
            ["-i", "lo", "-T", "ndjson", "-w", file, "-Z", "nobody"], in: space, program: program)
        try expectNothingLeft(run)
        // Only where it is needed does who makes the files stay root.
        let maker = isOwnFolder ? nobody.pw_uid : 0
        #expect(
            eventually {
                let helpers = children(run)
                let status = helpers.first.flatMap {
                    try? String(contentsOfFile: "/proc/\($0)/status", encoding: .utf8)
                }
                return helpers.count == 1 && status?.contains("Uid:\t\(maker)\t") == true
            })
        try expectCaptures(run)
        #expect(run.interrupt() == .status(0), "\(run.errorText)")
        #expect(try owner(file) == nobody.pw_uid)
        #expect(try ShownMessages(file: file).count == run.lines.count)
    }

    /// A ring where only root may make and delete files. Whoever makes them ends with the program.
    @Test(arguments: [SIGINT, SIGKILL])
    func ring(ending: Int32) throws {
        let records = try makeFolder(ownedByNobody: false)
        let run = try LiveProgram.capturing(
            [
                "-i", "lo", "-T", "ndjson", "-w", records + "/node.pcap", "-b", "packets:10", "-b", "files:3", "-Z",
                "nobody",
            ],
            in: space, program: program)
        try expectNothingLeft(run)
        let helpers = children(run)
        #expect(helpers.count == 1)
        for _ in 0..<4 {
            _ = try BitcoinPeers(TCPPeers(port: 8333, in: space), goods: [try .sample("tx")]).finish()
        }
        let names = { try FileManager.default.contentsOfDirectory(atPath: records).sorted() }
        // The oldest are gone.
        #expect(try eventually { try names().first.map { $0 > "node_00003" } ?? false })
        run.signal(ending)
        #expect(run.end() == (ending == SIGKILL ? .signal(SIGKILL) : .status(0)), "\(run.errorText)")
        for helper in helpers { #expect(eventually { !isRunning(helper) }) }
        // Killed, it may have been between two files.
        #expect(try names().count == 3 || ending == SIGKILL && names().count == 2)
        for name in try names() {
            #expect(try owner(records + "/" + name) == nobody.pw_uid)
            #expect(name.wholeMatch(of: #/node_0\d{4}_\d{14}\.pcap/#) != nil)
        }
        #expect(try names().dropLast().allSatisfy { try PacketFile(records + "/" + $0).frames.count == 10 })
    }

    /// Where only root may make files, a file of the user's that was there is moved away, and made anew.
    @Test func movedFile() throws {
        let records = try makeFolder(ownedByNobody: false)
        try #require(chmod(records, 0o755) == 0)
        let file = records + "/live.pcap"
        try Data().write(to: URL(fileURLWithPath: file))
        try #require(chown(file, nobody.pw_uid, nobody.pw_gid) == 0)
        let run = try LiveProgram.capturing(
            ["-i", "lo", "-T", "ndjson", "-w", file, "-Z", "nobody"], in: space, program: program)
        try expectCaptures(run)
        let shown = run.lines.count
        try FileManager.default.moveItem(atPath: file, toPath: file + ".1")
        run.signal(SIGHUP)
        #expect(eventually { FileManager.default.fileExists(atPath: file) }, "\(run.errorText)")
        _ = try BitcoinPeers(TCPPeers(port: 8333, in: space), goods: [try .sample("tx")]).finish()
        #expect(eventually { run.lines.count == 2 * shown })
        #expect(run.interrupt() == .status(0), "\(run.errorText)")
        #expect(try owner(file) == nobody.pw_uid)
        #expect(try ShownMessages(file: file).count == shown && ShownMessages(file: file + ".1").count == shown)
    }

    /// As systemd ends a service: all its processes get the signal. Who makes the files is there until the end.
    @Test(arguments: [SIGTERM, SIGINT, SIGHUP])
    func signalToTheHelper(number: Int32) throws {
        let records = try makeFolder(ownedByNobody: false)
        let run = try LiveProgram.capturing(
            ["-i", "lo", "-T", "ndjson", "-w", records + "/node.pcap", "-b", "packets:10", "-Z", "nobody"],
            in: space, program: program)
        let helper = try #require(children(run).first)
        kill(try #require(pid_t(helper)), number)
        try expectCaptures(run)
        #expect(isRunning(helper))
        #expect(run.interrupt() == .status(0), "\(run.errorText)")
        #expect(eventually { !isRunning(helper) })
        #expect(try FileManager.default.contentsOfDirectory(atPath: records).count > 1)
    }

    private enum Trap: CaseIterable { case symbolicLink, hardLink, movedFile }

    /// Who may write to a folder could bring there a name that leads elsewhere: root does not open it for that user.
    @Test(arguments: Trap.allCases)
    private func trap(_ trap: Trap) throws {
        let file = try makeFolder(ownedByNobody: true) + "/live.pcap"
        let secret = folder.path + "/secret"
        try Data("secret".utf8).write(to: URL(fileURLWithPath: secret))
        try #require(chmod(secret, 0o600) == 0)
        let files = FileManager.default
        switch trap {
        case .symbolicLink: try files.createSymbolicLink(atPath: file, withDestinationPath: secret)
        case .hardLink: try files.linkItem(atPath: secret, toPath: file)
        case .movedFile: try files.moveItem(atPath: secret, toPath: file)
        }
        let run = try LiveProgram(["-i", "lo", "-w", file, "-Z", "nobody"], in: space, program: program)
        #expect(run.end(seconds: 10) == .status(2), "\(run.errorText)")
        #expect(run.errorText.contains("Permission denied"), "\(run.errorText)")
        #expect(try owner(file) == 0 && Data(contentsOf: URL(fileURLWithPath: file)) == Data("secret".utf8))
    }

    /// What root has made stays root's, also where only root makes names; what a capture has made is the user's.
    @Test func oldFiles() throws {
        let file = try makeFolder(ownedByNobody: false) + "/live.pcap"
        let old = Data(repeating: 1, count: 10_000)
        try old.write(to: URL(fileURLWithPath: file))
        try #require(chmod(file, 0o600) == 0)
        let refused = try LiveProgram(["-i", "lo", "-w", file, "-Z", "nobody"], in: space, program: program)
        #expect(refused.end(seconds: 10) == .status(2), "\(refused.errorText)")
        #expect(try owner(file) == 0 && Data(contentsOf: URL(fileURLWithPath: file)) == old)
        try #require(chown(file, nobody.pw_uid, nobody.pw_gid) == 0)
        let run = try LiveProgram.capturing(
            ["-i", "lo", "-T", "ndjson", "-w", file, "-Z", "nobody"], in: space, program: program)
        try expectCaptures(run)
        #expect(run.interrupt() == .status(0), "\(run.errorText)")
        #expect(try owner(file) == nobody.pw_uid && ShownMessages(file: file).count == run.lines.count)
    }
}

extension Trait where Self == ConditionTrait {
    static var needsSetpriv: Self {
        .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/setpriv"), "needs setpriv of util-linux")
    }
}
