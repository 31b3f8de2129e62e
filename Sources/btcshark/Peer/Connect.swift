#if Peer
import ArgumentParser
import BitcoinP2P
import Capture
import Dissector
import Fields
import Glibc
import Output
import Peer

/// `btcshark connect`: shakes hands with one peer.
struct Connect: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "connect",
        abstract: "Shake hands with a peer, and show what both sides say.",
        usage: "btcshark connect <host>[:<port>] [--network <name>] [--getaddr] [--ping <count>] [--send <file>] …",
        discussion: """
            A line a message, with the seconds since the beginning; then the peer's version with every field. The \
            handshake counts as complete when the peer has answered a ping that was sent behind our verack: then the \
            exit status is 0. It is 3 where the peer did not shake hands, for a reason of one word.
            """)

    @Argument(
        help: ArgumentHelp("An address or a name, and a port unless it is the network's.", valueName: "host[:port]"),
        completion: .nothing)
    var host: String

    @OptionGroup var peer: PeerOptions

    @Flag(help: "Ask for addresses of other nodes, and wait for the answer up to a minute.")
    var getaddr = false

    @Option(
        help: ArgumentHelp("Send this number of pings, each after the answer to the one before.", valueName: "count"),
        completion: .nothing)
    var ping = 0

    @Option(
        help: ArgumentHelp(
            "Send what is in this file after the handshake, as it is: hexadecimal or bytes, '-' for standard input.",
            valueName: "file"), completion: .file())
    var send: [String] = []

    @Option(help: ArgumentHelp("Stay so long after the handshake.", valueName: "seconds"), completion: .nothing)
    var stay = 0.0

    @Option(
        help: ArgumentHelp("Write the connection to this file, as packets (pcap).", valueName: "file"),
        completion: .file())
    var writePcap: String?

    @Option(
        help: ArgumentHelp("Write the secrets of v2 connections to this file, for --keylog.", valueName: "file"),
        completion: .file())
    var writeKeylog: String?

    @Flag(name: .customLong("v2"), help: "Speak the encrypted transport (BIP 324); v1 where the peer does not know it.")
    var speaksV2 = false

    @Option(
        help: ArgumentHelp("How long connection and handshake may take.", valueName: "seconds"), completion: .nothing)
    var timeout = 30.0

    func run() throws {
        let network = try peer.knownNetwork()
        let proxy = try peer.knownProxy()
        guard let target = Target(host, defaultPort: network.port) else {
            throw ValidationError("'\(host)' is not HOST or HOST:PORT; an address of IPv6 with a port is [::1]:8333.")
        }
        if target.needsProxy, proxy == nil {
            throw ValidationError("\(target.text) is reached only through a proxy: --proxy 127.0.0.1:9050.")
        }
        var options = Meeting.Options(network: network, maker: MessageMaker(name: "btcshark:\(Btcshark.version)"))
        options.proxy = proxy
        options.handshakeTimeout = try PeerOptions.duration(timeout, "--timeout", in: 0.1...3600)
        options.connectTimeout = min(options.handshakeTimeout, .seconds(10))
        options.extras = try extras()
        if speaksV2 { options.transport = .v2 }
        if writeKeylog == "-" {
            throw ValidationError("--write-keylog: standard output has the text; name a file.")
        }
        for path in [writePcap, writeKeylog].compactMap(\.self) where send.contains(path) {
            throw ValidationError("'\(path)' is sent: write to another file.")
        }
        if let writePcap, writePcap == writeKeylog {
            throw ValidationError("'\(writePcap)' cannot have both packets and secrets.")
        }
        if writeKeylog != nil, !speaksV2 { throw ValidationError("--write-keylog needs --v2.") }
        Pipeline.declareFields()
        let recorder = try makeRecorder()
        let keyLog = try makeKeyLog()
        try PeerPrivileges.giveUp()
        Lockdown.enterWithPeers()
        Signals.listen()
        let output = ByteOutput(descriptor: STDOUT_FILENO, isLineBuffered: true)
        output.isEnding = { Signals.isEndRequested }
        let timeline = ConnectTimeline(output, target, network, pings: ping)
        let meeting = options
        let known = PeerRuntime.run(isEnding: { Signals.isEndRequested }) { runtime in
            await Meeting(meeting, on: runtime).meet(target, recorder: recorder) { event, time in
                if case .agreed(let key, let secret) = event { keyLog?.write(key, secret) }
                timeline.note(event, at: time)
            }
        }
        let status = finish(timeline, known ?? nil, recorder)
        throw ExitCode((keyLog?.hasFailed == true ? Status.input : status).rawValue)
    }

    private func extras() throws -> Talk.Extras {
        var extras = Talk.Extras()
        extras.asksForAddresses = getaddr
        guard (0...1_000).contains(ping) else { throw ValidationError("--ping: 0 to 1000.") }
        extras.pings = ping
        extras.stay = try PeerOptions.duration(stay, "--stay", in: 0...86_400)
        extras.messages = try send.map { path in
            do throws(InputFileError) {
                return Pasted.bytes(of: try InputFile.read(path, atMost: Pasted.limit))
            } catch {
                StandardError.complain("--send: \(error)")
                throw ExitCode(Status.input.rawValue)
            }
        }
        return extras
    }

    private func makeKeyLog() throws -> WrittenKeyLog? {
        do throws(InputFileError) {
            return try writeKeylog.map { path throws(InputFileError) in try WrittenKeyLog(path) }
        } catch {
            StandardError.complain("--write-keylog: \(error)")
            throw ExitCode(Status.input.rawValue)
        }
    }

    private func makeRecorder() throws -> PacketRecorder? {
        guard let writePcap else { return nil }
        if writePcap == "-" { throw ValidationError("--write-pcap: standard output has the text; name a file.") }
        do throws(CaptureError) {
            return try PacketRecorder(CaptureDestination(path: writePcap))
        } catch {
            StandardError.complain("\(error)")
            throw ExitCode(Status.input.rawValue)
        }
    }

    /// Shows the peer's version, and says how it ended.
    private func finish(
        _ timeline: ConnectTimeline, _ known: Acquaintance?, _ recorder: PacketRecorder?
    ) -> Status {
        timeline.finish(known)
        var status = Status.interrupted
        if let known {
            status = known.outcome == .complete ? .success : .noHandshake
            if status == .noHandshake {
                let reason = known.reason.map { " (\($0))" } ?? ""
                StandardError.complain("\(known.outcome.word): \(known.outcome.meaning)\(reason)")
            }
        } else {
            StandardError.complain("interrupted")
        }
        do throws(CaptureError) {
            try recorder?.close()
        } catch {
            StandardError.complain("\(error)")
            return .input
        }
        return timeline.hasFailed ? .input : status
    }
}
#endif
