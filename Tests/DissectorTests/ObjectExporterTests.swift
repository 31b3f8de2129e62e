import BitcoinP2P
import Fields
import Foundation
import Output
import Support
import Testing

@testable import Dissector

/// A folder that is gone at the end of the test.
private final class TemporaryFolder {
    let path = NSTemporaryDirectory() + "export-test-" + UUID().uuidString
    deinit { try? FileManager.default.removeItem(atPath: path) }

    var names: Set<String> {
        get throws { Set(try FileManager.default.contentsOfDirectory(atPath: path)) }
    }

    func read(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: path + "/" + name)))
    }

    func write(_ name: String, _ bytes: [UInt8]) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: path + "/" + name))
    }

    @discardableResult
    func export(_ packets: [Packet], isHexadecimal: Bool = false, knownLimit: Int = 1000) throws -> ObjectExporter {
        let exporter = ObjectExporter(path: path, isHexadecimal: isHexadecimal, knownLimit: knownLimit)
        try feed(packets, to: exporter)
        return exporter
    }
}

private func hash(_ bytes: some Collection<UInt8>) -> String {
    var text = TextBuffer()
    let digest = DoubleSHA256.hash(Array(bytes).span.bytes)
    text.append(reversedHexadecimal: digest.bytes)
    return text.string
}

@Suite struct ObjectExporterTests {
    /// A transaction of one input and one output without witness.
    private func transaction(_ value: UInt8, marker: [UInt8] = [], witness: [UInt8] = []) -> [UInt8] {
        [2, 0, 0, 0] + marker + [1] + filler(32) + [0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff]
            + [1, value, 0, 0, 0, 0, 0, 0, 0, 1, 0x51] + witness + [0, 0, 0, 0]
    }

    private func talk(_ messages: [UInt8]...) -> [Packet] {
        var talk = Talk()
        for message in messages { talk.send(.client, message) }
        return talk.packets
    }

    @Test(arguments: ["relay.pcap", "relay-ipv6.pcap"])
    func relay(_ name: String) throws {
        let folder = TemporaryFolder()
        let exporter = try folder.export(packets(name))
        #expect(exporter.problem == nil)
        let rebuilt = try folder.names.filter { $0.hasSuffix(".rebuilt.blk") }
        #expect(Int(exporter.counts.rebuilt) == rebuilt.count)
        for name in rebuilt { #expect(try hash(folder.read(name).prefix(80)) + ".rebuilt.blk" == name) }
        let names = try folder.names.subtracting(rebuilt)
        let blocks = names.filter { $0.hasSuffix(".blk") }
        for name in blocks { #expect(try hash(folder.read(name).prefix(80)) + ".blk" == name) }
        var logged: Set<String> = []
        var transactions: Set<[UInt8]> = []
        for log in ["node-b/10.20.0.1_8333/msgs_sent.dat", "node-b/10.20.0.1_8333/msgs_recv.dat"] {
            for message in try Logged.messages(log) {
                if message.command == "block" { logged.insert(hash(message.payload.prefix(80)) + ".blk") }
                if message.command == "tx" { transactions.insert(message.payload) }
            }
        }
        #expect(Int(exporter.counts.blocks) == blocks.count)
        #expect(Int(exporter.counts.transactions) == names.count - blocks.count)
        guard name == "relay.pcap" else { return }
        #expect(blocks == logged && blocks.count == 110)
        let files = try Set(names.subtracting(blocks).map(folder.read))
        // Three compact blocks bring their coinbases, and one blocktxn the transaction that was asked for.
        #expect(files.isSuperset(of: transactions) && transactions.count == 8 && files.count == 12)
        // Those with a witness have two hashes, of which the file is named by the one without.
        for name in names.subtracting(blocks) {
            let bytes = try folder.read(name)
            #expect((bytes[4] == 0) == (hash(bytes) + ".tx" != name), "\(name)")
        }
    }

    @Test func aSecondRunAddsNothing() throws {
        let folder = TemporaryFolder()
        let first = try folder.export(packets("relay.pcap")).counts
        let names = try folder.names
        let dates = try names.map { try FileManager.default.attributesOfItem(atPath: folder.path + "/" + $0) }
            .map { $0[.modificationDate] as? Date }
        let second = try folder.export(packets("relay.pcap")).counts
        #expect(second.blocks == 0 && second.transactions == 0 && second.refused == 0)
        #expect(second.duplicates == first.duplicates + first.blocks + first.transactions + first.rebuilt)
        #expect(try folder.names == names)
        let later = try names.map { try FileManager.default.attributesOfItem(atPath: folder.path + "/" + $0) }
            .map { $0[.modificationDate] as? Date }
        #expect(dates == later)
    }

    @Test func hexadecimal() throws {
        let folder = TemporaryFolder()
        let bytes = transaction(7)
        let exporter = try folder.export(talk(framed("tx", bytes), framed("tx", bytes)), isHexadecimal: true)
        let digits = bytes.map { String(format: "%02x", $0) }.joined()
        #expect(try folder.names == [hash(bytes) + ".tx.hex"])
        #expect(try folder.read(hash(bytes) + ".tx.hex") == Array((digits + "\n").utf8))
        #expect(exporter.counts.text == "exported 1 transaction, 0 blocks; 1 duplicate")
    }

    /// Other witnesses, same txid: nothing is lost and nothing overwritten.
    @Test func sameNameOtherBytes() throws {
        let folder = TemporaryFolder()
        let plain = transaction(7)
        let one = transaction(7, marker: [0, 1], witness: [1, 1, 0xaa])
        let other = transaction(7, marker: [0, 1], witness: [1, 1, 0xbb])
        let sent = talk(framed("tx", one), framed("tx", other), framed("tx", one), framed("tx", plain))
        // Also where duplicates are only known from the files.
        for limit in [1000, 0] {
            let counts = try folder.export(sent, knownLimit: limit).counts
            #expect(counts.transactions == (limit == 0 ? 0 : 3) && counts.duplicates == (limit == 0 ? 4 : 1))
            let txid = hash(plain)
            #expect(try folder.names == ["\(txid).tx", "\(txid)-\(hash(other)).tx", "\(txid)-\(txid).tx"])
            #expect(try folder.read("\(txid).tx") == one)
            #expect(try folder.read("\(txid)-\(hash(other)).tx") == other)
            #expect(try folder.read("\(txid)-\(txid).tx") == plain)
        }
    }

    @Test func whatIsThereStays() throws {
        let folder = TemporaryFolder()
        try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: false)
        let bytes = transaction(7)
        let txid = hash(bytes)
        let foreign = Array(repeating: UInt8(0x66), count: bytes.count)
        try folder.write("\(txid).tx", foreign)
        var counts = try folder.export(talk(framed("tx", bytes))).counts
        #expect(counts.transactions == 1 && counts.refused == 0)
        #expect(try folder.read("\(txid).tx") == foreign)
        #expect(try folder.read("\(txid)-\(txid).tx") == bytes)
        try folder.write("\(txid)-\(txid).tx", [])
        counts = try folder.export(talk(framed("tx", bytes))).counts
        #expect(counts.transactions == 0 && counts.refused == 1)
        #expect(try folder.read("\(txid)-\(txid).tx").isEmpty)
        #expect(try folder.names.count == 2)
        #expect(counts.text == "exported 0 transactions, 0 blocks; 1 not written, since other files have their names")
    }

    /// A link of the wanted name leads elsewhere: it is neither followed nor replaced.
    @Test(arguments: [true, false]) func linksAreNotFollowed(hasTarget: Bool) throws {
        let folder = TemporaryFolder()
        try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: false)
        let bytes = transaction(7)
        let link = "\(folder.path)/\(hash(bytes)).tx"
        if hasTarget { try folder.write("target", bytes) }
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: folder.path + "/target")
        #expect(try folder.export(talk(framed("tx", bytes))).counts.transactions == 1)
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == folder.path + "/target")
        let names: Set = ["\(hash(bytes)).tx", "\(hash(bytes))-\(hash(bytes)).tx"]
        #expect(try folder.names == (hasTarget ? names.union(["target"]) : names))
    }

    @Test func onlySoundMessages() throws {
        let folder = TemporaryFolder()
        let bytes = transaction(7)
        let trailing = transaction(8)
        let unsound = talk(
            framed("tx", bytes, checksum: 1), framed("tx", Array(bytes.dropLast())),
            framed("blocktxn", filler(32) + [2] + bytes), framed("block", filler(80)),
            framed("tx", trailing + [1, 2, 3]), Array(framed("tx", bytes).dropLast()))
        let counts = try folder.export(unsound).counts
        #expect(try folder.names == [hash(trailing) + ".tx"])
        // No work is proved for the block, and the last one is not whole.
        #expect(counts.invalid == 5)
        #expect(
            counts.text
                == "exported 1 transaction, 0 blocks; 5 not valid: checksum, work, merkle root or layout is wrong")
        #expect(try folder.read(hash(trailing) + ".tx") == trailing, "without what follows it")
    }

    /// A block that its header does not commit to would take the name of the true one.
    @Test func onlyBlocksWithTheirTransactions() throws {
        let records = try dissect(packets("relay.pcap")).records
        let block = Array(try #require(records.first { $0.command == "block" }).bytes.dropFirst(24))
        let folder = TemporaryFolder()
        var changed = block
        changed[changed.count - 1] ^= 1
        let counts = try folder.export(talk(framed("block", changed), framed("block", block))).counts
        #expect(counts.blocks == 1 && counts.invalid == 1)
        #expect(try folder.names == [hash(block.prefix(80)) + ".blk"])
        #expect(try folder.read(hash(block.prefix(80)) + ".blk") == block)
    }

    @Test func transactionsOfBlockParts() throws {
        let folder = TemporaryFolder()
        let (one, other) = (transaction(1), transaction(2))
        try folder.export(talk(framed("blocktxn", filler(32) + [2] + one + other), framed("dandeliontx", one)))
        #expect(try folder.names == [hash(one) + ".tx", hash(other) + ".tx"])
    }

    @Test func aFolderThatCannotBeMadeIsAProblem() throws {
        let exporter = ObjectExporter(path: "/dev/null/folder", isHexadecimal: false)
        try feed(talk(framed("tx", transaction(7))), to: exporter)
        #expect(exporter.problem == "cannot export to /dev/null/folder: Not a directory")
        #expect(exporter.counts == ExportCounts())
        let file = ObjectExporter(path: "/dev/null", isHexadecimal: false)
        file.begin()
        #expect(file.problem == "cannot export to /dev/null: Not a directory")
    }

    /// A file system that takes no files, whoever asks.
    @Test func aFolderThatTakesNoFilesIsAProblem() throws {
        let exporter = ObjectExporter(path: "/proc/self", isHexadecimal: false)
        try feed(talk(framed("tx", transaction(7)), framed("tx", transaction(8))), to: exporter)
        #expect(exporter.problem?.hasPrefix("cannot export to /proc/self/\(hash(transaction(7))).tx: ") == true)
        #expect(exporter.counts == ExportCounts())
    }

    /// The limit of a file's size stands in for a full disk. In a process of its own, since limits are everybody's.
    @Test func aPartOfAFileIsRemoved() async {
        await #expect(processExitsWith: .success) {
            signal(SIGXFSZ, SIG_IGN)
            let limit = rlimit(rlim_cur: 200, rlim_max: .max)
            try #require(setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), [limit]) == 0)
            let path = NSTemporaryDirectory() + "export-test-" + UUID().uuidString
            guard var folder = ObjectFolder.open(path) else { exit(1) }
            defer { try? FileManager.default.removeItem(atPath: path) }
            let bytes = [UInt8](repeating: 7, count: 300)
            let fewer = Array(bytes.prefix(200))
            guard case .failed(EFBIG) = folder.add("large", bytes.span.bytes) else { exit(2) }
            guard case .added = folder.add("small", fewer.span.bytes) else { exit(3) }
            #expect(try FileManager.default.contentsOfDirectory(atPath: path) == ["small"])
        }
    }
}
