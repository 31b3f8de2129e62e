import Reassembly
import Testing

let clientEnd = Endpoint(ipv4: 0x0a00_0001, port: 50_000)
let serverEnd = Endpoint(ipv4: 0x0a00_0002, port: 8333)
let second: Int64 = 1_000_000_000
let unknownStart = StreamAssembler.offsetWithoutStart

/// An assembler with a recorder, for tests that speak in segments.
struct Harness: ~Copyable {
    private struct Side: Hashable {
        var client: Endpoint
        var direction: Direction
    }

    var assembler: StreamAssembler
    var sink = Recorder()
    var frame: UInt64 = 0
    var time: Int64 = 1_700_000_000 * second
    /// What a side acknowledges where a test does not say it.
    private var acknowledged: [Side: UInt32] = [:]

    init(_ change: (inout Limits) -> Void = { _ in }) {
        var limits = Limits()
        change(&limits)
        assembler = StreamAssembler(limits: limits)
    }

    /// Sends a segment. It has an ACK flag, unless it is a SYN or RST without `ack`, or `isBare`.
    ///
    /// - Parameters:
    ///   - ack: Else what its side acknowledged last, the number behind the other side's last SYN, 5000 forward or 1000
    ///     backward.
    ///   - change: Of the segment before it is sent.
    @discardableResult
    mutating func send(
        _ direction: Direction = .forward, _ sequence: UInt32, _ payload: [UInt8] = [], ack: UInt32? = nil,
        flags: Segment.Flags = [], isBare: Bool = false, wire: Int? = nil, client: Endpoint = clientEnd,
        after step: Int64 = 0, _ change: (inout Segment) -> Void = { _ in }
    ) -> StreamID {
        frame += 1
        time &+= step
        let side = Side(client: client, direction: direction)
        if let ack { acknowledged[side] = ack }
        if flags.contains(.syn) {
            acknowledged[Side(client: client, direction: direction.opposite)] = sequence &+ 1
        }
        let isAlone = ack == nil && !flags.isDisjoint(with: [.syn, .rst]) || isBare
        var segment = Segment(
            sequence: sequence,
            acknowledgement: isAlone ? 0 : acknowledged[side] ?? (direction == .forward ? 5000 : 1000),
            flags: isAlone ? flags : flags.union(.ack), wireLength: wire ?? payload.count)
        change(&segment)
        let (from, to) = direction == .forward ? (client, serverEnd) : (serverEnd, client)
        return assembler.receive(
            segment, payload.span.bytes, from: from, to: to, origin: Origin(frame: frame, time: time), into: &sink)
    }

    /// SYN with number 999 and its answer 4999, so that the first bytes have numbers 1000 and 5000.
    mutating func handshake(client: Endpoint = clientEnd, _ change: (inout Segment) -> Void = { _ in }) {
        send(.forward, 999, flags: .syn, client: client, change)
        send(.backward, 4999, ack: 1000, flags: .syn, client: client, change)
        send(.forward, 1000, ack: 5000, client: client, change)
    }

    /// Nothing comes for so many nanoseconds. A step moves the clock by a second at most.
    mutating func pass(_ step: Int64) {
        var left = step
        while left > 0 {
            time += min(left, second)
            left -= second
            assembler.pass(to: time, into: &sink)
        }
    }

    mutating func finish() {
        assembler.finish(into: &sink)
    }

    /// Ends the input, and checks the law of bytes and the sink's contract.
    mutating func finishAndCheck(_ location: SourceLocation = #_sourceLocation) {
        finish()
        #expect(unaccounted == 0, "captured bytes not accounted for", sourceLocation: location)
        #expect(sink.violations == [], sourceLocation: location)
    }

    var statistics: Statistics { assembler.statistics }

    /// How many captured bytes are not accounted for: 0 once all streams are closed.
    var unaccounted: Int {
        let counts = statistics
        let told =
            counts.delivered + counts.retransmittedBytes + counts.differingBytes + counts.keepAliveBytes
            + counts.lateBytes + counts.unused.total
        return Int(counts.captured) - Int(told)
    }
}
