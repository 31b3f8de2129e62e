import BitcoinP2P
import Fields

import enum Insight.RequestKind

/// Reads what few messages say that conversations remember: the values of some declared fields, without a tree.
struct StatementReader: ~Copyable {
    private enum Subject {
        case version
        case filterRequest(type: Field)
        case block(hash: Field, count: Field)
        case missing
        case inventory(type: Field)
    }

    private struct Entry {
        let command: Command
        let subject: Subject
        let type: MessageType
        let wanted: FieldSet
    }

    private static let fields = MessageTypes.standard.fields
    private var tree = Tree()

    /// Header and count of a `block` are within its first bytes: the transactions are not read.
    private static let beginningOfBlock = 96
    private static let block = Command("block")

    /// So few are found sooner than hashed.
    private static let entries: [Entry] = {
        let rows: [(Command, Subject, [Field])] = [
            (
                Command("version"), .version,
                [fields.version, fields.services, fields.userAgent, fields.versionNonce, fields.relay]
            ),
            (
                Command("cmpctblock"), .block(hash: fields.compactBlockHash, count: fields.compactBlockCount),
                [fields.compactBlockHash, fields.compactBlockCount]
            ),
            (
                Self.block, .block(hash: fields.blockHash, count: fields.blockCount),
                [fields.blockHash, fields.blockCount]
            ),
            (Command("inv"), .inventory(type: fields.announced.type), [fields.announced.type]),
            (Command("getdata"), .inventory(type: fields.wanted.type), [fields.wanted.type]),
            (Command("getblocktxn"), .missing, [fields.missingOfBlock, fields.missingPosition]),
            (Command("getcfilters"), .filterRequest(type: fields.getCFilters.type), [fields.getCFilters.type]),
            (Command("getcfheaders"), .filterRequest(type: fields.getCFHeaders.type), [fields.getCFHeaders.type]),
            (Command("getcfcheckpt"), .filterRequest(type: fields.getCFCheckpt.type), [fields.getCFCheckpt.type]),
        ]
        return rows.compactMap { command, subject, wanted in
            MessageTypes.standard[command].map {
                Entry(command: command, subject: subject, type: $0, wanted: FieldSet(wanted))
            }
        }
    }()

    /// What a message says; nil for most messages, and where the bytes that say it are not there.
    ///
    /// - Parameters:
    ///   - bytes: The message's, as far as they were captured.
    ///   - inventories: Those are read, too.
    mutating func read(_ header: MessageHeader, _ bytes: RawSpan, inventories: Bool = false) -> Statement? {
        guard let entry = Self.entries.first(where: { $0.command == header.command }) else { return nil }
        if case .inventory = entry.subject, !inventories { return nil }
        var bytes = bytes
        if header.command == Self.block { bytes = bytes.extracting(first: header.byteCount + Self.beginningOfBlock) }
        let outcome = pick(entry, bytes, header)
        switch entry.subject {
        case .version:
            var claims = claims(bytes)
            claims.isComplete = outcome == .complete
            return .claims(claims)
        case .filterRequest(let type): return first(type).map { .filterRequest(type: $0.value) }
        case .block(let hash, let count):
            guard let name = name(hash, bytes), let count = first(count) else { return nil }
            return .block(name, transactions: count.value)
        case .inventory(let type):
            let isOfTransaction = tree.nodes.contains {
                $0.field == type && !$0.flags.contains(.truncated) && RequestKind(inventoryType: $0.value) == .tx
            }
            return isOfTransaction ? .transactions : nil
        case .missing:
            // Each place is after the one before.
            let last = tree.nodes.last { $0.field == Self.fields.missingPosition }
            guard let name = name(Self.fields.missingOfBlock, bytes), let last else { return nil }
            return .missing(name, last: last.value)
        }
    }

    private mutating func pick(_ entry: Entry, _ bytes: RawSpan, _ header: MessageHeader) -> Outcome {
        var kept = Tree()
        swap(&kept, &tree)
        kept.removeAll()
        var pick = PickSink(TreeSink(kept, wantsInfo: false), wanted: entry.wanted)
        let context = MessageContext(network: header.network, time: 0)
        let outcome = entry.type.pick(bytes, from: header.byteCount, context, into: &pick)
        let sink = pick.finish()
        tree = sink.tree
        return outcome
    }

    /// The first value of a field, if all its bytes were there.
    private func first(_ field: Field) -> Node? {
        tree.nodes.first { $0.field == field && !$0.flags.contains(.truncated) }
    }

    private func name(_ field: Field, _ bytes: RawSpan) -> Hash256? {
        first(field).flatMap { Hash256(tree.bytes(of: $0, in: bytes), at: 0) }
    }

    private func claims(_ bytes: RawSpan) -> Conduct.Claims {
        var claims = Conduct.Claims()
        if let version = first(Self.fields.version) { claims.version = version.value }
        if let services = first(Self.fields.services) {
            claims.services = services.value
            claims.hasServices = true
        }
        claims.relays = first(Self.fields.relay).map { $0.value != 0 }
        claims.nonce = first(Self.fields.versionNonce)?.value
        if let agent = first(Self.fields.userAgent) {
            // Receivers accept 256 bytes; every record of the sender repeats them.
            claims.userAgent = tree.bytes(of: agent, in: bytes).withUnsafeBytes { Array($0.prefix(256)) }
        }
        return claims
    }
}
