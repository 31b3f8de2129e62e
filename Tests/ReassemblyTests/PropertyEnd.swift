import Reassembly

/// A segment on the wire.
struct WireSegment {
    var time: Int64
    var fromClient: Bool
    var segment: Segment
    var payload: [UInt8]
    /// What is wrong with it, where it was forged.
    var forgery: Forgery?
}

/// One end of a connection: an honest sender, and a receiver that accepts by the RFCs' rules (9293, 7323 and 5961) and
/// keeps all in plain arrays. Offsets are those of the bytes; a FIN has the one behind the last.
struct PropertyEnd {
    // MARK: The sender
    /// The number of the first byte.
    let first: UInt32
    let content: [UInt8]
    let endsWithFIN: Bool
    /// How many bytes the program has written so far.
    var written = 0
    /// How much was sent, the FIN included, and how much of it the other side has acknowledged.
    var sent = 0
    var acknowledged = 0

    // MARK: The receiver
    /// The number of the other side's first byte.
    let peerFirst: UInt32
    let window: Int
    let shift: UInt8
    private var got: [Bool]
    private var stored: [UInt8]
    /// How much came in order, the FIN included.
    private(set) var expected = 0
    private var peerFIN: Int?
    /// TS.Recent.
    var recent: UInt32?
    /// A RST came, or was sent.
    var isReset = false

    let usesTimestamps: Bool
    let usesSACK: Bool

    init(
        first: UInt32, peerFirst: UInt32, content: [UInt8], peerCount: Int, endsWithFIN: Bool, window: Int,
        shift: UInt8,
        usesTimestamps: Bool, usesSACK: Bool
    ) {
        self.first = first
        self.peerFirst = peerFirst
        self.content = content
        self.endsWithFIN = endsWithFIN
        self.window = (window >> Int(shift)) << Int(shift)
        self.shift = shift
        self.usesTimestamps = usesTimestamps
        self.usesSACK = usesSACK
        got = [Bool](repeating: false, count: peerCount)
        stored = [UInt8](repeating: 0, count: peerCount)
    }

    /// The bytes that its program has read.
    var read: ArraySlice<UInt8> { stored[..<min(expected, stored.count)] }

    /// All that it will send, the FIN included.
    var total: Int { content.count + (endsWithFIN ? 1 : 0) }
    /// All that it may send now.
    var sendable: Int { written == content.count ? total : written }

    enum Verdict { case taken, dropped, answered }

    /// What becomes of a segment: taken, dropped without a word, or answered with what is expected.
    func judge(_ segment: Segment) -> Verdict {
        if segment.isChecksumWrong { return .dropped }
        let ahead = Int(Int32(bitPattern: segment.sequence &- peerFirst &- UInt32(expected)))
        let isRST = segment.flags.contains(.rst)
        if usesTimestamps, !isRST, let stamp = segment.options.timestamp, let recent,
            Int32(bitPattern: stamp &- recent) < 0
        {
            return .answered
        }
        let length =
            segment.wireLength + (segment.flags.contains(.fin) ? 1 : 0) + (segment.flags.contains(.syn) ? 1 : 0)
        let isWithin = length == 0 ? ahead >= 0 && ahead < window : ahead < window && ahead + length > 0
        if !isWithin { return isRST ? .dropped : .answered }
        if isRST { return ahead == 0 ? .taken : .answered }
        if segment.flags.contains(.syn) { return .answered }
        guard segment.flags.contains(.ack) else { return .dropped }
        let acknowledgement = Int(Int32(bitPattern: segment.acknowledgement &- first))
        return acknowledgement > sent || acknowledgement < 0 || acknowledgement < acknowledged - 65_535
            ? .answered : .taken
    }

    /// Takes a segment that was judged so.
    mutating func take(_ segment: Segment, _ payload: [UInt8]) {
        if segment.flags.contains(.rst) {
            isReset = true
            return
        }
        let start = Int(Int32(bitPattern: segment.sequence &- peerFirst))
        if let stamp = segment.options.timestamp, start <= expected {
            if recent.map({ Int32(bitPattern: stamp &- $0) > 0 }) ?? true { recent = stamp }
        }
        acknowledged = max(acknowledged, Int(Int32(bitPattern: segment.acknowledgement &- first)))
        for index in payload.indices where start + index >= expected && start + index < expected + window {
            stored[start + index] = payload[index]
            got[start + index] = true
        }
        if segment.flags.contains(.fin) { peerFIN = start + payload.count }
        while expected < got.count, got[expected] { expected += 1 }
        if peerFIN == expected { expected += 1 }
    }

    /// A segment as it is sent.
    func segment(at offset: Int, count: Int, now: Int64) -> (segment: Segment, payload: [UInt8]) {
        let end = min(offset + count, content.count)
        let payload = offset < end ? Array(content[offset..<end]) : []
        var segment = Segment(
            sequence: first &+ UInt32(offset), acknowledgement: peerFirst &+ UInt32(expected), flags: .ack,
            wireLength: payload.count)
        if count > 0, offset + count > content.count { segment.flags.insert(.fin) }
        segment.window = UInt16(window >> Int(shift))
        if usesTimestamps { segment.options.timestamp = stamp(now) }
        if usesSACK { segment.options.addBlocks(blocks) }
        return (segment, payload)
    }

    func stamp(_ now: Int64) -> UInt32 { UInt32(truncatingIfNeeded: now / 1_000_000) &+ first }

    /// Up to three ranges that came ahead of their turn, as numbers.
    private var blocks: [(UInt32, UInt32)] {
        guard expected < got.count, let firstGot = got[expected...].firstIndex(of: true) else { return [] }
        var found: [(UInt32, UInt32)] = []
        var start = firstGot
        while found.count < 3 {
            let end = got[start...].firstIndex(of: false) ?? got.count
            found.append((peerFirst &+ UInt32(start), peerFirst &+ UInt32(end)))
            guard let next = got[end...].firstIndex(of: true) else { break }
            start = next
        }
        return found
    }
}

extension SegmentOptions {
    mutating func addBlocks(_ blocks: [(UInt32, UInt32)]) {
        blockCount = UInt8(blocks.count)
        for (index, block) in blocks.enumerated() {
            blockEdges[index * 2] = block.0
            blockEdges[index * 2 + 1] = block.1
        }
    }
}
