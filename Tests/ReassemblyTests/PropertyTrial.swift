import Reassembly
import Support

/// One case: its traffic, its capture, and what is wrong with what the assembler made of it.
struct PropertyTrial {
    let seed: UInt64
    let traffic: PropertyTraffic
    let capture: PropertyCapture
    let captured: [WireSegment]
    private(set) var statistics = Statistics()
    private(set) var problems: [String] = []

    private let hasTightLimits: Bool
    private var records: [Record] = []

    init(seed: UInt64) {
        self.seed = seed
        var generator = SeededGenerator(seed: seed &* 0x1000_0000_01b3)
        capture = PropertyCapture(&generator)
        traffic = PropertyTraffic(&generator, forgeries: generator.chance(70) ? capture.knowable : [])
        captured = capture.apply(traffic.wire, &generator)
        hasTightLimits = generator.chance(10)
        run(&generator)
        check()
    }

    private mutating func run(_ generator: inout SeededGenerator) {
        let isTight = hasTightLimits
        var harness = Harness {
            guard isTight else { return }
            $0.bytesPerDirection = 3000
            $0.totalBytes = 40_000
            $0.spareBytes = 1000
        }
        harness.sink.appetite = generator.chance(50) ? .all : .random
        harness.sink.generator = SeededGenerator(seed: generator.next())
        harness.sink.floats = generator.chance(50)
        for packet in captured {
            harness.take(packet)
            if isTight, harness.assembler.bufferedBytes > 40_000 { problems.append("too much memory") }
        }
        harness.finish()
        statistics = harness.statistics
        records = harness.sink.records
        problems += harness.sink.violations
        if harness.unaccounted != 0 { problems.append("\(harness.unaccounted) captured bytes not accounted for") }
        if harness.assembler.bufferedBytes != 0 || statistics.open != 0 { problems.append("something is left") }
    }

    /// The handshake was captured, and both sides.
    private var isOpenedInView: Bool { capture.isComplete }

    private mutating func check() {
        if isOpenedInView, statistics.connections > 1 { problems.append("\(statistics.connections) connections") }
        let before = problems.count
        for isClient in [true, false] { check(isClient) }
        if !hasTightLimits, problems.count == before { checkMissing() }
    }

    private func mine(_ isClient: Bool) -> [Record] {
        records.filter { ($0.from == clientEnd) == isClient }
    }

    private mutating func check(_ isClient: Bool) {
        let sender = isClient ? traffic.client : traffic.server
        let receiver = isClient ? traffic.server : traffic.client
        let name = isClient ? "client" : "server"
        var delivered = [Bool](repeating: false, count: sender.content.count)
        for record in mine(isClient) {
            // Behind a step back the numbers of a stream are not those of its beginning.
            if record.gaps.contains(where: { $0.range.isEmpty && $0.reason == .jump }) { continue }
            guard let first = record.firstSequence else { continue }
            let shift = Int(Int32(bitPattern: first &- sender.first))
            var place = 0
            for piece in record.pieces {
                let bytes = record.data[place..<place + piece.count]
                place += piece.count
                check(bytes, at: piece, shift, record, sender, read: receiver.read.count, name, &delivered)
            }
        }
        guard capture.isComplete, capture.reordered == 0 || record(hasNoRemarks: isClient), !hasTightLimits else {
            return
        }
        // Where segments are out of order and the clock leaps between them, nothing tells how late one is.
        if capture.reordered > 0, capture.leaps > 0, statistics.lateBytes > 0 { return }
        if let lost = delivered[..<receiver.read.count].firstIndex(of: false) {
            problems.append("\(name): byte \(lost) of \(receiver.read.count) was read and is not told")
        }
    }

    /// Acknowledgements that were captured ahead of the bytes may have others used, and remarked.
    private func record(hasNoRemarks isClient: Bool) -> Bool {
        mine(isClient).allSatisfy { $0.doubts.isEmpty && $0.conflicts.isEmpty }
    }

    /// Bytes are those sent at their place, unless something was said about them; behind what the receiver has read nothing
    /// tells them from forged ones.
    private mutating func check(
        _ bytes: ArraySlice<UInt8>, at piece: Range<UInt64>, _ shift: Int, _ record: Record, _ sender: PropertyEnd,
        read: Int, _ name: String, _ delivered: inout [Bool]
    ) {
        let start = Int(Int32(truncatingIfNeeded: Int(truncatingIfNeeded: piece.lowerBound) + shift))
        let isRemarked = { (index: Int) -> Bool in
            let offset = piece.lowerBound + UInt64(index)
            return record.doubts.contains { $0.contains(offset) } || record.conflicts.contains { $0.contains(offset) }
        }
        let isExact = capture.isComplete && capture.reordered == 0 && !hasTightLimits
        for (index, byte) in bytes.enumerated() {
            let place = start + index
            let isTrue = sender.content.indices.contains(place) && sender.content[place] == byte
            if isTrue {
                delivered[place] = true
            } else if !isRemarked(index) || isExact && place < read {
                problems.append("\(name): byte \(place) of \(sender.content.count) is made up")
                return
            }
        }
    }

    /// Missing is what was not captured and was acknowledged, or has captured bytes behind it.
    private mutating func checkMissing() {
        guard !capture.isOneSided, capture.skipped == 0, capture.wrongSums == 0, statistics.connections == 1 else {
            return
        }
        let hasForgedBytes = captured.contains { $0.forgery != nil && !$0.payload.isEmpty }
        let opening = captured.prefix { $0.payload.isEmpty }
        // Where streams begin is known by their SYNs, or by the answer.
        guard opening.contains(where: { $0.segment.flags == [.syn, .ack] && $0.forgery == nil }) else { return }
        var (expected, unknown) = (0, 0)
        for isClient in [true, false] {
            let sender = isClient ? traffic.client : traffic.server
            let receiver = isClient ? traffic.server : traffic.client
            var has = [Bool](repeating: false, count: sender.content.count)
            var others = [Bool](repeating: false, count: receiver.content.count)
            var (acknowledged, lastCaptured, sawFIN, beforeFIN) = (PropertyExtent(), 0, false, 0)
            for packet in captured where packet.forgery == nil {
                let segment = packet.segment
                if packet.fromClient == isClient {
                    guard segment.flags.isDisjoint(with: [.syn, .rst]) else { continue }
                    let start = Int(Int32(bitPattern: segment.sequence &- sender.first))
                    for index in packet.payload.indices { has[start + index] = true }
                    if segment.wireLength > 0 { lastCaptured = max(lastCaptured, start + segment.wireLength) }
                    acknowledged.capture(start + segment.wireLength)
                    if segment.flags.contains(.fin) {
                        sawFIN = true
                        beforeFIN = max(beforeFIN, start + segment.wireLength)
                    }
                } else if segment.flags.contains(.ack), segment.flags.isDisjoint(with: [.rst, .syn]) {
                    let start = Int(Int32(bitPattern: segment.sequence &- receiver.first))
                    let isRepeated = packet.payload.indices.allSatisfy { others[start + $0] }
                    for index in packet.payload.indices { others[start + index] = true }
                    acknowledged.acknowledge(
                        Int(Int32(bitPattern: segment.acknowledgement &- sender.first)), bytes: packet.payload.count,
                        isRepeated: isRepeated, stamp: segment.options.timestamp)
                }
            }
            // The FIN takes no byte. Where it was lost with bytes before it, nobody knows which number is its own.
            let extent = min(max(acknowledged.highest, lastCaptured), sender.content.count)
            let certain = min(max(acknowledged.certain, lastCaptured), extent)
            unknown += has[certain..<extent].count { !$0 }
            if !sawFIN, extent > lastCaptured { unknown += 1 }
            // A FIN that nobody acknowledged may tell of bytes before it.
            if sawFIN, beforeFIN > extent { unknown += has[extent..<min(beforeFIN, has.count)].count { !$0 } }
            expected += has[..<extent].count { !$0 }
        }
        let told = Int(statistics.missingBytes) - (endsInStray ? missingBeforeDoubt : 0)
        // Bytes that come behind the end of their stream count as repeated; those set aside whose place was passed, and those
        // that their receiver has dropped for their timestamps, as not used.
        let forged = captured.reduce(0) { $0 + ($1.forgery == .oldTimestamp ? $1.payload.count : 0) }
        var afterEnd = max(Int(statistics.unused[.timestamp]) - forged, 0)
        if !capture.isComplete {
            afterEnd += Int(statistics.uncomparedBytes &+ statistics.unused[.acknowledgement])
        }
        if told > expected + unknown + afterEnd || told < expected - unknown && !hasForgedBytes {
            problems.append("\(told) bytes missing, not \(expected)")
        }
    }

    /// Nothing honest was captured behind the last stray: the stream may have gone on there, after an outage of the capture.
    private var endsInStray: Bool {
        guard let last = captured.lastIndex(where: { $0.forgery == .stray || $0.forgery == .strays }) else {
            return false
        }
        return !captured[last...].contains { $0.forgery == nil }
    }

    /// Missing before bytes that were remarked as beyond the window.
    private var missingBeforeDoubt: Int {
        records.reduce(0) { sum, record in
            let found = record.gaps.filter { gap in
                gap.reason == .jump && record.doubts.contains { $0.lowerBound == gap.range.upperBound }
            }
            return sum + found.reduce(0) { $0 + $1.range.count }
        }
    }

    /// All of it, for somebody who looks for what went wrong.
    var story: String {
        var lines = ["seed \(seed)", "\(capture)", "tight \(hasTightLimits)"]
        for (index, packet) in captured.enumerated() {
            let sender = packet.fromClient ? traffic.client : traffic.server
            let target = packet.fromClient ? traffic.server : traffic.client
            let start = Int32(bitPattern: packet.segment.sequence &- sender.first)
            let acknowledged = Int32(bitPattern: packet.segment.acknowledgement &- target.first)
            let flags = [
                (Segment.Flags.fin, "F"), (.syn, "S"), (.rst, "R"), (.ack, "."),
            ].filter { packet.segment.flags.contains($0.0) }.map(\.1).joined()
            lines.append(
                "\(index + 1)\t\(packet.time / 1_000_000) ms\t\(packet.fromClient ? ">" : "<") \(flags) \(start)+"
                    + "\(packet.segment.wireLength)\tack \(acknowledged)"
                    + (packet.segment.options.timestamp.map { "\tts \($0 &- sender.first)" } ?? "")
                    + (packet.segment.isChecksumWrong ? " badsum" : "")
                    + (packet.forgery.map { "\t\($0)" } ?? ""))
        }
        for record in records {
            lines.append(
                "\(record.id) \(record.pieces) gaps \(record.gaps) conflicts \(record.conflicts) doubts \(record.doubts)"
            )
        }
        return (lines + ["\(statistics)"] + problems).joined(separator: "\n")
    }
}

extension Harness {
    /// Takes a packet of a capture as it is.
    mutating func take(_ packet: WireSegment) {
        frame += 1
        let (from, to) = packet.fromClient ? (clientEnd, serverEnd) : (serverEnd, clientEnd)
        assembler.receive(
            packet.segment, packet.payload.span.bytes, from: from, to: to,
            origin: Origin(frame: frame, time: packet.time), into: &sink)
    }
}
