import Foundation
import Support
import Testing

/// A raw sender plays a Bitcoin peer against a real TCP receiver, and cheats: what is shown of its packets is what the
/// receiver's program has read.
///
/// With EVADER_CAPTURES set to a folder, the captures stay there, each beside the bytes that were read; EVADER_SEED is a
/// number that makes other pings, numbers and orders.
@Suite(.serialized, .needsNetwork, .timeLimit(.minutes(10)))
struct EvasionTests {
    private let network: LocalNetwork
    private let folder: Folder

    init() throws {
        network = try LocalNetwork()
        folder = try Folder()
    }

    @Test(arguments: Evasion.all)
    func shownAsRead(_ evasion: Evasion) throws {
        let file = folder.path + "/live.pcap"
        let program = try LiveProgram.capturing(["-i", "here", "-w", file] + ReadMessage.columns, in: network.space)
        let reader = try SocketReader(in: network.space)
        var troubles: [String] = []
        do { try talk(reader, evasion) } catch { troubles.append("\(error)") }
        let read = try reader.finish()
        #expect(program.interrupt() == .status(0), "\(program.errorText)")
        try keep(file, read.bytes, evasion)

        let messages = ReadMessage.framed(read.bytes)
        if messages.rest > 0 { troubles.append("\(messages.rest) bytes read are no message") }
        for (how, shown) in [
            ("", try ReadMessage.shown(file: file)), ("live, ", try ReadMessage.shown(text: program.outputText)),
        ] {
            if let difference = ReadMessage.difference(shown.byClient, messages.all), !evasion.isUndecidable {
                troubles.append(how + difference)
            }
            if let difference = ReadMessage.difference(shown.byServer, reader.greeting.map { ReadMessage($0) }) {
                troubles.append(how + "the reader's: " + difference)
            }
        }
        if evasion.isUndecidable {
            let text = try LiveProgram.run(["-r", file]).output
            if !String(decoding: text, as: UTF8.self).contains("differ") {
                troubles.append("no word of the other copy")
            }
        }
        if !troubles.isEmpty { Issue.record("\(evasion.name): \(troubles.joined(separator: "; "))") }
    }

    /// The handshake, pings, the evasion, pings.
    private func talk(_ reader: SocketReader, _ evasion: Evasion) throws {
        let environment = ProcessInfo.processInfo.environment
        let seed = environment["EVADER_SEED"].flatMap { UInt64($0) } ?? 0
        let index = Evasion.all.firstIndex { $0.name == evasion.name } ?? 0
        // Every third passes 2³² in the midst of the pings.
        let evader = try network.other.inside {
            try Evader(
                "there", to: reader, seed: seed << 16 | UInt64(index), hasTimestamps: evasion.hasTimestamps,
                start: (index + Int(seed % 3)) % 3 == 0 ? UInt32.max - 400 : nil)
        }
        let first = evader.ping()
        let synData = evasion.synData(first)
        try evader.connect(synData)
        if synData.isEmpty {
            try evader.say(try BitcoinMessage.sample("version").bytes)
            try evader.say(BitcoinMessage("verack").bytes)
        }
        try evader.say(first)
        for _ in 0..<9 { try evader.say(evader.ping()) }
        try evasion.play(evader)
        if !evader.isOver { for _ in 0..<20 { try evader.say(evader.ping()) } }
        try evader.close()
    }

    private func keep(_ file: String, _ read: [UInt8], _ evasion: Evasion) throws {
        guard let place = ProcessInfo.processInfo.environment["EVADER_CAPTURES"] else { return }
        let kept = URL(fileURLWithPath: place).appendingPathComponent(evasion.name)
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
        try Data(contentsOf: URL(fileURLWithPath: file)).write(to: kept.appendingPathExtension("pcap"))
        try Data(read).write(to: kept.appendingPathExtension("bytes"))
    }
}
