import Reassembly
import Support

/// Two honest ends, the network between them, and an attacker who sends what its receivers drop.
struct PropertyTraffic {
    private enum Event {
        case arrival(WireSegment)
        case timer(client: Bool)
        case acknowledgement(client: Bool)
        case writing(client: Bool)
        case reset(client: Bool)
        case forgery
    }

    var client: PropertyEnd
    var server: PropertyEnd
    /// What passed the capture point, in order of time.
    private(set) var wire: [WireSegment] = []

    private var generator: SeededGenerator
    /// In descending order of time.
    private var events: [(time: Int64, event: Event)] = []
    private var now: Int64 = 0
    /// How much of the way from the client to the server lies before the capture point.
    private let place: Double
    private let loss: Int
    private let delay: Range<Int64>
    private let longest: Int
    private let forgeries: [Forgery]
    private let scales: Bool
    private var timers = (client: false, server: false)

    /// Bytes to send.
    private static let noise: [UInt8] = {
        var generator = SeededGenerator(seed: 77)
        return generator.bytes(1 << 16)
    }()
    private static let packetLimit = 120
    static let millisecond: Int64 = 1_000_000

    /// - Parameter forgeries: The kinds that the attacker may choose from.
    init(_ source: inout SeededGenerator, forgeries: [Forgery]) {
        generator = SeededGenerator(seed: source.next())
        self.forgeries = forgeries
        place = [0, 0.5, 1][Int.random(in: 0..<3, using: &generator)]
        loss = generator.chance(50) ? 0 : Int.random(in: 1...15, using: &generator)
        let most = Int64.random(in: 1...60, using: &generator) * Self.millisecond
        // Half of the networks keep segments in order.
        delay = generator.chance(50) ? most..<most + 1 : most / 4..<most + 1
        longest = [20, 200, 700][Int.random(in: 0..<3, using: &generator)]
        let usesTimestamps = generator.chance(60)
        let usesSACK = generator.chance(60)
        scales = generator.chance(60)
        let numbers = (UInt32(truncatingIfNeeded: generator.next()), UInt32(truncatingIfNeeded: generator.next()))
        let contents = (Self.content(longest, &generator), Self.content(longest, &generator))
        var ends: [PropertyEnd] = []
        for isClient in [true, false] {
            ends.append(
                PropertyEnd(
                    first: isClient ? numbers.0 : numbers.1, peerFirst: isClient ? numbers.1 : numbers.0,
                    content: isClient ? contents.0 : contents.1,
                    peerCount: (isClient ? contents.1 : contents.0).count, endsWithFIN: generator.chance(70),
                    window: Int.random(in: 2000...60_000, using: &generator),
                    shift: scales ? UInt8.random(in: 0...5, using: &generator) : 0, usesTimestamps: usesTimestamps,
                    usesSACK: usesSACK))
        }
        (client, server) = (ends[0], ends[1])
        shakeHands()
        plan()
        while let next = events.popLast(), wire.count < Self.packetLimit {
            now = next.time
            handle(next.event)
        }
        wire.sort { $0.time < $1.time }
    }

    private static func content(_ longest: Int, _ generator: inout SeededGenerator) -> [UInt8] {
        if generator.chance(10) { return [] }
        let count = Int.random(in: 1...longest * 15, using: &generator)
        let start = Int.random(in: 0..<noise.count - count, using: &generator)
        return Array(noise[start..<start + count])
    }

    private mutating func schedule(_ time: Int64, _ event: Event) {
        var (low, high) = (0, events.count)
        while low < high {
            let middle = (low + high) / 2
            if events[middle].time > time { low = middle + 1 } else { high = middle }
        }
        events.insert((time, event), at: low)
    }

    /// What is not lost in the handshake is kept short: both ends have it at once.
    private mutating func shakeHands() {
        for _ in 0..<(generator.chance(10) ? 2 : 1) {
            var syn = Segment(sequence: client.first &- 1, flags: .syn, wireLength: 0)
            offer(client, &syn)
            log(syn, fromClient: true)
        }
        var answer = Segment(
            sequence: server.first &- 1, acknowledgement: client.first, flags: [.syn, .ack], wireLength: 0)
        offer(server, &answer)
        log(answer, fromClient: false)
        client.recent = answer.options.timestamp
        server.recent = client.usesTimestamps ? client.stamp(now) : nil
        log(client.segment(at: 0, count: 0, now: now).segment, fromClient: true)
        now += Self.millisecond
    }

    private func offer(_ end: PropertyEnd, _ segment: inout Segment) {
        if end.usesTimestamps { segment.options.timestamp = end.stamp(now) }
        if scales { segment.options.windowShift = end.shift }
    }

    private mutating func log(_ segment: Segment, fromClient: Bool) {
        wire.append(WireSegment(time: now, fromClient: fromClient, segment: segment, payload: [], forgery: nil))
        now += Self.millisecond
    }

    /// When the programs write, and when the attacker strikes.
    private mutating func plan() {
        var times = [now, now]
        for side in 0..<2 {
            for _ in 0..<Int.random(in: 1...5, using: &generator) {
                let pauses = [1, 30, 300, 3000, 4 * 3_600_000]
                let longest = pauses[min(Int.random(in: 0..<8, using: &generator), 4) % (generator.chance(10) ? 5 : 4)]
                times[side] += Int64.random(in: 0...Int64(longest), using: &generator) * Self.millisecond
                schedule(times[side], .writing(client: side == 0))
            }
        }
        let last = max(times[0], times[1]) + 500 * Self.millisecond
        if generator.chance(10) { schedule(last, .reset(client: generator.chance(50))) }
        guard !forgeries.isEmpty else { return }
        for _ in 0..<Int.random(in: 1...6, using: &generator) {
            schedule(Int64.random(in: now...last, using: &generator), .forgery)
        }
    }

    private mutating func handle(_ event: Event) {
        switch event {
        case .arrival(let arrived): arrive(arrived)
        case .writing(let isClient):
            // The last time writes the rest.
            let isLast = !events.contains { if case .writing(isClient) = $0.event { true } else { false } }
            change(isClient) { end, generator in
                let rest = end.content.count - end.written
                end.written += isLast ? rest : Int.random(in: 0...rest, using: &generator)
            }
            send(isClient)
        case .acknowledgement(let isClient):
            emit(isClient, at: isClient ? client.sent : server.sent, count: 0)
        case .timer(let isClient):
            if isClient { timers.client = false } else { timers.server = false }
            let end = isClient ? client : server
            guard end.acknowledged < end.sent, !end.isReset else { return }
            let count = min(Int.random(in: 1...longest, using: &generator), end.sent - end.acknowledged)
            emit(isClient, at: end.acknowledged, count: count)
            wind(isClient)
        case .reset(let isClient):
            let end = isClient ? client : server
            var segment = end.segment(at: end.sent, count: 0, now: now).segment
            segment.flags = [.rst, .ack]
            put(segment, [], fromClient: isClient)
            change(isClient) { end, _ in end.isReset = true }
        case .forgery: forge()
        }
    }

    private mutating func change(_ isClient: Bool, _ body: (inout PropertyEnd, inout SeededGenerator) -> Void) {
        if isClient { body(&client, &generator) } else { body(&server, &generator) }
    }

    private mutating func arrive(_ arrived: WireSegment) {
        let isClient = !arrived.fromClient
        let end = isClient ? client : server
        guard !end.isReset else { return }
        switch end.judge(arrived.segment) {
        case .dropped: break
        case .answered: emit(isClient, at: end.sent, count: 0)
        case .taken:
            change(isClient) { end, _ in end.take(arrived.segment, arrived.payload) }
            send(isClient)
            guard arrived.segment.wireLength > 0 || arrived.segment.flags.contains(.fin) else { return }
            if generator.chance(70) {
                emit(isClient, at: isClient ? client.sent : server.sent, count: 0)
            } else {
                schedule(now + 40 * Self.millisecond, .acknowledgement(client: isClient))
            }
        }
    }

    /// Sends what may be sent.
    private mutating func send(_ isClient: Bool) {
        let end = isClient ? client : server
        guard !end.isReset else { return }
        let room = (isClient ? server : client).window
        var sent = end.sent
        while sent < end.sendable, sent - end.acknowledged < room {
            let most = min(longest, end.sendable - sent, room - (sent - end.acknowledged))
            let count = generator.chance(50) ? most : Int.random(in: 1...most, using: &generator)
            change(isClient) { end, _ in end.sent = sent + count }
            emit(isClient, at: sent, count: count)
            sent += count
        }
        if sent > end.sent { wind(isClient) }
    }

    private mutating func wind(_ isClient: Bool) {
        guard isClient ? !timers.client : !timers.server else { return }
        if isClient { timers.client = true } else { timers.server = true }
        schedule(now + Int64.random(in: 200...1000, using: &generator) * Self.millisecond, .timer(client: isClient))
    }

    private mutating func emit(_ isClient: Bool, at offset: Int, count: Int) {
        let (segment, payload) = (isClient ? client : server).segment(at: offset, count: count, now: now)
        put(segment, payload, fromClient: isClient)
    }

    /// Gives a segment to the network, which may lose it before or behind the capture point.
    private mutating func put(_ segment: Segment, _ payload: [UInt8], fromClient: Bool) {
        let takes = Int64.random(in: delay, using: &generator)
        let way = fromClient ? place : 1 - place
        var one = WireSegment(time: now, fromClient: fromClient, segment: segment, payload: payload, forgery: nil)
        let isLost = generator.chance(loss)
        if !isLost { schedule(now + takes, .arrival(one)) }
        one.time += Int64(Double(takes) * way)
        if !isLost || Double.random(in: 0..<1, using: &generator) >= way { wire.append(one) }
    }

    /// Sends forged segments, unless their receiver would take one.
    private mutating func forge() {
        let kind = forgeries[Int.random(in: 0..<forgeries.count, using: &generator)]
        let fromClient = generator.chance(50)
        let (sender, target) = fromClient ? (client, server) : (server, client)
        // Behind the ends of both another connection would begin.
        let isOver = client.expected > server.content.count && server.expected > client.content.count
        // The first segment of a side, far from its SYN, may be true.
        let isFirst = target.expected == 0 && (kind == .stray || kind == .strays)
        guard !target.isReset, !isOver, !isFirst || forgeries.count == Forgery.allCases.count else { return }
        for (segment, payload) in kind.make(sender: sender, target: target, now: now, &generator) {
            let verdict = target.judge(segment)
            if verdict == .taken { continue }
            wire.append(
                WireSegment(time: now, fromClient: fromClient, segment: segment, payload: payload, forgery: kind))
            if verdict == .answered { emit(!fromClient, at: target.sent, count: 0) }
        }
    }
}
