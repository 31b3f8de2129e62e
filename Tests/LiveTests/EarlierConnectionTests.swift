import Foundation
import Support
import Testing

/// Connections that were open before the capture began, as all of a node are that has run for a while.
@Suite(.serialized, .needsNetwork, .timeLimit(.minutes(10)))
struct EarlierConnectionTests {
    private let space: NetworkNamespace
    init() throws { space = try NetworkNamespace() }

    private func named(_ program: LiveProgram, _ words: String) -> Int {
        program.errorText.split(separator: "\n").filter { $0.contains(words) }.count
    }

    private static let open = "no message found yet: open v2, or inside a large v1 message"
    private static let advice = "reconnect it, as with bitcoin-cli disconnectnode ADDRESS"

    /// With each format it is standard error that has it.
    @Test(arguments: [[], ["-T", "ndjson"], ["-q", "-z", "capture", "--json"]]) func encrypted(_ options: [String])
        throws
    {
        var generator = SeededGenerator(seed: 5)
        let peers = try TCPPeers(port: 8333, in: space)
        let program = try LiveProgram.capturing(["-i", "lo"] + options, in: space)
        try peers.send(generator.bytes(400))
        try peers.send(generator.bytes(400), fromServer: true)
        #expect(eventually { named(program, Self.open) == 1 }, "\(program.errorText)")
        try peers.send(generator.bytes(4_100_000))
        #expect(eventually { named(program, ": v2, open before the capture began") == 1 }, "\(program.errorText)")
        // One that begins now is as ever.
        let others = try TCPPeers(port: 18333, in: space)
        try others.send(BitcoinMessage.ping(1).bytes)
        if options.isEmpty { #expect(eventually { program.outputText.contains(" ping ") }) }
        #expect(program.interrupt() == .status(0), "\(program.errorText)")
        #expect(named(program, Self.open) == 1 && named(program, Self.advice) == 1)
        #expect(!program.outputText.contains("no message found yet"))
        if options.isEmpty { #expect(program.lines.count == 1, "\(program.outputText)") }
    }

    /// Its messages are shown, and -Q says nothing of any.
    @Test func nothingToSay() throws {
        let ping = BitcoinMessage.ping(7).bytes
        let clear = try TCPPeers(port: 8333, in: space)
        let program = try LiveProgram.capturing(["-i", "lo"], in: space)
        try clear.send(Array(ping[20...]) + ping)
        #expect(eventually { !program.lines.isEmpty })
        var generator = SeededGenerator(seed: 6)
        // Waits for what is named a second after.
        let encrypted = try TCPPeers(port: 8333, in: space)
        let other = try LiveProgram.capturing(["-i", "lo"], in: space)
        let silent = try LiveProgram(["-i", "lo", "-Q", "-l"], in: space)
        // Without a notice of its beginning nobody can wait for it: a message that it shows says that it reads.
        let probe = try TCPPeers(port: 18333, in: space)
        #expect(
            eventually {
                try? probe.send(ping)
                return !silent.lines.isEmpty
            })
        try encrypted.send(generator.bytes(400))
        #expect(eventually { named(other, Self.open) == 1 }, "\(other.errorText)")
        for each in [program, other, silent] { #expect(each.interrupt() == .status(0)) }
        // The first one has seen the beginning of that connection.
        #expect(named(program, Self.open) == 0, "\(program.errorText)")
        #expect(named(silent, "no message found") == 0, "\(silent.errorText)")
    }
}
