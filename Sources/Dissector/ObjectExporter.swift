import BitcoinP2P
import Fields
import Glibc
import Output
import Records

/// `--export-objects`: writes the transactions and blocks of the messages to files, raw, as they were sent.
///
/// Taken are whole messages with a good checksum that can be read to their end. A file is named by the txid or the
/// block's hash, `<txid>.tx` or `<hash>.blk`. The same txid may come with other witnesses, and a block with or without
/// its witnesses: where a name is taken by other bytes, the double SHA-256 of the bytes (of a transaction: the wtxid)
/// follows after a hyphen. Nothing that is in the folder already is ever changed. What is whole but not valid is counted.
///
/// A compact block all of whose transactions came before, with it or after it is put together again and written, too, as
/// `<hash>.rebuilt.blk`; not where the block was sent and written before.
public final class ObjectExporter: RecordSink {
    private let path: String
    private let isHexadecimal: Bool
    private var folder: ObjectFolder?
    /// What has been exported, or found to be there, by the hash of all its bytes.
    private var known: Set<ObjectName> = []
    private let knownLimit: Int
    /// Blocks that were put together, by the hash of all their bytes; those that come whole are exported all the same.
    private var rebuilt: Set<ObjectName> = []
    private static let mostRebuilt = 10_000
    private let fields = MessageTypes.standard.fields
    private var text = TextBuffer()
    private var rebuilder = BlockRebuilder()
    private static let block = Command("block")
    private static let tx = Command("tx")
    private static let compactBlock = Command("cmpctblock")
    private static let blockTransactions = Command("blocktxn")

    public private(set) var counts = ExportCounts()
    /// Why exporting has stopped: what failed, and the system's reason. Files that were complete by then stay.
    public private(set) var problem: String?

    /// - Parameters:
    ///   - path: The folder; made, if it is not there, when the writer begins.
    ///   - isHexadecimal: Files hold one line of hexadecimal digits, and their names end in `.hex`.
    public convenience init(path: String, isHexadecimal: Bool) {
        self.init(path: path, isHexadecimal: isHexadecimal, knownLimit: 1 << 20)
    }

    /// - Parameter knownLimit: Duplicates of later objects are found by reading their files.
    init(path: String, isHexadecimal: Bool, knownLimit: Int) {
        self.path = path
        self.isHexadecimal = isHexadecimal
        self.knownLimit = knownLimit
    }

    public var wants: Wants {
        Wants(
            .fields,
            fields: rebuilder.wanted.union([
                fields.transaction, fields.txid, fields.wtxid, fields.transactionSize, fields.block, fields.blockHash,
                fields.blockSize,
            ]), remarks: fields.blockRefutations)
    }

    public func begin() {
        folder = ObjectFolder.open(path)
        if folder == nil { fail(path, errno) }
    }

    /// Closes the folder.
    public func end() { folder = nil }

    public func write(_ record: borrowing Record, _ bytes: RawSpan) {
        guard folder != nil, record.ending == .complete else { return }
        guard record.faults.isEmpty else {
            counts.invalid &+= count(record)
            return
        }
        rebuilder.earn(bytes.byteCount)
        if record.command == Self.block {
            exportBlock(record.tree, bytes)
            return
        }
        exportTransactions(record.tree, bytes, areSent: record.command == Self.tx)
        if record.command == Self.compactBlock {
            exportRebuilt(rebuilder.receive(record.tree, bytes, stream: record.stream))
        } else if record.command == Self.blockTransactions {
            exportRebuilt(rebuilder.fill(record.tree, bytes, stream: record.stream))
        }
    }

    private func exportRebuilt(_ block: [UInt8]?) {
        guard let block, folder != nil else { return }
        let header = block.span.bytes.extracting(first: 80)
        let whole = ObjectName(DoubleSHA256.hash(block.span.bytes))
        guard !known.contains(whole), rebuilt.insert(whole).inserted else { return }
        if rebuilt.count > Self.mostRebuilt { rebuilt.removeAll() }
        export(ObjectName(DoubleSHA256.hash(header)), whole, ".rebuilt.blk", block.span.bytes, \.rebuilt)
    }

    // MARK: Finding

    private func exportBlock(_ tree: borrowing Tree, _ bytes: RawSpan) {
        // Others than the header commits to are not this block's.
        let refutations = fields.blockRefutations
        for annotation in tree.annotations where refutations.contains(annotation.remark) {
            counts.invalid &+= 1
            return
        }
        var start: Int?
        var name: ObjectName?
        for index in tree.nodes.indices {
            let node = tree.nodes[index]
            switch node.field {
            case fields.block: start = Int(node.start)
            case fields.blockHash: name = ObjectName(tree, node)
            case fields.blockSize:
                guard let start, let name, let object = bytes.part(from: start, count: node.value) else { return }
                let whole = ObjectName(DoubleSHA256.hash(object))
                export(name, whole, ".blk", object, \.blocks)
                return
            default: break
            }
        }
        if tree.isFull { counts.unread &+= 1 }
    }

    /// How many objects a message has, as far as can be seen: a block is one.
    private func count(_ record: borrowing Record) -> UInt64 {
        if record.command == Self.block { return 1 }
        var count: UInt64 = 0
        for node in record.tree.nodes where node.field == fields.transaction { count &+= 1 }
        return count
    }

    /// - Parameter areSent: By themselves, so that compact blocks may have short ids of them.
    private func exportTransactions(_ tree: borrowing Tree, _ bytes: RawSpan, areSent: Bool) {
        var index = 0
        while index < tree.nodes.count {
            let node = tree.nodes[index]
            guard node.field == fields.transaction else {
                index += 1
                continue
            }
            exportTransaction(index, tree, bytes, isSent: areSent)
            index = max(index + 1, Int(node.end))
        }
    }

    private func exportTransaction(_ group: Int, _ tree: borrowing Tree, _ bytes: RawSpan, isSent: Bool) {
        var txid: ObjectName?
        var wtxid: ObjectName?
        var size: UInt64 = 0
        var child = group + 1
        while child < Int(tree.nodes[group].end), child < tree.nodes.count {
            let node = tree.nodes[child]
            switch node.field {
            case fields.txid: txid = ObjectName(tree, node)
            case fields.wtxid: wtxid = ObjectName(tree, node)
            case fields.transactionSize: size = node.value
            default: break
            }
            child = max(child + 1, Int(node.end))
        }
        guard let txid, let wtxid, let object = bytes.part(from: Int(tree.nodes[group].start), count: size) else {
            if tree.isFull { counts.unread &+= 1 }
            return
        }
        if isSent { rebuilder.see(txid.hash, wtxid.hash, object) }
        export(txid, wtxid, ".tx", object, \.transactions)
    }

    // MARK: Writing

    /// - Parameter whole: The hash of all the bytes.
    private func export(
        _ name: ObjectName, _ whole: ObjectName, _ suffix: String, _ object: RawSpan,
        _ count: WritableKeyPath<ExportCounts, UInt64>
    ) {
        if count != \.rebuilt, known.contains(whole) {
            counts.duplicates &+= 1
            return
        }
        let suffix = isHexadecimal ? suffix + ".hex" : suffix
        var file = name.text + suffix
        var outcome = add(file, object)
        if case .taken = outcome {
            file = "\(name.text)-\(whole.text)\(suffix)"
            outcome = add(file, object)
        }
        switch outcome {
        case .added: counts[keyPath: count] &+= 1
        case .same: counts.duplicates &+= 1
        case .taken: counts.refused &+= 1
        case .failed(let error):
            fail("\(path)/\(file)", error)
            return
        }
        if count != \.rebuilt, known.count < knownLimit { known.insert(whole) }
    }

    private func add(_ file: String, _ object: RawSpan) -> ObjectFolder.Outcome {
        guard isHexadecimal else { return folder?.add(file, object) ?? .taken }
        text.removeAll()
        text.append(hexadecimal: object)
        text.append("\n")
        let digits = text
        return folder?.add(file, digits.bytes.span.bytes) ?? .taken
    }

    private func fail(_ place: String, _ error: Int32) {
        problem = "cannot export to \(place): \(String(cString: strerror(error)))"
        folder = nil
    }
}

/// How many objects were exported.
public struct ExportCounts: Sendable, Equatable {
    public var transactions: UInt64 = 0
    public var blocks: UInt64 = 0
    /// Blocks put together from compact ones.
    public var rebuilt: UInt64 = 0
    /// Sent again, or in the folder already.
    public var duplicates: UInt64 = 0
    /// Not written, since both names that they could have had are taken by other files.
    public var refused: UInt64 = 0
    /// Not written, since a checksum or merkle root is wrong, or what they are in cannot be read as it should.
    public var invalid: UInt64 = 0
    /// Not written, since the message has more fields than a tree takes: of each message the object where it ended.
    public var unread: UInt64 = 0

    public init() {}

    /// `exported 8 transactions, 110 blocks; 3 duplicates`
    public var text: String {
        func plural(_ count: UInt64, _ one: String) -> String { "\(count) \(one)\(count == 1 ? "" : "s")" }
        var text = "exported \(plural(transactions, "transaction")), \(plural(blocks, "block"))"
        if rebuilt > 0 { text += ", \(plural(rebuilt, "block")) rebuilt from compact ones" }
        if duplicates > 0 { text += "; \(plural(duplicates, "duplicate"))" }
        if refused > 0 { text += "; \(refused) not written, since other files have their names" }
        if invalid > 0 { text += "; \(invalid) not valid: checksum, work, merkle root or layout is wrong" }
        if unread > 0 { text += "; \(unread) not written, since they have more fields than are kept" }
        return text
    }
}

/// A hash that distinguishes objects, and names them.
private struct ObjectName: Hashable {
    let hash: Hash256

    init(_ hash: Hash256) { self.hash = hash }

    /// The bytes of a generated node, if they are a hash.
    init?(_ tree: borrowing Tree, _ node: Node) {
        guard node.flags.contains(.generated), let hash = Hash256(tree.generated.span.bytes, at: Int(node.start)) else {
            return nil
        }
        self.init(hash)
    }

    /// 64 hexadecimal digits, in the order in which Bitcoin's tools show them.
    var text: String {
        var text = TextBuffer()
        text.append(reversedHexadecimal: hash.bytes)
        return text.string
    }
}

extension RawSpan {
    /// `count` bytes from `start`, or nil where there are fewer, or none were asked for.
    @_lifetime(copy self)
    fileprivate func part(from start: Int, count: UInt64) -> RawSpan? {
        guard start >= 0, start < byteCount, count > 0, count <= UInt64(byteCount - start) else { return nil }
        return extracting(start..<start + Int(count))
    }
}
