import Layers
import Reassembly

/// From which addresses the newest `version` messages came, by their nonces: a node that receives a nonce of its own has
/// connected to itself.
struct SentNonces {
    private struct Key: Hashable {
        let nonce: UInt64
        let address: IPAddress
    }

    private struct Nothing {}

    private var nonces: RecentTable<Key, Nothing>

    init(limit: Int) { nonces = RecentTable(limit: limit) }

    var count: Int { nonces.count }

    /// Notes the nonce of a `version`; answers whether one with the same nonce came from the receiver's address before.
    ///
    /// Nodes of one address cannot be told from each other, so it is not said of a connection from an address to itself.
    mutating func receive(_ nonce: UInt64, from sender: StreamSender) -> Bool {
        guard let source = sender.ends?.source?.address, let destination = sender.ends?.destination?.address,
            source != destination
        else { return false }
        defer { nonces.set(Nothing(), for: Key(nonce: nonce, address: source)) }
        return nonces[Key(nonce: nonce, address: destination)] != nil
    }
}
