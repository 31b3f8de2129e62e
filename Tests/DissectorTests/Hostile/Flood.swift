import BitcoinP2P
import Glibc
import Support

/// Writes a capture packet by packet into a file, with little work for each: there are many.
struct Flood: ~Copyable {
    /// Who sends a segment.
    struct StreamSender {
        /// The last bytes of its IPv4 address.
        var host: UInt32
        var port: UInt16
    }

    static let victim = StreamSender(host: 0xc0_a801, port: 8333)

    private let file: Int32
    private var buffer: [UInt8] = []
    private var time: UInt64 = 1_700_000_000_000_000
    /// The sequence number of the next byte that ``stream(_:from:)`` sends.
    private var next: UInt32 = 1
    private var hasFailed = false

    // pcap record header, Ethernet, IPv4, TCP.
    private static let template: [UInt8] =
        [UInt8](repeating: 0, count: 16) + [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0]
        + [0x45, 0, 0, 0, 0, 0, 0x40, 0, 64, 6, 0, 0, 10, 0, 0, 0, 10, 0, 0, 0]
        + [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x50, 0, 0xff, 0xff, 0, 0, 0, 0]

    /// - Returns: `path`.
    static func write(to path: String, _ body: (inout Flood) throws -> Void) throws -> String {
        let file = Glibc.open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        defer { Glibc.close(file) }
        var flood = Flood(file)
        try body(&flood)
        try flood.finish()
        return path
    }

    private init(_ file: Int32) {
        self.file = file
        buffer = [0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0] + [UInt8](repeating: 0, count: 8)
        buffer += [0, 0, 4, 0, 1, 0, 0, 0]
    }

    private mutating func finish() throws {
        flush()
        if hasFailed { throw Failure() }
    }

    struct Failure: Error {}

    private mutating func flush() {
        if buffer.withUnsafeBytes({ Glibc.write(file, $0.baseAddress, $0.count) }) != buffer.count { hasFailed = true }
        buffer.removeAll(keepingCapacity: true)
    }

    // MARK: Segments

    /// - Parameter after: Microseconds since the segment before.
    mutating func segment(
        from sender: StreamSender, to receiver: StreamSender = victim, sequence: UInt32, acknowledgement: UInt32 = 0,
        flags: UInt8 = 0x10, _ payload: some Collection<UInt8> = [], after: UInt64 = 1
    ) {
        time += after
        let start = buffer.count
        buffer.append(contentsOf: Self.template)
        buffer.append(contentsOf: payload)
        let length = UInt32(54 + payload.count)
        littleEndian(UInt32(time / 1_000_000), at: start)
        littleEndian(UInt32(time % 1_000_000), at: start + 4)
        littleEndian(length, at: start + 8)
        littleEndian(length, at: start + 12)
        let ip = start + 30
        bigEndian(UInt32(40 + payload.count) << 16, at: ip + 2)
        bigEndian(10 << 24 | sender.host, at: ip + 12)
        bigEndian(10 << 24 | receiver.host, at: ip + 16)
        bigEndian(UInt32(sender.port) << 16 | UInt32(receiver.port), at: ip + 20)
        bigEndian(sequence, at: ip + 24)
        bigEndian(acknowledgement, at: ip + 28)
        buffer[ip + 33] = flags
        if buffer.count > 1 << 20 { flush() }
    }

    /// Any frame.
    mutating func frame(_ bytes: [UInt8]) {
        time += 1
        let start = buffer.count
        buffer.append(contentsOf: repeatElement(0, count: 16))
        for (place, value) in [time / 1_000_000, time % 1_000_000, UInt64(bytes.count), UInt64(bytes.count)]
            .enumerated()
        {
            littleEndian(UInt32(value), at: start + 4 * place)
        }
        buffer.append(contentsOf: bytes)
        if buffer.count > 1 << 20 { flush() }
    }

    private mutating func bigEndian(_ value: UInt32, at place: Int) {
        buffer[place] = UInt8(truncatingIfNeeded: value >> 24)
        buffer[place + 1] = UInt8(truncatingIfNeeded: value >> 16)
        buffer[place + 2] = UInt8(truncatingIfNeeded: value >> 8)
        buffer[place + 3] = UInt8(truncatingIfNeeded: value)
    }

    private mutating func littleEndian(_ value: UInt32, at place: Int) { bigEndian(value.byteSwapped, at: place) }

    // MARK: One connection

    static let attacker = StreamSender(host: 1, port: 40_000)

    mutating func open() {
        segment(from: Self.attacker, sequence: 0, flags: 0x02)
        segment(from: Self.victim, to: Self.attacker, sequence: 0, acknowledgement: 1, flags: 0x12)
    }

    /// Sends bytes to the victim, in order, behind those sent before.
    mutating func stream(_ bytes: [UInt8], size: Int = 1448) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = rest.prefix(size)
            segment(from: Self.attacker, sequence: next, acknowledgement: 1, flags: 0x18, piece)
            next &+= UInt32(piece.count)
            rest = rest.dropFirst(size)
        }
    }

    /// Sends a message with a right checksum.
    mutating func message(_ command: String, _ payload: [UInt8]) { stream(framed(command, payload)) }
}

/// `unit` so often.
func repeated(_ unit: [UInt8], _ count: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(unit.count * count)
    for _ in 0..<count { bytes += unit }
    return bytes
}
