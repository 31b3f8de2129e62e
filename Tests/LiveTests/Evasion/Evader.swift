import Foundation
import Support

/// A Bitcoin peer without a kernel: it makes each of its segments itself, and so the wrong ones, too.
final class Evader {
    private let socket: PacketSocket
    let hasTimestamps: Bool
    var random: SeededGenerator
    let sourcePort: UInt16
    /// The number of its SYN.
    let start: UInt32
    /// The number of its next byte.
    private(set) var next: UInt32
    /// What the reader's kernel has acknowledged.
    private(set) var acknowledged: UInt32
    /// The number of the next byte expected from the reader.
    private(set) var expected: UInt32 = 0
    /// Bytes that the reader's kernel takes behind what it has acknowledged.
    private(set) var window = 0
    private var windowShift: UInt16 = 0
    private var timestampToEcho: UInt32 = 0
    private let firstTimestamp: UInt32
    private let begun = ContinuousClock.now
    private var pings: UInt32 = 0
    private var identification: UInt16 = 0
    private(set) var isReset = false
    let reader: SocketReader
    /// The timestamp of the last bytes that were said.
    private(set) var lastTimestamp: UInt32 = 0
    /// Added to all further timestamps.
    var timestampShift: UInt32 = 0
    /// The connection cannot go on: nothing more is said.
    var isOver = false

    /// To be made inside the namespace of the interface.
    ///
    /// - Parameter start: The number of its SYN; any where nil.
    init(
        _ interface: String, to reader: SocketReader, seed: UInt64, hasTimestamps: Bool, start: UInt32? = nil
    ) throws {
        self.reader = reader
        socket = try PacketSocket(interface, receives: true)
        self.hasTimestamps = hasTimestamps
        random = SeededGenerator(seed: seed)
        sourcePort = UInt16.random(in: 20_000...60_000, using: &random)
        firstTimestamp = UInt32.random(in: 0...UInt32.max, using: &random)
        let anywhere = UInt32.random(in: 0...UInt32.max, using: &random)
        self.start = start ?? anywhere
        next = self.start
        acknowledged = self.start
    }

    // MARK: What it sends

    /// Milliseconds.
    var timestamp: UInt32 {
        firstTimestamp &+ timestampShift
            &+ UInt32(truncatingIfNeeded: Int((ContinuousClock.now - begun) / .milliseconds(1)))
    }

    /// A segment with everything right.
    ///
    /// - Parameter offset: From the next byte's number.
    func segment(_ payload: [UInt8] = [], at offset: Int = 0) -> RawSegment {
        identification &+= 1
        var segment = RawSegment(
            sourcePort: sourcePort, sequence: next &+ UInt32(truncatingIfNeeded: offset), acknowledgment: expected)
        segment.identification = identification
        segment.payload = payload
        if hasTimestamps { segment.timestamps = (timestamp, timestampToEcho) }
        return segment
    }

    /// Sends a segment that `change` may have spoiled; then lets the reader's kernel answer. Nothing of it counts as sent.
    func put(_ payload: [UInt8] = [], at offset: Int = 0, _ change: (inout RawSegment) -> Void = { _ in }) throws {
        var segment = segment(payload, at: offset)
        change(&segment)
        try put(frame: segment.bytes)
    }

    func put(frame: [UInt8]) throws {
        try socket.send(frame)
        try listen(3)
    }

    /// Sends bytes in order and waits until they have been acknowledged.
    func say(_ bytes: [UInt8]) throws {
        let segment = segment(bytes)
        if let timestamps = segment.timestamps { lastTimestamp = timestamps.value }
        try put(frame: segment.bytes)
        try claim(bytes.count)
    }

    /// So many bytes have been sent by and by: waits until they have been acknowledged, or more has.
    func claim(_ count: Int) throws {
        next &+= UInt32(count)
        let last = ContinuousClock.now + .seconds(3)
        while Int32(bitPattern: acknowledged &- next) < 0 {
            guard ContinuousClock.now < last, !isReset else {
                throw SupportError("\(next &- acknowledged) bytes are not acknowledged\(isReset ? ": reset" : "")")
            }
            try listen(5)
        }
    }

    /// A `ping` that was not sent before: 32 bytes, of which the last eight are the nonce.
    func ping() -> [UInt8] {
        pings += 1
        return BitcoinMessage.ping(random.next() << 32 | UInt64(pings)).bytes
    }

    func pings(_ count: Int) -> [UInt8] { (0..<count).flatMap { _ in ping() } }

    // MARK: What it hears

    /// Takes what comes until nothing has for so many milliseconds.
    func listen(_ milliseconds: Int32) throws {
        while let frame = socket.receive(within: milliseconds) { try take(frame) }
    }

    /// Listens for so many milliseconds.
    func pause(_ milliseconds: Int) throws {
        let last = ContinuousClock.now + .milliseconds(milliseconds)
        while ContinuousClock.now < last { try listen(10) }
    }

    private func take(_ frame: [UInt8]) throws {
        func number(_ at: Int, _ count: Int) -> UInt32 { frame[at..<at + count].reduce(0) { $0 << 8 | UInt32($1) } }
        guard let segment = TCPSegment(frame, start: 14), segment.destinationPort == sourcePort else { return }
        let flags = RawSegment.Flags(rawValue: frame[14 + 20 + 13])
        if flags.contains(.rst) {
            isReset = true
            return
        }
        readOptions(Array(frame[14 + 20 + 20..<14 + 20 + Int(frame[14 + 20 + 12] >> 4) * 4]), isSYN: segment.isSYN)
        if segment.isSYN { expected = segment.sequence &+ 1 }
        let confirmed = number(14 + 20 + 8, 4)
        if flags.contains(.ack), Int32(bitPattern: confirmed &- acknowledged) > 0 { acknowledged = confirmed }
        window = Int(number(14 + 20 + 14, 2)) << (segment.isSYN ? 0 : windowShift)
        guard !segment.isSYN, segment.sequence == expected else { return }
        expected &+= UInt32(segment.payload.count) &+ (flags.contains(.fin) ? 1 : 0)
        if !segment.payload.isEmpty || flags.contains(.fin) { try acknowledge() }
    }

    private func readOptions(_ options: [UInt8], isSYN: Bool) {
        var at = 0
        while at < options.count, options[at] != 0 {
            if options[at] == 1 {
                at += 1
                continue
            }
            if options[at] == 3, isSYN { windowShift = UInt16(options[at + 2]) }
            if options[at] == 8 {
                timestampToEcho = options[at + 2..<at + 6].reduce(0) { $0 << 8 | UInt32($1) }
            }
            at += Int(options[at + 1])
        }
    }

    private func acknowledge() throws {
        var segment = segment()
        segment.flags = .ack
        try socket.send(segment.bytes)
    }

    // MARK: Beginning and end

    /// Shakes hands and listens to the reader's greeting.
    ///
    /// - Parameter payload: Of the SYN.
    func connect(_ payload: [UInt8] = []) throws {
        var syn = segment(payload)
        syn.flags = .syn
        syn.acknowledgment = 0
        // 1,460 bytes, selective acknowledgements, scale 7.
        syn.options = [2, 4, 5, 0xb4, 1, 3, 3, 7, 1, 1, 4, 2]
        syn.window = 64_240
        try put(frame: syn.bytes)
        let last = ContinuousClock.now + .seconds(3)
        while expected == 0 {
            guard ContinuousClock.now < last else { throw SupportError("no SYN,ACK") }
            try listen(5)
        }
        next &+= 1
        try require(acknowledged == next, "the SYN alone is acknowledged")
        try acknowledge()
        try pause(30)
    }

    /// Sends its FIN and hears the reader's.
    func close() throws {
        try put([]) { $0.flags = [.fin, .ack] }
        if !isOver { try claim(1) }
        try pause(30)
    }
}
