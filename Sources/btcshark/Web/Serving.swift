#if Web
import Capture
import Dissector
import Fields
import Glibc
import Insight
import Output
import System
import Web

/// Shows a capture in a browser: reads it once for the index, and answers until the end is asked for.
struct Serving {
    struct Options {
        var port: Int
        /// Beside loopback.
        var addresses: [String]
        var metrics: (address: String, port: Int)?
        var maxMessages: Int
        var isQuiet: Bool
    }

    let plan: Plan
    let options: Options
    let lockdown: Lockdown
    /// Bytes of packets that are kept of what comes only once.
    static let spoolLimit: UInt64 = 2 << 30
    /// Bytes of metrics.
    static let mostMetrics = 8 << 20

    init(_ plan: Plan, _ options: Options) {
        self.plan = plan
        self.options = options
        lockdown = Lockdown(plan)
    }

    func run() -> Status {
        Signals.listen()
        switch plan.input {
        case .captures(let paths): return run(paths)
        case .messageCaptures(let paths, let network):
            guard paths.allSatisfy({ FileTree.entry(at: $0) == .file || FileTree.entry(at: $0) == .folder }) else {
                StandardError.complain(
                    "serve reads Bitcoin Core's message captures from files only: they are read again")
                return .usage
            }
            do throws(PrivilegesError) { try lockdown.becomeCaller(reading: paths) } catch {
                StandardError.complain("\(error)")
                return .input
            }
            let versions = FileVersions()
            return serve(.messageCaptures(paths, network, versions), names: paths) {
                lockdown.enterServing(reading: paths, nil, helpers: [])
            } probing: {
                FirstPass.problem(withMessageCaptures: paths, network)
            } filling: {
                FirstPass.read(messageCaptures: paths, network, versions, $0)
            }
        case .live(let live): return run(live)
        case .pasted:
            StandardError.complain("serve shows captures, not pasted messages")
            return .usage
        }
    }

    /// Why a spool took no more.
    static func words(ofFull spool: FrameSpool) -> String {
        if let trouble = spool.trouble { return "the list ends here: packets cannot be kept: \(trouble)" }
        return "no more than \(spoolLimit >> 30) GiB of packets are kept: the list ends here"
    }

    // MARK: Saved captures

    private func run(_ paths: [String]) -> Status {
        let late: [String]
        let spool: FrameSpool?
        let notes = CaptureNotes()
        do {
            // Whatever is not there is complained of before anybody opens the page.
            for path in paths where path != "-" && access(path, R_OK) != 0 {
                let failure = SystemFailure()
                StandardError.complain("\(path): \(failure.message)")
                return .input
            }
            // They are opened again and again.
            late = try OpenedInputs.prepare(paths, times: 1 << 20)
            try lockdown.becomeCaller()
            let isReadOnce = paths.contains { FileTree.entry(at: $0) != .file }
            spool = isReadOnce ? try FrameSpool(in: Path.temporaryFolder, limit: Self.spoolLimit) : nil
        } catch {
            StandardError.complain("\(error)")
            return .input
        }
        let input = spool.map { ServedInput.spool($0, paths, notes) } ?? .files(paths, FileVersions(of: paths))
        return serve(input, names: paths) {
            lockdown.enterServing(reading: late, nil, helpers: [])
        } probing: {
            // What comes once cannot be looked at beforehand.
            spool == nil ? FirstPass.problem(with: paths, plan.pipeline) : nil
        } filling: {
            FirstPass.read(paths, notes, copyingTo: spool, $0)
        }
    }

    // MARK: Serving

    /// Binds, locks this process in, and serves while the index is filled and until the end is asked for.
    ///
    /// - Parameters:
    ///   - probe: Answers why there is nothing to show; then nobody is invited to look.
    ///   - fill: Reads the input for the first time; answers what went wrong where nothing could be read.
    func serve(
        _ input: ServedInput, names: [String], isLive: Bool = false, lockingIn lockIn: () -> Void,
        probing probe: () -> String? = { nil }, filling fill: (FirstPass.Target) -> String?
    ) -> Status {
        let index: MessageIndex
        let sockets: BoundSockets
        let token = Token()
        do {
            index = try MessageIndex(limit: options.maxMessages, in: Path.temporaryFolder)
            sockets = try BoundSockets(options)
        } catch let failure as SystemFailure {
            StandardError.complain("\(Path.temporaryFolder): \(failure.message)")
            return .input
        } catch {
            StandardError.complain("\(error)")
            return .input
        }
        let capture = ServedCapture(
            index, input, plan.pipeline, node: plan.pipeline.inquiry?.namedNode, isLive: isLive,
            version: Btcshark.version)
        capture.update { account in
            account.names = names.map { $0 == "-" ? "standard input" : String($0[Path.nameStart($0)...]).singleLine }
        }
        // What is to be made before this process may not any more.
        Pipeline.declareFields()
        lockIn()
        if let problem = probe() {
            StandardError.complain(problem)
            return .input
        }
        let thread = WebThread()
        let site = Site(capture, thread, port: sockets.port, names: sockets.names, token)
        let server = WebServer(sockets.numbers, site)
        let metricsServer = sockets.metrics.map { WebServer(metrics: [$0.number], site, port: $0.port, name: $0.name) }
        announce(sockets, token)
        let writer = IndexWriter(index)
        let problem = fill(FirstPass.Target(capture: capture, writer: writer, options: plan.pipeline))
        if let problem { StandardError.complain(problem) }
        if let trouble = index.trouble { StandardError.complain(trouble) }
        let isEmpty = problem != nil && index.count == 0 && capture.packets == 0
        capture.noteComplete()
        if !options.isQuiet, !isEmpty { StandardError.write(capture.counts + "\n") }
        while !isEmpty, !Signals.isEndRequested { usleep(50_000) }
        capture.noteEnding()
        metricsServer?.stop()
        server.stop()
        return problem == nil && index.trouble == nil ? .success : .input
    }

    private func announce(_ sockets: BoundSockets, _ token: Token) {
        for name in sockets.names {
            StandardError.complain(
                "listens at \(name):\(sockets.port), too: what is sent there is not encrypted, and whatever host "
                    + "it passes can read the secret")
        }
        let output = ByteOutput(descriptor: STDOUT_FILENO)
        output.buffer.append("http://127.0.0.1:\(sockets.port)/#token=\(token.text)\n")
        output.flush()
    }

}

/// The sockets that are answered, bound while this process may do that.
struct BoundSockets {
    private(set) var numbers: [Int32] = []
    let port: Int
    /// Of the addresses beside loopback.
    private(set) var names: [String] = []
    private(set) var metrics: (number: Int32, port: Int, name: String)?

    init(_ options: Serving.Options) throws {
        let first = try ListeningSocket("127.0.0.1", port: options.port)
        port = first.port
        numbers = [first.release()]
        // Hosts without IPv6 have no such address; of a port that was chosen, another program may have it there.
        if let second = try? ListeningSocket("::1", port: port) { numbers.append(second.release()) }
        for address in options.addresses {
            let socket = try ListeningSocket(address, port: port)
            names.append(socket.name)
            numbers.append(socket.release())
        }
        if let wanted = options.metrics {
            let socket = try ListeningSocket(wanted.address, port: wanted.port)
            let (port, name) = (socket.port, socket.name)
            metrics = (socket.release(), port, name)
        }
    }
}
#endif
