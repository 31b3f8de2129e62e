import Capture
import Synchronization
import System

/// Writes one connection into a capture file: its bytes as they were, at their times, in packets that are made for them.
///
/// The packets are IP without a link layer; they open and close as TCP does, and lose nothing.
public final class PacketRecorder: Sendable {
    /// One end of the connection.
    struct End {
        let address: IPAddress
        let port: UInt16
    }

    private struct State: ~Copyable {
        var writer: CaptureWriter?
        var problem: CaptureError?
        var local: Side?
        var remote: Side?
        var frames: UInt64 = 0
    }

    private struct Side {
        let end: End
        /// Of the next byte.
        var sequence: UInt32
        var hasEnded = false
    }

    private struct Flags: OptionSet {
        let rawValue: UInt8
        static let fin = Flags(rawValue: 0x01)
        static let syn = Flags(rawValue: 0x02)
        static let psh = Flags(rawValue: 0x08)
        static let ack = Flags(rawValue: 0x10)
    }

    private let state: Mutex<State>

    /// Bytes of one packet, as Ethernet takes them.
    private static let segmentLength = 1440
    /// libpcap's number for packets that begin with IP.
    private static let linkType = LinkTypeNumber(rawValue: 12)

    public init(_ destination: consuming sending CaptureDestination) throws(CaptureError) {
        let writer = try CaptureWriter(destination, linkType: Self.linkType)
        state = Mutex(State(writer: writer))
    }

    /// Closes the file.
    ///
    /// - Throws: What went wrong, now or before.
    public func close() throws(CaptureError) {
        let problem = state.withLock { state -> CaptureError? in
            do throws(CaptureError) {
                try state.writer.take()?.close()
            } catch {
                return state.problem ?? error
            }
            return state.problem
        }
        if let problem { throw problem }
    }

    /// The connection came about.
    func open(_ local: End, _ remote: End) {
        guard local.address.isIPv4 == remote.address.isIPv4 else { return }
        state.withLock { state in
            state.local = Side(end: local, sequence: .random(in: 0 ... .max))
            state.remote = Side(end: remote, sequence: .random(in: 0 ... .max))
            Self.write([], .syn, fromPeer: false, &state)
            Self.write([], [.syn, .ack], fromPeer: true, &state)
            Self.write([], .ack, fromPeer: false, &state)
        }
    }

    /// Bytes of one side, after all that came of it before.
    func record(_ bytes: some Collection<UInt8>, fromPeer: Bool) {
        state.withLock { state in
            var rest = bytes[...]
            while !rest.isEmpty {
                Self.write(Array(rest.prefix(Self.segmentLength)), [.psh, .ack], fromPeer: fromPeer, &state)
                rest = rest.dropFirst(Self.segmentLength)
            }
        }
    }

    /// One side will send nothing more.
    func end(fromPeer: Bool) {
        state.withLock { state in
            guard let side = fromPeer ? state.remote : state.local, !side.hasEnded else { return }
            Self.write([], [.fin, .ack], fromPeer: fromPeer, &state)
            if fromPeer { state.remote?.hasEnded = true } else { state.local?.hasEnded = true }
        }
    }

    private static func write(_ payload: [UInt8], _ flags: Flags, fromPeer: Bool, _ state: inout State) {
        guard let local = state.local, let remote = state.remote, state.problem == nil else { return }
        let (sender, receiver) = fromPeer ? (remote, local) : (local, remote)
        let packet = packet(payload, flags, from: sender, to: receiver)
        state.frames += 1
        let header = FrameHeader(
            number: state.frames, time: SystemClock.nanoseconds, capturedLength: packet.count,
            originalLength: packet.count, linkType: linkType, file: 0)
        do throws(CaptureError) {
            try state.writer?.write(header, packet.span.bytes)
        } catch {
            state.problem = error
        }
        // SYN and FIN count as a byte each.
        let length = UInt32(truncatingIfNeeded: payload.count) &+ (flags.isDisjoint(with: [.syn, .fin]) ? 0 : 1)
        if fromPeer { state.remote?.sequence &+= length } else { state.local?.sequence &+= length }
    }

    // MARK: Packets

    /// IP (RFC 791, RFC 8200) and TCP (RFC 9293) around some bytes.
    private static func packet(_ payload: [UInt8], _ flags: Flags, from sender: Side, to receiver: Side) -> [UInt8] {
        var segment: [UInt8] = []
        segment.append(bigEndian: sender.end.port)
        segment.append(bigEndian: receiver.end.port)
        segment.append(bigEndian: sender.sequence)
        segment.append(bigEndian: flags.contains(.ack) ? receiver.sequence : 0)
        // Five words of header; a window as large as there is; checksum and urgent pointer.
        segment += [0x50, flags.rawValue, 0xff, 0xff, 0, 0, 0, 0]
        segment += payload
        let addresses = sender.end.address.bytes + receiver.end.address.bytes
        let length = UInt32(truncatingIfNeeded: segment.count)
        var pseudoHeader = addresses
        pseudoHeader.append(bigEndian: length)
        pseudoHeader += [0, 0, 0, 6]
        segment.put(checksum(pseudoHeader + segment), at: 16)
        var packet: [UInt8] = []
        if sender.end.address.isIPv4 {
            packet = [0x45, 0]
            packet.append(bigEndian: UInt16(truncatingIfNeeded: 20 + segment.count))
            // Not to be fragmented; 64 hops; TCP; checksum.
            packet += [0, 0, 0x40, 0, 64, 6, 0, 0]
            packet += addresses
            packet.put(checksum(packet), at: 10)
        } else {
            packet = [0x60, 0, 0, 0]
            packet.append(bigEndian: UInt16(truncatingIfNeeded: segment.count))
            packet += [6, 64]
            packet += addresses
        }
        return packet + segment
    }

    /// The Internet's (RFC 1071).
    private static func checksum(_ bytes: [UInt8]) -> UInt16 {
        var sum: UInt32 = 0
        for (index, byte) in bytes.enumerated() { sum &+= UInt32(byte) << (index & 1 == 0 ? 8 : 0) }
        // Less than 2¹⁶ words: two foldings are enough.
        sum = (sum & 0xffff) &+ (sum >> 16)
        sum = (sum & 0xffff) &+ (sum >> 16)
        return ~UInt16(truncatingIfNeeded: sum)
    }
}

extension [UInt8] {
    fileprivate mutating func append(bigEndian value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.bigEndian) { append(contentsOf: $0) }
    }

    fileprivate mutating func put(_ value: UInt16, at place: Int) {
        self[place] = UInt8(value >> 8)
        self[place + 1] = UInt8(truncatingIfNeeded: value)
    }
}
