import BitcoinP2P
import Support
import Testing

/// Messages made to cost much, in every form in which they can be shown: what each costs is in proportion to its bytes,
/// and within a bound of memory.
@Suite(.serialized) struct HostileMessageTests {
    private static let forms = [[], ["-V"], ["-T", "json"]]
    private static let moreForms = [
        ["-x"], ["--annotate"], ["-T", "jsonraw"], ["-T", "ek"], ["-T", "pdml"], ["-T", "ndjson"],
        ["-q", "-z", "expert"],
        ["-T", "fields", "-e", "bitcoin.tx.in.prev_output.hash", "-e", "bitcoin.tx.out.script"],
        ["-Y", "bitcoin.tx.out.value == 7 && bitcoin.tx.in.seq != 3"],
    ]
    /// In release all there are; else of the rarer ones another for each test.
    private static func forms(for name: String) -> [[String]] {
        let turn = name.utf8.reduce(0) { $0 + Int($1) } % moreForms.count
        return forms + (Trial.isFull ? moreForms : [moreForms[turn]])
    }

    /// A transaction with so many inputs and outputs and witness items.
    private func transaction(
        inputs: Int = 1, script: [UInt8] = [], outputs: Int = 1, paying: [UInt8] = [0x51], witness: [[UInt8]]? = nil
    ) -> [UInt8] {
        var bytes: [UInt8] = [2, 0, 0, 0]
        if witness != nil { bytes += [0, 1] }
        let outpoint = [UInt8](repeating: 0x11, count: 32) + [7, 0, 0, 0]
        let input = outpoint + compactSize(script.count) + script + [0xff, 0xff, 0xff, 0xff]
        bytes += compactSize(inputs) + repeated(input, inputs)
        let output: [UInt8] = [1, 0, 0, 0, 0, 0, 0, 0] + compactSize(paying.count) + paying
        bytes += compactSize(outputs) + repeated(output, outputs)
        if let witness {
            let items = compactSize(witness.count) + witness.flatMap { compactSize($0.count) + $0 }
            bytes += repeated(items, inputs)
        }
        return bytes + [0, 0, 0, 0]
    }

    private func expectLinear(
        _ name: String, count: (debug: Int, full: Int), memory: Int, _ command: String,
        _ location: SourceLocation = #_sourceLocation, payload: (Int) -> [UInt8]
    ) throws {
        try Trial.expectLinear(name, count: count, memory: memory, Self.forms(for: name), location) { flood, count in
            flood.open()
            flood.message(command, payload(count))
        }
    }

    /// As many as go into 4 MB.
    @Test func manyInputs() throws {
        try expectLinear("inputs", count: (30_000, 97_000), memory: 128, "tx") { transaction(inputs: $0) }
    }

    @Test func manyOutputs() throws {
        try expectLinear("outputs", count: (50_000, 390_000), memory: Trial.isFull ? 200 : 128, "tx") {
            transaction(outputs: $0)
        }
    }

    /// An input with that many witness items of a byte each.
    @Test func manyWitnessItems() throws {
        try expectLinear("witness items", count: (20_000, 1_900_000), memory: Trial.isFull ? 200 : 128, "tx") {
            transaction(witness: [[UInt8]](repeating: [1], count: $0))
        }
    }

    /// Inputs with a few items each.
    @Test func manyWitnesses() throws {
        try expectLinear("witnesses", count: (6_000, 80_000), memory: 128, "tx") {
            transaction(inputs: $0, witness: [[], [1], [2, 3]])
        }
    }

    /// Scripts of 10,000 pushes, in inputs and outputs.
    @Test func longScripts() throws {
        let pushes = repeated([1, 7], 10_000)
        try expectLinear("pushes", count: (24, 90), memory: 128, "tx") {
            transaction(inputs: $0, script: pushes, outputs: $0, paying: pushes)
        }
    }

    /// One script as long as the message, of operations or of pushes, wherever scripts are.
    @Test(
        arguments: ["output", "data carrier", "input", "witness script", "tapscript"],
        [[0x51], [1, 7]] as [[UInt8]])
    func oneEndlessScript(_ place: String, _ unit: [UInt8]) throws {
        try expectLinear("script", count: (400_000, 3_900_000), memory: 128, "tx") {
            let script = repeated(unit, $0 / unit.count)
            return switch place {
            case "output": transaction(paying: script)
            case "data carrier": transaction(paying: [0x6a] + script)
            case "input": transaction(script: script)
            case "witness script": transaction(witness: [[], script])
            default: transaction(witness: [script, [0xc0] + filler(32)])
            }
        }
    }

    /// One script that ends as a multisig does: of pushes that claim more than there is, and of keys whose last byte
    /// begins another such script.
    @Test(
        arguments: [[0x4e, 0xff, 0xff, 0xff, 0x7f], [33, 2] + [UInt8](repeating: 7, count: 31) + [0x51]] as [[UInt8]])
    func scriptsThatBeginAgain(_ unit: [UInt8]) throws {
        try expectLinear("multisig", count: (400_000, 3_900_000), memory: 128, "tx") {
            transaction(paying: [0x51] + repeated(unit, $0 / unit.count) + [0x51, 0xae])
        }
    }

    /// Blocks with 2¹⁶ transactions: the tree over their hashes is made.
    @Test func blocks() throws {
        let small: [UInt8] =
            [1, 0, 0, 0, 1] + [UInt8](repeating: 0, count: 36) + [0, 0, 0, 0, 0, 1] + [UInt8](repeating: 0, count: 8)
            + [0, 0, 0, 0, 0]
        let header = [UInt8](repeating: 3, count: 80)
        try expectLinear("block", count: (1 << 14, 1 << 16), memory: 128, "block") {
            header + compactSize($0) + repeated(small, $0)
        }
    }

    /// Proofs over about as many transactions as a block can have, with all hashes and every bit set, so that the whole
    /// tree is walked; and over 2³² - 1, of which only so many hashes follow.
    @Test(arguments: [nil, UInt32.max])
    func merkleProofs(_ claimed: UInt32?) throws {
        let header = [UInt8](repeating: 3, count: 80)
        try expectLinear("proof", count: (16_384, 16_384), memory: 128, "merkleblock") { count in
            let total = littleEndian(claimed ?? UInt32(count))
            // No two are the same: a node over two equal ones ends the walk.
            let hashes = (0..<UInt32(count)).flatMap { bigEndian($0) + [UInt8](repeating: 9, count: 28) }
            let bits = [UInt8](repeating: 0xff, count: count / 4)
            return header + total + compactSize(count) + hashes + compactSize(bits.count) + bits
        }
    }

    @Test func compactBlocks() throws {
        let header = [UInt8](repeating: 3, count: 88)
        try expectLinear("short IDs", count: (60_000, 600_000), memory: Trial.isFull ? 200 : 128, "cmpctblock") {
            header + compactSize($0) + repeated([1, 2, 3, 4, 5, 6], $0) + [0]
        }
    }

    @Test func inventories() throws {
        let entry: [UInt8] = [1, 0, 0, 0] + [UInt8](repeating: 9, count: 32)
        try expectLinear("inv", count: (40_000, 110_000), memory: 128, "inv") {
            compactSize($0) + repeated(entry, $0)
        }
    }

    /// Texts as long as they may be, of what terminals, browsers and spreadsheets obey, each another.
    @Test(arguments: ["version", "reject", "alert"])
    func texts(_ command: String) throws {
        let evil =
            Array("\u{1b}]0;\u{7}\u{202e}<script>\"'&=cmd|' /C'!A0\t\r\n\u{0}\u{2028}\u{85}".utf8) + [0xff, 0xc0, 0x9b]
        let forms = Self.forms(for: command) + [["-q", "-z", "conv,tcp"], ["-q", "-z", "expert"]]
        try Trial.expectLinear(command, count: (600, 20_000), memory: 100, forms) { flood, count in
            flood.open()
            for index in 0..<count {
                let text = Array("\(index)".utf8) + repeated(evil, 250 / evil.count)
                switch command {
                case "version":
                    flood.message(
                        "version",
                        [0x80, 0x11, 1, 0] + [UInt8](repeating: 0, count: 76) + compactSize(text.count) + text
                            + [0, 0, 0, 0, 1])
                case "reject":
                    flood.message("reject", [12] + text.prefix(12) + [0x10] + compactSize(text.count) + text)
                default:
                    let body = repeated([1], 28) + [0] + repeated([1], 8) + [0] + repeated([1], 4)
                    let alert = body + (0..<3).flatMap { _ in compactSize(text.count) + text }
                    flood.message("alert", compactSize(alert.count) + alert + [1, 7])
                }
            }
        }
    }

    /// Messages without contents, of which there are the most.
    @Test func emptyMessages() throws {
        let messages = repeated(framed("verack"), 60)
        try Trial.expectLinear("verack", count: (100, 10_000), memory: 100, Self.forms(for: "verack")) { flood, count in
            flood.open()
            for _ in 0..<count { flood.stream(messages) }
        }
    }

    /// Each ping is remembered until it is answered, and sought among all when an answer comes, which is to none.
    @Test func pings() throws {
        try Trial.expectLinear("ping", count: (40_000, 400_000), memory: 100, [["-V"]]) { flood, count in
            let pong = framed("pong", [UInt8](repeating: 0xff, count: 8))
            flood.open()
            for index in 0..<UInt32(count) {
                flood.message("ping", bigEndian(index) + [0, 0, 0, 0])
                flood.segment(
                    from: Flood.victim, to: Flood.attacker, sequence: 1 + index * UInt32(pong.count), flags: 0x18, pong)
            }
        }
    }

    /// Commands that nobody has heard of, each another: statistics have a row for some of them only.
    @Test func madeUpCommands() throws {
        try Trial.expectLinear(
            "commands", count: (100_000, 400_000), memory: 48, [["-q", "-z", "bitcoin,tree"], ["-q", "-z", "expert"]]
        ) { flood, count in
            flood.open()
            for index in 0..<count {
                var message = framed("zzzzzzzzzzz")
                message.replaceSubrange(8..<15, with: Array(String(1_000_000 + index).utf8))
                flood.stream(message)
            }
        }
    }

    /// Connections with a message each.
    @Test func conversations() throws {
        let ping = framed("ping", filler(8))
        try Trial.expectLinear(
            "connections", count: (8_000, 400_000), memory: Trial.isFull ? 800 : 100, [["-q", "-z", "conv,tcp"]]
        ) { flood, count in
            for index in UInt32(0)..<UInt32(count) {
                let sender = Flood.StreamSender(host: index, port: 40_000)
                flood.segment(from: sender, sequence: 0, flags: 0x02)
                flood.segment(from: sender, sequence: 1, flags: 0x18, ping)
            }
        }
    }

    // MARK: Claims

    /// Counts and lengths of 2⁶⁴ - 1 anywhere in any message: no memory is taken for what is only claimed.
    @Test func countsOf2To64() throws {
        let huge = [UInt8](repeating: 0xff, count: 9)
        let folder = try Folder()
        var sent = 0
        let capture = try Flood.write(to: folder("counts.pcap")) { flood in
            flood.open()
            for type in MessageTypes.standard.types {
                let name = Array(type.command.name.utf8)
                for start in [0, 1, 2, 4, 8, 20, 26, 32, 33, 36, 40, 80, 88] {
                    for padding in [0, 1] as [UInt8] {
                        let payload = [UInt8](repeating: padding, count: start) + huge + filler(200)
                        var message = framed("", payload)
                        message.replaceSubrange(4..<4 + name.count, with: name)
                        flood.stream(message)
                        sent += 1
                    }
                }
            }
        }
        for form in [[], ["-V"], ["--annotate"], ["-T", "json"], ["-T", "pdml"]] {
            let trial = try Trial(capture, form, memory: 100, keepsOutput: form.isEmpty)
            #expect(trial.status == 0, "\(form): \(trial.errors.suffix(300))")
            if form.isEmpty { #expect(trial.output.count(where: { $0 == 0x0a }) == sent) }
        }
    }
}
