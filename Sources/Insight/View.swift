import Records

/// What is known when questions are answered: at the end, or in the middle of a live capture.
public struct View {
    let capture: CaptureFacts
    /// Of packets; else the messages came without.
    let hasPackets: Bool
    let messages: MessageCounts
    /// Those of Bitcoin's, by number.
    let connections: [ConnectionView]
    /// Those with facts that are none of Bitcoin's.
    let otherConnections: [ConnectionView]
    let node: Node?
    /// From when on figures are partial, in nanoseconds since the first frame; nil: they are whole.
    let completeUntil: Int64?
    let relay: RelayFigures
    let blocks: BlockBook
    /// What has no row.
    let others: (messages: UInt64, bytes: UInt64)
    /// Of what is put together for an answer, and gone after it.
    let budget: SampleBudget

    var decimals: Int { capture.timeDecimals }
}
