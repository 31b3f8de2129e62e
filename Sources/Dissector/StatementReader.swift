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
    private var picker = FieldPicker()

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
        let outcome = picker.read(
            entry.type, bytes, from: header.byteCount, MessageContext(network: header.network, time: 0),
            wanted: entry.wanted)
        switch entry.subject {
        case .version:
            var claims = claims(bytes)
            claims.isComplete = outcome == .complete
            return .claims(claims)
        case .filterRequest(let type): return picker.value(type).map { .filterRequest(type: $0) }
        case .block(let hash, let count):
            guard let name = picker.hash(hash, in: bytes), let count = picker.value(count) else { return nil }
            return .block(name, transactions: count)
        case .inventory(let type):
            let isOfTransaction = picker.contains(type) { RequestKind(inventoryType: $0) == .tx }
            return isOfTransaction ? .transactions : nil
        case .missing:
            // Each place is after the one before.
            let last = picker.tree.nodes.last { $0.field == Self.fields.missingPosition }
            guard let name = picker.hash(Self.fields.missingOfBlock, in: bytes), let last else { return nil }
            return .missing(name, last: last.value)
        }
    }

    private func claims(_ bytes: RawSpan) -> Conduct.Claims {
        var claims = Conduct.Claims()
        let fields = Self.fields
        if let version = picker.value(fields.version) { claims.version = version }
        if let services = picker.value(fields.services) {
            claims.services = services
            claims.hasServices = true
        }
        claims.relays = picker.value(fields.relay).map { $0 != 0 }
        claims.nonce = picker.value(fields.versionNonce)
        // Receivers accept 256 bytes; every record of the sender repeats them.
        if let agent = picker.bytes(fields.userAgent, in: bytes, atMost: 256) { claims.userAgent = agent }
        return claims
    }
}
