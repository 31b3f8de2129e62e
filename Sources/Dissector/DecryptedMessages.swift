import BitcoinP2P
import Capture
import Layers
import Reassembly
import Synchronization

/// Writes messages into a capture that any tool reads: for each connection one is made up, with its ends and times, in which
/// every message has its header of v1 and stands in order, in packets with right checksums.
///
/// Messages of v1 stay as they were, also where their checksum is wrong. Packets begin with their IP header. In pcapng each
/// packet with bytes of a message says which frame completed the message. Where that frame has no time the packet has none,
/// and no place for words. A connection is closed where the original is closed;
/// what is open at the end of the capture stays open.
///
/// The thread that makes the records owns it; any thread may ask ``hasFailed``.
public final class DecryptedMessages: @unchecked Sendable {
    /// What could not be written.
    public struct Counts: Sendable, Equatable {
        public var messages: UInt64 = 0
        /// Messages of which bytes are missing.
        public var cut: UInt64 = 0
        public var decoys: UInt64 = 0
        /// Messages with a short id that stands for no command.
        public var unknownIdentifiers: UInt64 = 0
        /// Messages of v2 whose command receivers of v1 do not take.
        public var unusableCommands: UInt64 = 0
        /// v2 packets that are neither decoys nor messages, nor of the handshake.
        public var emptyPackets: UInt64 = 0
        /// Directions of v2 connections that could not be decrypted.
        public var encryptedStreams: UInt64 = 0
        /// Connections that were closed since too many were open; a later message opens them again.
        public var closedEarly: UInt64 = 0
        /// Packets of frames without a time, in a format that has a time for each.
        public var timeless: UInt64 = 0

        /// What was left out, for people; empty where nothing was.
        public var leftOut: String {
            var parts: [String] = []
            if cut > 0 { parts.append(plural(cut, "cut message", "cut messages")) }
            if decoys > 0 { parts.append(plural(decoys, "decoy", "decoys")) }
            if unknownIdentifiers > 0 {
                parts.append(plural(unknownIdentifiers, "message", "messages") + " with an unknown short id")
            }
            if unusableCommands > 0 {
                parts.append(plural(unusableCommands, "message", "messages") + " with a command that v1 does not take")
            }
            if emptyPackets > 0 { parts.append(plural(emptyPackets, "v2 packet", "v2 packets") + " without a message") }
            if encryptedStreams > 0 {
                parts.append(plural(encryptedStreams, "stream", "streams") + " that could not be decrypted")
            }
            return parts.joined(separator: ", ")
        }
    }

    public private(set) var counts = Counts()
    private var destination: CaptureDestination?
    private var writer: CaptureWriter?
    private let format: CaptureFormat
    private let description: CaptureDescription
    private var connections: CleanConnections
    private var problem: CaptureError?
    private let failed = Atomic(false)
    private var frames: UInt64 = 0
    /// Of the last packet.
    private var time: Int64 = 0
    private var hasTime = true
    private let notes: CaptureNotes?

    private static let linkType = LinkTypeNumber.rawIP

    /// Opens the output, and leaves what it holds as it is until there is a message.
    ///
    /// - Parameters:
    ///   - inputs: What is read; none of these files may be the output.
    ///   - notes: Those of the reading, which say which frames have no time.
    ///   - application: What a pcapng file names as the program that has written it.
    ///   - connectionLimit: More connections are not open at once.
    ///   - isEnding: See `CaptureDestination`.
    public init(
        to output: String, inputs: [String] = [], notes: CaptureNotes? = nil, format: CaptureFormat = .pcap,
        application: String = "", connectionLimit: Int? = nil, isEnding: @escaping @Sendable () -> Bool = { false }
    ) throws(CaptureError) {
        var opened = try CaptureDestination(path: output, inputs: inputs)
        opened.isEnding = isEnding
        destination = consume opened
        self.notes = notes
        self.format = format
        description = CaptureDescription(application: application)
        connections = CleanConnections(limit: connectionLimit ?? CleanConnections.limit)
    }

    /// Nothing more can be written.
    public var hasFailed: Bool { failed.load(ordering: .relaxed) }

    /// Closes the file, which is an empty capture where there was no message.
    ///
    /// - Throws: What went wrong, now or before.
    public func close() throws(CaptureError) {
        open()
        do throws(CaptureError) {
            try writer.take()?.close()
        } catch {
            if problem == nil { problem = error }
        }
        if let problem { throw problem }
    }

    // MARK: Records

    /// Takes a message.
    ///
    /// - Parameters:
    ///   - number: Of the connection.
    ///   - bytes: Header and payload, as far as they were captured.
    func write(_ finding: Finding, of sender: StreamSender, number: UInt64, _ bytes: RawSpan) {
        guard problem == nil, let source = sender.ends?.source, let destination = sender.ends?.destination,
            let header = header(of: finding, bytes)
        else { return }
        setTime(finding.origin)
        let isDecrypted = finding.packet != nil
        let comment = "from frame \(finding.origin.frame)" + (isDecrypted ? ", decrypted" : "")
        var connection: CleanConnections.Connection
        if let known = connections.take(number), !known.hasEnded(sender.side) {
            connection = known
        } else {
            connection = connections.make(from: source, to: destination, of: sender)
            write(connection.packets.open())
        }
        var message = header
        let rest = bytes.extracting(droppingFirst: isDecrypted ? finding.message.header.byteCount : 0)
        rest.withUnsafeBytes { message.append(contentsOf: $0) }
        write(connection.packets.send(message, connection.direction(of: sender.side)), comment: comment)
        counts.messages += 1
        keep(connection, number)
    }

    private func keep(_ connection: CleanConnections.Connection, _ number: UInt64) {
        for var idle in connections.put(connection, number) {
            write(idle.end(.forward) + idle.end(.backward))
            counts.closedEarly += 1
        }
    }

    /// What is to be written before the message's bytes, or before its payload where it was decrypted; nil where it cannot
    /// be written, which is counted.
    private func header(of finding: Finding, _ bytes: RawSpan) -> [UInt8]? {
        let header = finding.message.header
        guard finding.message.payloadLength >= Int(header.length) else {
            counts.cut += 1
            return nil
        }
        guard finding.packet != nil else { return [] }
        guard header.command.isPlausible else {
            if header.form == .shortPacket { counts.unknownIdentifiers += 1 } else { counts.unusableCommands += 1 }
            return nil
        }
        return MessageHeader.v1(
            header.command, bytes.extracting(droppingFirst: header.byteCount), on: header.network)
    }

    /// Takes what a record is of that is of no message.
    func note(_ event: StreamEvent, _ bytes: RawSpan) {
        switch event {
        case .packet where PacketContents.isDecoy(bytes): counts.decoys += 1
        case .packet(let facts, _) where !facts.packet.isVersion: counts.emptyPackets += 1
        case .encrypted: counts.encryptedStreams += 1
        default: break
        }
    }

    /// A direction has ended: nothing more will come of it.
    func close(_ side: Direction, number: UInt64, at origin: Origin) {
        guard problem == nil, var connection = connections.take(number) else { return }
        setTime(origin)
        write(connection.end(side))
        if !connection.hasEnded { keep(connection, number) }
    }

    // MARK: Packets

    private func setTime(_ origin: Origin) {
        time = origin.time
        hasTime = notes.map { !$0.isTimeless(origin.frame) } ?? true
    }

    private func open() {
        guard let opened = destination.take(), problem == nil else { return }
        do throws(CaptureError) {
            writer = try CaptureWriter(opened, format: format, linkType: Self.linkType, description: description)
        } catch {
            fail(error)
        }
    }

    /// - Parameter comment: Of the packets with bytes.
    private func write(_ packets: [[UInt8]], comment: String? = nil) {
        open()
        for packet in packets where problem == nil {
            frames += 1
            var header = FrameHeader(
                number: frames, time: time, capturedLength: packet.count, originalLength: packet.count,
                linkType: Self.linkType, file: 0)
            header.hasTime = hasTime
            if !hasTime, format == .pcap { counts.timeless += 1 }
            let own = SyntheticConnection.carriesBytes(packet) ? comment : nil
            do throws(CaptureError) {
                try writer?.write(header, packet.span.bytes, comment: own)
            } catch {
                fail(error)
            }
        }
    }

    private func fail(_ error: CaptureError) {
        problem = error
        failed.store(true, ordering: .relaxed)
    }
}
