import Fields
import Keys
import Output
import Reassembly
import Records

/// Collects the frames of the records it is given, and with them those without which nobody could read them again: the
/// connection's handshake, all fragments of a packet, and of an encrypted connection everything.
///
/// It is both one of the writers, which sees the records that are wanted, and a companion of the pipeline, which shows
/// it all packets.
public final class FrameCollector: RecordSink {
    /// The frames so far; complete after ``end()``.
    public private(set) var selection = FrameSelection()
    /// What the messages say.
    public private(set) var messages = SelectedMessages()
    private let secrets: UsedSecrets?

    private var trails: [UInt64: ConnectionTrail] = [:]
    /// The connection in each of the reassembler's slots; those that have left theirs are forgotten.
    private var connections: ContiguousArray<UInt64> = []
    /// Those that have left their slots, but may have records that wait.
    private var left: [UInt64] = []
    /// The packet at hand is the one by which a stream was recognised.
    private var isRecognition = false
    /// Of each datagram that came in fragments: the frame that completed it, how many frames brought it, and which.
    private var datagrams = FrameList()

    /// - Parameter secrets: Is asked for those of the encrypted connections that are selected.
    public init(secrets: UsedSecrets? = nil) { self.secrets = secrets }

    // MARK: RecordSink

    public var wants: Wants { Wants(.summary, frames: true) }
    public func begin() {}

    public func write(_ record: borrowing Record, _ bytes: RawSpan) {
        for frame in record.frames { selection.insert(frame) }
        // Where frames were reordered, another one may have completed it: one that brought bytes before it.
        if record.isMessage { selection.insert(record.frameNumber) }
        trails[record.stream]?.select(into: &selection)
        shareSecret(of: record.stream)
        messages.note(record, bytes)
    }

    /// All frames of an encrypted connection that is selected are selected, and so is its secret.
    private func shareSecret(of connection: UInt64) {
        guard let secrets, let trail = trails[connection], trail.isSelected, trail.isEncrypted else { return }
        secrets.select(connection)
    }

    public func end() {
        var members: UInt64 = 0
        var isWanted: Bool?
        var found = selection
        datagrams.forEach { number in
            if members > 0 {
                members -= 1
                if isWanted == true { found.insert(number) }
                if members == 0 { isWanted = nil }
            } else if isWanted == nil {
                isWanted = selection.contains(number)
            } else {
                members = number
            }
        }
        selection = found
        datagrams = FrameList()
    }

    // MARK: Packets

    /// What is to be known of a packet; less than a `Segment`, which is too big to be kept for each packet.
    struct Shown {
        let sequence: UInt32
        let acknowledgement: UInt32
        let flags: Segment.Flags
        let wireLength: Int
        let stream: StreamID
        /// The connection's ports are Bitcoin's.
        let mayBeEncrypted: Bool

        init(_ segment: Segment, of stream: StreamID, mayBeEncrypted: Bool) {
            sequence = segment.sequence
            acknowledgement = segment.acknowledgement
            flags = segment.flags
            wireLength = segment.wireLength
            self.stream = stream
            self.mayBeEncrypted = mayBeEncrypted
        }
    }

    /// A packet of TCP has been handed to the reassembler.
    ///
    /// - Parameter frames: Those that brought the packet's fragments; empty where it came whole.
    func note(_ shown: Shown, frame: UInt64, fragments frames: [UInt64]) {
        settle(shown.stream)
        let isWanted = trails[shown.stream.connection, default: ConnectionTrail(mayBeEncrypted: shown.mayBeEncrypted)]
            .note(frame, shown, isRecognition: isRecognition)
        isRecognition = false
        if isWanted { selection.insert(frame) }
        if frames.count > 1 {
            datagrams.append(frame)
            datagrams.append(UInt64(frames.count))
            for frame in frames { datagrams.append(frame) }
        }
    }

    /// The packet at hand shows a stream to be Bitcoin's whose ports do not.
    func recognise() { isRecognition = true }

    /// A direction was found to be encrypted, or in clear.
    func decide(_ stream: StreamID, isEncrypted: Bool) {
        settle(stream)
        if isEncrypted {
            trails[stream.connection, default: ConnectionTrail(mayBeEncrypted: true)].encrypt(into: &selection)
            shareSecret(of: stream.connection)
        } else {
            trails[stream.connection, default: ConnectionTrail(mayBeEncrypted: false)].clear()
        }
    }

    /// Nothing is held of connections that have left their slots: they can have no more records.
    func forgetLeft() {
        if left.isEmpty { return }
        for connection in left { trails[connection] = nil }
        left.removeAll()
    }

    /// Leaves the connection that had the slot before. Records of it may still wait for others.
    private func settle(_ stream: StreamID) {
        while connections.count <= stream.slot { connections.append(.max) }
        let former = connections[stream.slot]
        guard former != stream.connection else { return }
        if former != .max { left.append(former) }
        connections[stream.slot] = stream.connection
    }
}
