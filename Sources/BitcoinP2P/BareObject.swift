import Fields

/// What comes without the header of a message, as Bitcoin Core's RPC prints it.
public enum BareObject: Sendable, Equatable {
    case transaction, block, blockHeader

    /// How many bytes a block header has.
    public static let headerLength = BlockHeader.byteCount

    /// The message that has it as its payload.
    public var command: Command {
        switch self {
        case .transaction: Command("tx")
        case .block, .blockHeader: Command("block")
        }
    }

    /// With its article.
    public var name: String {
        switch self {
        case .transaction: "a transaction"
        case .block: "a block"
        case .blockHeader: "a block header"
        }
    }

    /// What the bytes are: all of them, and each field in its place; nil where they are none of these.
    public init?(_ bytes: RawSpan, network: Network) {
        let transaction = Transaction.standard
        if Self.isComplete(
            bytes, Command("tx"), network, having: [transaction.inputCount, transaction.outputCount])
        {
            self = .transaction
        } else if bytes.byteCount == BlockHeader.byteCount {
            self = .blockHeader
        } else if bytes.byteCount > BlockHeader.byteCount,
            Self.isComplete(bytes, Command("block"), network, having: [MessageFields.standard.blockCount])
        {
            self = .block
        } else {
            return nil
        }
    }

    /// Whether these are a block header by which work was done: its hash is no greater than the target that it names, and
    /// that target no easier than the easiest of all networks.
    public static func provesWork(_ header: RawSpan) -> Bool {
        guard header.byteCount == BlockHeader.byteCount else { return false }
        let bits = header.unsafeLoadUnaligned(fromUncheckedByteOffset: BlockHeader.bitsOffset, as: UInt32.self)
        let easiest = Network.known.compactMap { $0.easiestTarget?.value }.max()
        let asked = ProofOfWork.Asked(bits: UInt32(littleEndian: bits), easiest: easiest)
        return asked?.isMet(by: DoubleSHA256.hash(header)) == true
    }

    /// - Parameter counts: These must not be zero.
    private static func isComplete(
        _ bytes: RawSpan, _ command: Command, _ network: Network, having counts: [Field]
    ) -> Bool {
        guard let values = MessageTypes.standard[command]?.completePayload(bytes, network: network, picking: counts)
        else {
            return false
        }
        return counts.allSatisfy { field in values.contains { $0.fieldID == field.id && $0.value > 0 } }
    }
}

extension MessageType {
    /// Whether the bytes are one payload of this type: every field is there, none is malformed, nothing comes after them.
    public func isComplete(_ payload: RawSpan, network: Network) -> Bool {
        completePayload(payload, network: network, picking: []) != nil
    }

    /// The nodes of some fields of what is a complete payload; nil of anything else.
    func completePayload(_ payload: RawSpan, network: Network, picking fields: [Field]) -> ContiguousArray<Node>? {
        var sink = PickSink(TreeSink(wantsInfo: false), wanted: FieldSet(fields + [trailingData]))
        let outcome = pick(payload, from: 0, MessageContext(network: network, time: 0), into: &sink)
        let isMalformed = sink.isMalformed
        let nodes = sink.finish().tree.nodes
        guard outcome == .complete, !isMalformed, !nodes.contains(where: { $0.fieldID == trailingData.id }) else {
            return nil
        }
        return nodes
    }
}
