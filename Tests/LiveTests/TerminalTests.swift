import Foundation
import Support
import Testing

/// What somebody sees who watches.
@Suite(.serialized, .needsNetwork, .timeLimit(.minutes(10)))
struct TerminalTests {
    private let space: NetworkNamespace

    init() throws { space = try NetworkNamespace() }

    private func talk(rounds: Int = 1, pause: UInt32 = 0) throws -> BitcoinPeers {
        try BitcoinPeers(
            TCPPeers(port: 8333, in: space), goods: [try BitcoinMessage.sample("tx")], rounds: rounds, pause: pause)
    }

    /// The program on a terminal, until it has shown something.
    private func shown(
        _ arguments: [String], _ terminal: PseudoTerminal, until condition: (String) -> Bool
    ) throws -> String {
        let program = try LiveProgram.capturing(
            ["-i", "lo"] + arguments, in: space, outputDescriptor: terminal.programEnd)
        let peers = try talk(rounds: .max / 2, pause: 10_000)
        defer { peers.stop() }
        #expect(eventually { condition(terminal.text) }, "\(terminal.text)")
        #expect(program.interrupt() == .status(0), "\(program.errorText)")
        return terminal.finish()
    }

    /// Live on a terminal they are those of the clock, unless somebody says otherwise.
    @Test func times() throws {
        let clock = /\ +[0-9]+ [0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{9} 127\.0\.0\.1:.*/
        let since = /\ +[0-9]+ +[0-9]+\.[0-9]{9} 127\.0\.0\.1:.*/
        let watched = try shown(["--color", "never"], PseudoTerminal(columns: 200)) { $0.contains(" verack\n") }
        #expect(watched.split(separator: "\n").allSatisfy { $0.wholeMatch(of: clock) != nil }, "\(watched)")
        let chosen = try shown(["--color", "never", "-t", "r"], PseudoTerminal(columns: 200)) {
            $0.contains(" verack\n")
        }
        #expect(chosen.split(separator: "\n").allSatisfy { $0.wholeMatch(of: since) != nil }, "\(chosen)")

        let piped = try LiveProgram.capturing(["-i", "lo"], in: space)
        _ = try talk().finish()
        #expect(eventually { piped.lines.count >= 4 })
        #expect(piped.interrupt() == .status(0))
        #expect(piped.lines.allSatisfy { $0.wholeMatch(of: since) != nil }, "\(piped.outputText)")
    }

    /// Also where packets are recorded meanwhile; in a locked process the terminal still says its size.
    @Test func linesAreCut() throws {
        let folder = try Folder()
        let text = try shown(["--color", "never", "-w", folder.path + "/live.pcap"], PseudoTerminal(columns: 60)) {
            $0.contains("…\n")
        }
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= 60 }, "\(text)")
    }

    // MARK: --top

    /// The frames that were drawn, without what steers the terminal.
    private func frames(_ text: String) -> [[Substring]] {
        text.split(separator: "\u{1b}[H").dropFirst().map { frame in
            frame.replacing(/\u{1b}\[[0-9;]*[A-Zmh]/, with: "").split(separator: "\n", omittingEmptySubsequences: false)
                .dropLast()
        }
    }

    @Test func topIsDrawnAgain() throws {
        let terminal = try PseudoTerminal(columns: 80, rows: 20)
        let program = try LiveProgram.capturing(
            ["-i", "lo", "--top"], in: space, outputDescriptor: terminal.programEnd)
        let peers = try talk(rounds: .max / 2, pause: 10_000)
        defer { peers.stop() }
        func isComplete(_ frame: [Substring]) -> Bool {
            frame.first?.hasPrefix("lo, ") == true && frame.contains { $0.hasPrefix("127.0.0.1:") }
                && frame.contains { $0.hasPrefix("tx ") }
        }
        #expect(eventually { frames(terminal.text).filter(isComplete).count >= 2 }, "\(terminal.text)")
        for frame in frames(terminal.text) {
            #expect(frame.count < 20 && frame.allSatisfy { $0.count <= 80 }, "\(frame)")
        }
        // A smaller terminal has a smaller picture at once.
        try terminal.resize(columns: 40, rows: 12)
        program.signal(SIGWINCH)
        #expect(
            eventually {
                frames(terminal.text).last { isComplete($0) && $0.count < 12 && $0.allSatisfy { $0.count <= 40 } }
                    != nil
            }, "\(terminal.text)")
        #expect(program.interrupt() == .status(0), "\(program.errorText)")
        // The closing counts stand apart.
        #expect(terminal.finish().hasSuffix("\u{1b}[J\n"))
    }

    /// Into a pipe one table comes after the other, and nothing steers anything.
    @Test func topIsPlainInAPipe() throws {
        let program = try LiveProgram.capturing(["-i", "lo", "--top", "--node", "127.0.0.1:8333"], in: space)
        let peers = try talk(rounds: .max / 2, pause: 10_000)
        defer { peers.stop() }
        #expect(
            eventually { program.lines.count { $0.hasPrefix("lo, ") } >= 3 && program.outputText.contains("\ntx ") },
            "\(program.outputText)")
        #expect(program.interrupt() == .status(0), "\(program.errorText)")
        let text = program.outputText
        #expect(!text.contains("\u{1b}") && text.hasSuffix("\n\n"))
        // With the node the peer is the other end.
        let peer = text.split(separator: "\n").last { $0.hasPrefix("127.0.0.1:") }
        #expect(peer?.contains("→") == false && peer?.hasPrefix("127.0.0.1:8333") == false, "\(text)")
        #expect(peer?.contains("/Satoshi") == true || text.contains("User agent"), "\(text)")
    }

    @Test func topNeedsAnInterface() throws {
        for (words, complaint) in [
            (["-r", "x.pcap", "--top"], "--top needs -i"), (["-i", "lo", "--top", "-V"], "instead of messages"),
            (["-i", "lo", "--top", "-T", "json"], "instead of messages"),
            (["-i", "lo", "--top", "-w", "-"], "cannot share standard output"),
        ] {
            let (ending, output, errors) = try LiveProgram.run(words, in: space)
            #expect(ending == .status(1) && output.isEmpty && errors.contains(complaint), "\(errors)")
        }
    }

    // MARK: Silence

    /// Where nothing comes it is said what is listened for, once, and how to listen for something else.
    @Test func nothingComes() throws {
        let quiet = try LiveProgram.capturing(["-i", "lo", "-d", "tcp.port==9999,bitcoin"], in: space)
        let filtered = try LiveProgram.capturing(["-i", "lo", "-f", "udp port 7"], in: space)
        let recording = try LiveProgram.capturing(["-i", "lo", "-f", "", "-w", "/dev/null", "-q"], in: space)
        let silent = try LiveProgram(["-i", "lo", "-Q", "-f", "udp port 7"], in: space)
        let top = try LiveProgram.capturing(["-i", "lo", "-f", "udp port 7", "--top"], in: space)
        func said(_ program: LiveProgram) -> [Substring] {
            program.errorText.split(separator: "\n").filter { $0.contains("nothing has come") }
        }
        #expect(eventually { !said(quiet).isEmpty && !said(filtered).isEmpty && !said(recording).isEmpty })
        #expect(
            said(quiet).first?.hasPrefix("btcshark: nothing has come on lo in 10 s; listening for TCP ports 8333, ")
                == true
                && said(quiet).first?.contains("9999") == true
                && said(quiet).first?.contains("-d tcp.port==PORT,bitcoin") == true, "\(said(quiet))")
        #expect(
            said(filtered).first?.contains("listening for filter: udp port 7.") == true
                && said(filtered).first?.contains("another filter is named with -f") == true, "\(said(filtered))")
        #expect(said(recording).first?.contains("listening for everything.") == true, "\(said(recording))")
        // There it stands in the table.
        #expect(eventually { top.outputText.contains("\nnothing has come on lo in 10 s") })
        #expect(said(top).isEmpty)
        let last = try LiveProgram.capturing(["-i", "lo"], in: space)
        _ = try talk().finish()
        for program in [quiet, filtered, recording, silent, top, last] { #expect(program.interrupt() == .status(0)) }
        #expect(said(quiet).count == 1 && said(silent).isEmpty && said(last).isEmpty)
    }
}
