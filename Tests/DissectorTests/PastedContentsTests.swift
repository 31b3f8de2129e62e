import BitcoinP2P
import Dissector
import Fields
import Output
import Support
import Testing

/// What pasted bytes are taken for.
@Suite struct PastedContentsTests {
    private let mainnet = Network(magic: 0xf9be_b4d9)
    private let verack = framed("verack")
    private let ping = framed("ping", [8, 7, 6, 5, 4, 3, 2, 1])

    private func contents(_ text: String, as name: String? = nil) throws -> PastedContents {
        let command = try name.map { try #require(Command(name: $0)) }
        return try PastedContents(PastedText(Array(text.utf8)), as: command, network: mainnet)
    }

    private func forms(_ contents: PastedContents) -> [String] {
        contents.pieces.map { piece in
            switch piece.form {
            case .messages: "messages \(piece.range.count)"
            case .payload(let command): "\(command.name) \(piece.range.count)"
            }
        }
    }

    private func problem(_ text: String, as name: String? = nil) -> String {
        do {
            return "read: \(forms(try contents(text, as: name)))"
        } catch {
            return "\(error)"
        }
    }

    // MARK: Messages and payloads

    @Test func messages() throws {
        for text in [ping.hex, (verack + ping).hex, verack.hex + "\n" + ping.hex] {
            let found = try contents(text)
            let count = text.filter { !$0.isWhitespace }.count / 2
            #expect(forms(found) == ["messages \(count)"])
            #expect(found.notes.isEmpty)
        }
        // What comes after them is said when they are shown.
        #expect(forms(try contents(verack.hex + "00")) == ["messages 25"])
        #expect(try contents(verack.hex).notes.isEmpty)
    }

    @Test func aHeaderWinsOverTheTypeThatIsNamed() throws {
        let found = try contents(verack.hex, as: "ping")
        #expect(forms(found) == ["messages 24"])
        #expect(found.notes == ["--as ping was not used: the bytes have a header, whose command is verack"])
    }

    /// A `version` is one whatever its magic is.
    @Test func magicsThatAreNearlyRight() throws {
        let version = framed("version", [UInt8](repeating: 0, count: 86))
        let rest = version.dropFirst(4).map { $0 }.hex
        #expect(try contents(version.hex).notes.isEmpty)
        #expect(
            try contents("d9b4bef9" + rest).notes == [
                "they begin with the magic of mainnet in reverse, as some programs print it; on the wire it is f9beb4d9"
            ])
        #expect(
            try contents("f9beb4d8" + rest).notes == [
                "their magic is one digit from that of mainnet, which is f9beb4d9"
            ])
        #expect(try contents("e3e1f3e8" + rest).notes.isEmpty)
    }

    /// Of what is pasted nothing was lost while it was captured.
    @Test func messagesCutShort() throws {
        for (bytes, note) in [
            (ping.dropLast(), "of the last message a byte is missing: its header says 8, 7 are here"),
            ((verack + ping).dropLast(7), "of the last message 7 bytes are missing: its header says 8, 1 is here"),
        ] {
            #expect(try contents(Array(bytes).hex).notes == [note])
        }
    }

    @Test func payloads() throws {
        #expect(forms(try contents("0807060504030201", as: "ping")) == ["ping 8"])
        // Also what is none: its remarks say what is wrong.
        #expect(forms(try contents("08070605", as: "ping")) == ["ping 4"])
    }

    // MARK: Lines

    @Test func eachLineIsAPayload() throws {
        let found = try contents("0807060504030201\n1112131415161718\n", as: "ping")
        #expect(forms(found) == ["ping 8", "ping 8"])
        #expect(found.notes == ["each of the 2 lines was read by itself"])
        let strings = try contents("['0807060504030201', '1112131415161718']", as: "ping")
        #expect(forms(strings) == ["ping 8", "ping 8"])
    }

    @Test func linesThatAreNoPayloadsAreJoined() throws {
        let tx = BitcoinMessage.tx(1, size: 40).payload
        let half = tx.count / 2
        let text = Array(tx[..<half]).hex + "\n" + Array(tx[half...]).hex
        let found = try contents(text, as: "tx")
        #expect(forms(found) == ["tx \(tx.count)"])
        #expect(found.notes == ["the 2 lines were joined"])
        // One of two is none.
        #expect(forms(try contents("0807060504030201\n11121314151617", as: "ping")) == ["ping 15"])
    }

    @Test func linesOfSeveralKinds() throws {
        let tx = BitcoinMessage.tx(1, size: 40).payload
        let found = try contents([verack, tx, ping, verack, tx].map(\.hex).joined(separator: "\n"))
        #expect(forms(found) == ["messages 24", "tx \(tx.count)", "messages 56", "tx \(tx.count)"])
        #expect(
            found.notes == [
                "each of the 5 lines was read by itself", "taken for a transaction, as with --as tx",
            ])
    }

    // MARK: Guesses

    @Test func transactionBlockAndHeader() throws {
        let block = BitcoinMessage.block(size: 40_000).payload
        let tx = BitcoinMessage.tx(7, size: 10).payload
        for (bytes, form, name) in [
            (tx, "tx", "a transaction, as with --as tx"), (block, "block", "a block, as with --as block"),
            (Array(block.prefix(80)), "block", "a block header, as with --as block"),
        ] {
            let found = try contents(bytes.hex)
            #expect(forms(found) == ["\(form) \(bytes.count)"])
            #expect(found.notes == ["taken for \(name)"])
        }
        let count = (block.count - 81) / 14_920
        for (bytes, what) in [
            (Array(tx.dropLast()), "begin as a transaction and end within the lock time; --as tx shows what is there"),
            (Array(tx.dropLast(5)), "begin as a transaction and end within output 0; --as tx"),
            (Array(tx.prefix(45)), "begin as a transaction and end within input 0; --as tx"),
            (tx + [0], "are a transaction and 1 byte after it; --as tx"),
            (Array(block.prefix(81)), "begin as a block of \(count) transactions, and are no complete one; --as block"),
            (Array(block.dropLast()), "begin as a block of \(count) transactions, and are no complete one; --as block"),
            (Array(block.prefix(79)), "are 1 byte short of a block header; --as block"),
            (Array(block.prefix(75)), "are 5 bytes short of a block header; --as block"),
        ] {
            #expect(problem(bytes.hex).hasPrefix("these \(bytes.count) bytes \(what)"), "\(problem(bytes.hex))")
        }
        #expect(problem(Array(block.prefix(60)).hex).contains("no transaction, block or block header"))
    }

    /// With witnesses (BIP 144), wherever it is cut: of many beginnings none is anything else.
    @Test func aTransactionCutAnywhere() throws {
        for sample in try Sample.all() where sample.command == "tx" {
            for end in stride(from: 47, to: sample.bytes.count, by: 7) where end != 80 {
                let said = problem(Array(sample.bytes.prefix(end)).hex)
                #expect(said.contains("begin as a transaction and end within ") || said.hasPrefix("read: "), "\(said)")
            }
        }
    }

    /// Every sample of a transaction is one, and few others are.
    @Test func samples() throws {
        for sample in try Sample.all() where !sample.bytes.isEmpty {
            let object = BareObject(sample.bytes.span.bytes, network: mainnet)
            switch sample.command {
            case "tx": #expect(object == .transaction, "\(sample.payload)")
            case "block": #expect(object == .block || object == .blockHeader, "\(sample.payload)")
            default:
                let isLike = sample.bytes.count == 80 || sample.command.hasSuffix("tx")
                #expect(object == nil || isLike, "\(sample.command)")
            }
        }
    }

    /// An IPv4 packet with a TCP segment.
    ///
    /// - Parameters:
    ///   - excess: By how much its length is too great.
    ///   - checksum: As the header has it; right where it is nil.
    private func packet(
        _ data: [UInt8], number: UInt8 = 6, excess: UInt16 = 0, checksum: UInt16? = nil
    ) -> [UInt8] {
        let tcp: [UInt8] = [0xc3, 0x50, 0x20, 0x8d] + [0, 0, 0, 1, 0, 0, 0, 1] + [0x50, 0x18, 0xff, 0xff, 0, 0, 0, 0]
        let length = bigEndian(UInt16(20 + tcp.count + data.count) + excess)
        let start: [UInt8] = [0x45, 0] + length + [0, 1, 0x40, 0, 64, number]
        let addresses: [UInt8] = [10, 0, 0, 1, 10, 0, 0, 2]
        return start + bigEndian(checksum ?? ~internetSum(start + addresses)) + addresses + tcp + data
    }

    private let ethernet: [UInt8] = [UInt8](repeating: 2, count: 12) + [8, 0]
    private let cooked: [UInt8] = [0, 4, 0, 1, 0, 6, 2, 2, 2, 2, 2, 2, 0, 0, 8, 0]

    @Test func packets() throws {
        // A short frame is filled up.
        let padding: [UInt8] = [0, 0, 0, 0, 0, 0]
        for (frame, name) in [
            (packet(verack), "an IP packet"), (ethernet + packet(verack), "an Ethernet frame"),
            (ethernet + packet(verack) + padding, "an Ethernet frame"),
            (cooked + packet(verack), "a frame of a Linux cooked capture"),
            ([2, 0, 0, 0] + packet(verack), "a frame of a loopback interface"),
        ] {
            let found = try contents(frame.hex)
            #expect(forms(found) == ["messages 24"], "\(name)")
            #expect(found.notes == ["taken for \(name), of which the 24 bytes of its TCP segment are shown"])
            #expect(try contents(frame.hex, as: "ping").pieces == found.pieces)
        }
        #expect(problem((ethernet + packet([])).hex).hasSuffix("an Ethernet frame whose TCP segment has no data"))
        #expect(problem((ethernet + packet([1, 2, 3])).hex).contains("does not begin with the header of a message"))
        #expect(problem(packet([1, 2, 3], number: 17).hex).hasSuffix("an IP packet without a TCP segment"))
    }

    /// A frame may be as long as a block header.
    @Test func packetsOf80Bytes() throws {
        let data = verack + ping
        let loopback: [UInt8] = [2, 0, 0, 0]
        for (frame, count) in [
            (cooked + packet(verack), 24), (cooked + packet(verack, checksum: 0), 24),
            (packet(Array(data.prefix(40))), 40),
            (ethernet + packet(Array(data.prefix(26))), 26), (ethernet + packet(verack) + [0, 0], 24),
            (loopback + packet(Array(data.prefix(36))), 36),
        ] {
            #expect(frame.count == 80)
            #expect(try forms(contents(frame.hex)) == ["messages \(count)"], "\(frame.hex)")
        }
        #expect(
            problem((cooked + packet([UInt8](repeating: 7, count: 24))).hex).contains("does not begin with the header"))
        // Something is wrong with the IP header, or it is followed by no TCP.
        for other in [packet(verack, checksum: 1), packet(verack, excess: 1), packet(verack, number: 17)] {
            #expect(forms(try contents((cooked + other).hex)) == ["block 80"])
        }
    }

    /// Work is not done by chance.
    @Test func aBlockHeaderWithItsWorkWinsOverAPacket() throws {
        func header(_ bits: UInt32, _ isChosen: (UInt8) -> Bool) throws -> [UInt8] {
            let data = verack + [UInt8](repeating: 0, count: 8) + littleEndian(bits)
            let nonce = try #require(
                (UInt32(0)..<1000).first { nonce in
                    let header = packet(data + littleEndian(nonce))
                    // The last byte of the hash is its highest.
                    return isChosen(DoubleSHA256.hash(header.span.bytes).bytes.withUnsafeBytes { $0.last ?? 0 })
                })
            return packet(data + littleEndian(nonce))
        }
        let proved = try header(0x207f_ffff) { $0 < 0x7f }
        #expect(proved.count == 80)
        #expect(try forms(contents(proved.hex)) == ["block 80"])
        #expect(forms(try contents(try header(0x207f_ffff) { $0 > 0x7f }.hex)) == ["messages 40"])
        // Too easy for any network, too hard, negative.
        for bits in [0x2100_ffff, 0x1d00_ffff, 0x20ff_ffff] as [UInt32] {
            #expect(forms(try contents(try header(bits) { $0 < 0x7f && $0 > 0 }.hex)) == ["messages 40"])
        }
    }

    // MARK: Problems

    @Test func wrongGuessesSayWhatWasTakenForWhat() {
        let none =
            "no message with its header, no packet with one, no transaction, block or block header; for a bare payload, "
            + "name its type with --as COMMAND"
        #expect(problem("00") == "this byte is \(none)")
        #expect(
            problem("nonsense")
                == "taken for base64, since as hexadecimal character 1: 'n' is not a hexadecimal digit, these 6 bytes are "
                + none)
        #expect(problem("[1, 2, 3]").hasPrefix("taken for an array of numbers, since as hexadecimal character 1: "))
        #expect(problem("00\n0102").hasPrefix("joined, these 3 bytes are no message"))
        #expect(problem([UInt8](repeating: 7, count: 32).hex).hasSuffix("; a hash is found in captures by --find"))
        #expect(problem("d9b4bef976657261636b00").contains("they begin with the magic of mainnet in reverse"))
        #expect(problem("f9beb4d876657261636b00").contains("is one digit from that of mainnet, which is f9beb4d9"))
        #expect(problem("f9beb4c876657261636b00").contains("no message with its header"))
        #expect(problem("70736274ff01").hasSuffix("a PSBT (BIP 174), which no message carries"))
        #expect(problem("d4c3b2a102000400").hasSuffix("a capture: name it with -r, or say -r - for standard input"))
    }
}
