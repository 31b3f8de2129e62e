import Output
import Reassembly
import Records

@testable import BitcoinP2P
@testable import Insight

/// Messages of made-up connections between a node, `9.9.9.9:8333`, and peers, `1.1.1.N:1000`, which open them: what the
/// questions `blocks` and `cmpctblock` answer. Each message comes in the next frame, a millisecond after the one before.
struct BlockChat: ~Copyable {
    /// Who sends a message of a connection.
    enum Sender {
        case peer(UInt64)
        case node(UInt64)

        var connection: UInt64 {
            switch self {
            case .peer(let number), .node(let number): number
            }
        }
        var side: Direction { if case .peer = self { .forward } else { .backward } }
    }

    private var relations: Relations
    private(set) var frame: UInt64 = 0
    private let node: Insight.Node?
    /// Connections of which both sides have spoken: each says `verack` before all else.
    private var begun: Set<UInt64> = []

    init(isNodeKnown: Bool = true, limits: BlockBook.Limits = BlockBook.Limits(), tellsEarlier: Bool = false) {
        relations = Relations([.requests, .blocks], SampleBudget(), blocks: limits)
        if tellsEarlier { relations.tellEarlier() }
        node = isNodeKnown ? Insight.Node(["9.9.9.9"], .option) : nil
    }

    static func end(_ peer: UInt64) -> String { "1.1.1.\(peer):1000" }

    @discardableResult
    mutating func say(
        _ sender: Sender, _ command: StaticString, _ payload: [UInt8] = [], sharesFrame: Bool = false
    ) -> Earlier {
        if begun.insert(sender.connection).inserted {
            for side in [Sender.peer(sender.connection), .node(sender.connection)] { receive(side, "verack", [], 0) }
        }
        if !sharesFrame { frame += 1 }
        receive(sender, command, payload, frame)
        return relations.earlier
    }

    private mutating func receive(_ sender: Sender, _ command: StaticString, _ payload: [UInt8], _ frame: UInt64) {
        let origin = Origin(frame: frame, time: Int64(frame) * 1_000_000)
        let fact = MessageFact(
            connection: sender.connection, side: sender.side, role: sender.side == .forward ? .initiator : .responder,
            command: Command(command), first: origin, complete: origin, isReordered: false,
            length: 24 + payload.count, captured: SideFacts.Share(bytes: UInt64(24 + payload.count), overhead: 0),
            isCut: false, status: .good, transport: .v1, network: nil)
        let ends = (Array(Self.end(sender.connection).utf8), Array("9.9.9.9:8333".utf8))
        relations.receive(fact, payload.span.bytes, from: 0) {
            sender.side == .forward ? ends : (ends.1, ends.0)
        }
    }

    /// Bytes of a sender are missing, and nothing comes after them.
    mutating func lose(_ sender: Sender) { relations.loseBytes(of: sender.side, sender.connection) }

    /// What is known, as if the capture ended now.
    var view: View {
        var capture = CaptureFacts()
        capture.start = 0
        let connections = relations.states.states.enumerated().map { place, state in
            ConnectionView(
                facts: nil, state: state, number: state.number, place: Int32(place), ends: state.ends,
                nodeSide: node?.side(End(state.ends.forward), End(state.ends.backward)), trails: nil, late: ([], []))
        }
        return View(
            capture: capture, hasPackets: false, messages: MessageCounts(), violations: relations.violations,
            connections: connections.sorted { $0.number < $1.number }, otherConnections: [], node: node,
            losses: relations.losses, relay: RelayFigures(), blocks: relations.blocks, others: (0, 0),
            budget: SampleBudget())
    }

    var completeUntil: Int64? { view.losses(of: BlocksQuestion.sensitivity).completeUntil }
    var announced: [BlocksQuestion.Announced] {
        BlocksQuestion(view).rows.compactMap { if case .block(let announced) = $0 { announced } else { nil } }
    }
    var sync: [BlocksQuestion.Sync] {
        BlocksQuestion(view).rows.compactMap { if case .sync(let sync) = $0 { sync } else { nil } }
    }
    var compacts: [CompactBlocksQuestion.Compact] {
        CompactBlocksQuestion(view).rows.compactMap { if case .block(let compact) = $0 { compact } else { nil } }
    }
    var results: [String] { compacts.map { "\($0.result.name)" } }
    /// How the first block of a row came.
    var path: String? { announced.first?.body.map { "\($0.path.name)" } }
    /// The first frame, and how and by whom it was announced.
    var firsts: [String] {
        announced.map { "\($0.first.announced.frame) \($0.form.name) \(String(decoding: $0.firstBy, as: UTF8.self))" }
    }
}

extension Made {
    /// A block of a header that names it, with one transaction.
    static func block(_ nonce: UInt32) -> [UInt8] { blockHeader(nonce) + [1] + transaction(nonce) }

    static func blockHeader(_ nonce: UInt32) -> [UInt8] { header(on: hash(1), nonce) }
    static func blockName(_ nonce: UInt32) -> [UInt8] { name(blockHeader(nonce)) }

    static func inv(_ nonces: UInt32...) -> [UInt8] {
        [UInt8(nonces.count)] + nonces.flatMap { number(UInt32(2)) + blockName($0) }
    }
    static func getdata(_ type: UInt32, _ nonce: UInt32) -> [UInt8] { inventory((type, blockName(nonce))) }
    static func getblocktxn(_ nonce: UInt32, _ indexes: [UInt8] = [0]) -> [UInt8] {
        blockName(nonce) + [UInt8(indexes.count)] + indexes
    }
    static func blocktxn(_ nonce: UInt32, _ transactions: [UInt8]...) -> [UInt8] {
        blockName(nonce) + [UInt8(transactions.count)] + transactions.flatMap(\.self)
    }

    /// The short id of a transaction in the compact block of a header, with the nonce 0.
    static func shortID(_ nonce: UInt32, _ transaction: [UInt8], byTxid txid: [UInt8]? = nil) -> UInt64 {
        let start = blockHeader(nonce) + number(UInt64(0))
        let key = ShortIDKey(start.span.bytes)
        let name = txid ?? name(transaction)
        let hash = Hash256(name.span.bytes, at: 0)
        return hash.map { key.shortID($0) } ?? 0
    }

    /// A compact block with a coinbase and short ids.
    static func compact(_ nonce: UInt32, _ ids: UInt64...) -> [UInt8] {
        var bytes = blockHeader(nonce) + number(UInt64(0)) + [UInt8(ids.count)]
        for id in ids { bytes += number(id).prefix(6) }
        return bytes + [1, 0] + transaction(nonce)
    }
}
