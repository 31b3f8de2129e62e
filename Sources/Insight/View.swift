import Records

/// What is known when questions are answered: at the end, or in the middle of a live capture.
public struct View {
    let capture: CaptureFacts
    /// Of packets; else the messages came without.
    let hasPackets: Bool
    let messages: MessageCounts
    let violations: Violations
    /// Those of Bitcoin's, by number.
    private(set) var connections: [ConnectionView]
    /// Those with facts that are none of Bitcoin's.
    let otherConnections: [ConnectionView]
    private(set) var node: Node?
    /// What was dropped, and since when: each makes the figures of some questions partial.
    package let losses: [Loss]
    let relay: RelayFigures
    let blocks: BlockBook
    /// What has no row.
    let others: (messages: UInt64, bytes: UInt64)
    /// Of what is put together for an answer, and gone after it.
    let budget: SampleBudget

    /// The same where nobody knows the node: directions go by who opened a connection.
    package var withoutNode: View {
        var view = self
        view.node = nil
        for index in view.connections.indices { view.connections[index].nodeSide = nil }
        return view
    }

    /// The connection of that number, if it is among ``connections``.
    func connection(_ number: UInt64) -> ConnectionView? {
        var (low, high) = (0, connections.count)
        while low < high {
            let middle = (low + high) / 2
            if connections[middle].number < number { low = middle + 1 } else { high = middle }
        }
        return low < connections.count && connections[low].number == number ? connections[low] : nil
    }

    /// Whether nothing of a connection is missing: both sides were captured from the SYN on, to the
    /// end.
    func isWhole(_ connection: ConnectionView) -> Bool {
        guard let state = connection.state, !state.lacksBytes, !state.isOpaque else { return false }
        // Without packets nobody knows how it began.
        guard let facts = connection.facts else { return false }
        return facts.isFromSYN && !facts.isOneDirection && !facts.forward.lacksEnd && !facts.backward.lacksEnd
    }

    var decimals: Int { capture.timeDecimals }

    /// Under tables that depend on which side is the node.
    var nodeNotes: [String] {
        node == nil ? ["It is not known which side is the node: name it with --node."] : []
    }
}
