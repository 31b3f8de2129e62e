import BitcoinP2P
import Fields
import Reassembly
import Records

@testable import Insight

/// Messages of made-up connections, given to ``Relations`` one after another. Each comes in the next frame, a millisecond
/// after the one before, unless said otherwise.
struct Chat: ~Copyable {
    private(set) var relations: Relations
    private(set) var frame: UInt64 = 0
    var time: Int64 = 0

    static let millisecond: Int64 = 1_000_000
    static let second: Int64 = 1_000_000_000

    init(
        _ scope: Relations.Scope = [.pings, .requests], limits: Requests.Limits = Requests.Limits(),
        announcements: TransactionGeneration.Limits = TransactionGeneration.Limits()
    ) {
        relations = Relations(scope, SampleBudget(), limits: limits, announcements: announcements)
        relations.tellEarlier()
    }

    /// Each connection is that of another peer with the same node, which is the backward side.
    static func ends(of connection: UInt64) -> (forward: [UInt8], backward: [UInt8]) {
        (Array("10.0.0.\(connection):8333".utf8), Array("10.1.0.1:8333".utf8))
    }

    static let node = Node(["10.1.0.1"], .option)

    /// - Parameters:
    ///   - first: The frame that brought its first byte; the message's own where nil.
    ///   - sharesFrame: It comes in the same frame as the message before.
    @discardableResult
    mutating func say(
        _ side: Direction, _ command: StaticString, _ payload: [UInt8] = [], of connection: UInt64 = 0,
        first: UInt64? = nil, sharesFrame: Bool = false, isReordered: Bool = false, isCut: Bool = false,
        status: ChecksumStatus = .good
    ) -> [Related] {
        if !sharesFrame { step() }
        let origin = Origin(frame: frame, time: time)
        let begin = first.map { Origin(frame: $0, time: time - Int64(frame - $0) * Self.millisecond) } ?? origin
        let fact = MessageFact(
            connection: connection, side: side, role: side == .forward ? .initiator : .responder,
            command: Command(command), first: begin, complete: origin, isReordered: isReordered,
            length: 24 + payload.count, captured: SideFacts.Share(bytes: UInt64(24 + payload.count), overhead: 0),
            isCut: isCut, status: status, transport: .v1, network: nil)
        let ends = Self.ends(of: connection)
        relations.receive(fact, payload.span.bytes, from: 0) {
            side == .forward ? (ends.forward, ends.backward) : (ends.backward, ends.forward)
        }
        return Array(relations.requests.related)
    }

    private mutating func step() {
        frame += 1
        time += Self.millisecond
    }

    /// Bytes of a side are missing; the next frame brings the first one after them.
    mutating func lose(_ side: Direction, of connection: UInt64 = 0) {
        relations.loseBytes(of: side, connection)
        step()
        relations.resume(side, connection, at: Origin(frame: frame, time: time))
    }

    /// Bytes of a side are missing, and nothing comes after them.
    mutating func loseEnd(_ side: Direction, of connection: UInt64 = 0) {
        relations.loseBytes(of: side, connection)
    }

    mutating func close(_ side: Direction) { relations.close(side, 0, at: time) }

    mutating func close(_ connection: UInt64 = 0) {
        relations.close(.forward, connection, at: time)
        relations.close(.backward, connection, at: time)
    }

    /// What became of the requests of a side, as if the capture ended now.
    func tally(_ kind: RequestKind, of side: Direction = .forward, connection: UInt64 = 0) -> Counted {
        guard let place = relations.states.place(of: connection) else { return Counted() }
        let state = relations.states[place]
        let late = relations.requests.late(of: side, in: state, at: time)
        guard var tally = state[side].tally(kind) else { return Counted() }
        for late in late where late.kind == kind { tally.add(late) }
        return Counted(
            requests: tally.requests, answered: tally.answered, notFound: tally.notFound, unanswered: tally.unanswered,
            unclear: tally.unclear, open: tally.open)
    }
}

/// How requests ended.
struct Counted: Equatable {
    var requests: UInt64 = 0
    var answered: UInt64 = 0
    var notFound: UInt64 = 0
    var unanswered: UInt64 = 0
    var unclear: UInt64 = 0
    var open: UInt64 = 0
}

/// Payloads.
enum Made {
    static func number(_ value: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }

    static func hash(_ number: UInt8) -> [UInt8] { [UInt8](repeating: number, count: 32) }

    /// Entries of an inventory: at most 252.
    static func inventory(_ entries: (type: UInt32, hash: [UInt8])...) -> [UInt8] {
        [UInt8(entries.count)] + entries.flatMap { number($0.type) + $0.hash }
    }

    static func getheaders(_ locator: [[UInt8]], stop: [UInt8] = hash(0)) -> [UInt8] {
        number(UInt32(70_016)) + [UInt8(locator.count)] + locator.flatMap(\.self) + stop
    }

    /// 80 bytes that build on a block.
    static func header(on parent: [UInt8], _ nonce: UInt32 = 0) -> [UInt8] {
        let end: [UInt8] = number(UInt32(0)) + number(UInt32(0)) + number(nonce)
        return number(UInt32(1)) + parent + hash(9) + end
    }

    static func headers(_ headers: [UInt8]...) -> [UInt8] { [UInt8(headers.count)] + headers.flatMap { $0 + [0] } }

    /// Of a header, or of a transaction without a witness.
    static func name(_ bytes: [UInt8]) -> [UInt8] {
        let digest = DoubleSHA256.hash(bytes.span.bytes)
        return withUnsafeBytes(of: digest) { Array($0.prefix(32)) }
    }

    /// A transaction with an input and an output.
    static func transaction(_ lock: UInt32, witness: Bool = false) -> [UInt8] {
        var bytes = number(UInt32(2))
        if witness { bytes += [0, 1] }
        bytes += [1] + hash(3)
        bytes += number(UInt32(0)) + [0] + number(UInt32.max)
        bytes += [1] + number(UInt64(5)) + [1, 0x51]
        if witness { bytes += [1, 1, 7] }
        return bytes + number(lock)
    }

    static func block(_ header: [UInt8]) -> [UInt8] { header + [0] }
    static func compactBlock(_ header: [UInt8]) -> [UInt8] { header + number(UInt64(0)) + [0, 0] }
    static func merkleBlock(_ header: [UInt8]) -> [UInt8] {
        let proof: [UInt8] = [1] + hash(5) + [1, 1]
        return header + number(UInt32(1)) + proof
    }
    /// `getblocktxn` or `blocktxn` without any transaction.
    static func parts(_ hash: [UInt8]) -> [UInt8] { hash + [0] }

    static func getfilters(_ type: UInt8 = 0, stop: [UInt8]) -> [UInt8] { [type] + number(UInt32(0)) + stop }
    static func filter(_ type: UInt8 = 0, _ hash: [UInt8]) -> [UInt8] { [type] + hash + [1, 0] }
    static func filterHeaders(_ type: UInt8 = 0, _ stop: [UInt8]) -> [UInt8] { [type] + stop + hash(1) + [0] }
    static func checkpoints(_ type: UInt8 = 0, _ stop: [UInt8]) -> [UInt8] { [type] + stop + [0] }

    /// Addresses of `addr`.
    static func addresses(_ count: UInt8) -> [UInt8] {
        [count] + (0..<count).flatMap { _ in [UInt8](repeating: 1, count: 30) }
    }
}
