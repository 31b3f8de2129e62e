import BitcoinP2P
import Fields
import Reassembly

/// Which messages are shown where somebody looks for an identifier: asked before the display filter, since most messages
/// have no trace of it.
struct RecordSearch: ~Copyable {
    private var search: MessageSearch

    /// - Parameter others: Other names that are known of it, and where those are noted that messages tell.
    init(_ identifier: Identifier, _ others: OtherNames?) { search = MessageSearch(identifier, others) }

    /// Where the message taken last has it.
    var places: Places { search.places }

    /// Takes the next message, whose checksum was verified; answers whether it has the identifier.
    ///
    /// - Parameter bytes: The message's, as far as they were captured.
    mutating func finds(in finding: borrowing Finding, _ bytes: RawSpan) -> Bool {
        let message = finding.message
        let context = MessageContext(
            network: message.header.network, time: finding.origin.time, payloadHash: message.payloadHash)
        return search.finds(
            in: message.header.command, bytes, from: message.header.byteCount, context,
            isSound: message.status != .bad)
    }
}
