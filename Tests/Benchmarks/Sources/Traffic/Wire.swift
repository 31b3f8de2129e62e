/// TCP connections between pairs of sides, recorded as frames.
///
/// Sides 2n and 2n + 1 are the two ends of connection n; the even one opened it.
struct Wire: ~Copyable {
    private(set) var sides: [Side] = []
    var file: CaptureFile
    var maker: MessageMaker
    /// Nanoseconds since 1970.
    private var now: UInt64 = 1_735_689_600_000_000_000
    private let meanGap: Int
    private(set) var frameCount = 0

    /// - Parameter meanGap: Nanoseconds from one frame to the next, on average.
    init(_ file: consuming CaptureFile, seed: UInt64, meanGap: Int) {
        self.file = file
        self.meanGap = meanGap
        maker = MessageMaker(seed: seed)
        tick()
    }

    private mutating func tick() {
        now += UInt64(maker.random.within(1...2 * meanGap))
        maker.time = UInt32(now / 1_000_000_000)
    }

    mutating func addConnection(_ client: Side, _ server: Side) { sides += [client, server] }

    /// Puts a new connection where one has ended.
    mutating func replaceConnection(_ connection: Int, _ client: Side, _ server: Side) {
        sides[2 * connection] = client
        sides[2 * connection + 1] = server
    }

    /// Queues what `write` makes, to be sent by a side.
    mutating func enqueue(_ side: Int, _ write: (inout MessageMaker, inout Bytes) -> Void) {
        write(&maker, &sides[side].queue)
    }

    /// Has a side answer what the other one has queued, once that was sent.
    mutating func owe(_ side: Int, _ duty: Duty) {
        let other = sides[side ^ 1]
        sides[side].duties.append(OwedDuty(duty: duty, dueAt: other.sentBefore + other.queue.count))
    }

    /// What a side has to say by now; it is about to.
    mutating func takeDuties(_ side: Int) -> [Duty] {
        let sent = sides[side ^ 1].sentBefore + sides[side ^ 1].sent
        let due = sides[side].duties.prefix { $0.dueAt <= sent }.map(\.duty)
        sides[side].duties.removeFirst(due.count)
        return due
    }

    /// The next ping of a side: in one of eight connections a number that comes again, as some programs count.
    mutating func nextNonce(_ side: Int) -> UInt64 {
        sides[side].pings += 1
        return side / 2 % 8 == 0 ? 1 + sides[side].pings % 16 : maker.random.next()
    }

    // MARK: Sending

    /// Sends the next segment of a side's queue; the receiver acknowledges every second one.
    mutating func send(_ side: Int) throws(WriteError) {
        let count = min(sides[side].unsent, Segment.payloadLimit)
        let isLast = count == sides[side].unsent
        try emit(side, Segment.acknowledge | (isLast ? Segment.push : 0), payload: count)
        let peer = side ^ 1
        sides[peer].unacknowledged += 1
        if sides[peer].unacknowledged >= 2 { try emit(peer, Segment.acknowledge) }
    }

    /// Sends all that a side has queued.
    mutating func drain(_ side: Int) throws(WriteError) {
        while sides[side].unsent > 0 { try send(side) }
    }

    /// A frame without payload, or with so many bytes of the queue.
    mutating func emit(_ side: Int, _ flags: UInt8, payload: Int = 0) throws(WriteError) {
        tick()
        let peer = side ^ 1
        let timestamp = UInt32(truncatingIfNeeded: now / 1_000_000) &+ sides[side].clockOffset
        let segment = Segment(
            flags: flags, sequence: sides[side].next, acknowledged: sides[peer].next, timestamp: timestamp,
            echo: sides[side].echo)
        segment.append(from: sides[side], to: sides[peer], payload: payload, at: now, into: &file)
        let isCounted = flags & (Segment.synchronise | Segment.finish) != 0
        sides[side].next &+= UInt32(payload) + (isCounted ? 1 : 0)
        sides[side].identification &+= 1
        sides[side].unacknowledged = 0
        sides[side].didSend(payload)
        sides[peer].echo = timestamp
        frameCount += 1
        try file.flushIfFull()
    }
}
