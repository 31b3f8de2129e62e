import BitcoinP2P
import Fields
import Layers
import Output

/// The fields that tell where a message comes from: they stand before the message itself in each record's tree.
struct RecordFields: Sendable {
    /// Declared once; builders keep a copy, so that no message asks whether it has been made.
    static let standard = Self.declared.0

    /// What is known before the payload is looked at: all but what says itself that it is not.
    static let early: FieldSet = {
        var (fields, early) = Self.declared
        early = early.union(fields.layers)
        early.formUnion(fields.packet.ofLayers)
        for type in MessageTypes.standard.types { early.subtract(type.fields) }
        early.subtract(FieldSet(fields.columns.late.union(fields.remarks.all).union(fields.payload)))
        early.subtract(FieldSet(Catalog.remarks.map(\.field)))
        return early
    }()

    /// All that a record's tree may have beside the fields of payloads, but for remarks, which no pick of fields has.
    static let own: FieldSet = {
        // Declared once more: by now those of payloads have been, and are not among them.
        let fields = standard
        var own = FieldSet.declared { RecordFields(PacketLayers.standard) }.1.union(fields.layers)
        own.formUnion(fields.packet.ofLayers)
        return own
    }()

    private static let declared: (RecordFields, FieldSet) = {
        let layers = PacketLayers.standard
        return FieldSet.declared { RecordFields(layers) }
    }()

    let frame = Field("frame", "Frame", .layer, "the captured packet that completed the message")
    let frameNumber = Field(
        "frame.number", "Frame Number", .unsigned(bits: 64), "number of the frame that completed the message, from 1")
    let frameTime = Field("frame.time", "Arrival Time", .nanoseconds, "when that frame was captured, in UTC")
    let frameTimeEpoch = Field(
        "frame.time_epoch", "Epoch Arrival Time", .duration, "the same in seconds since 1970-01-01 00:00 UTC")
    let frameTimeRelative = Field(
        "frame.time_relative", "Time since reference or first frame", .duration,
        "the same in seconds since the first frame of the capture")

    let frameLength = Field(
        "frame.len", "Frame length on the wire", .unsigned(bits: 32),
        "bytes of that frame on the wire; 0 where a format for programs has a record without a frame, as of a gap")

    let frameFile = Field(
        "frame.file", "File", .text,
        "the file that frame is of, as it was named or found in a folder; - is standard input")
    let interfaceNumber = Field(
        "frame.interface_id", "Interface id", .unsigned(bits: 32),
        "number of the interface of a pcapng file that frame came by, from 0 over all sections")
    let interfaceName = Field(
        "frame.interface_name", "Interface name", .text, "what the pcapng file calls that interface, if anything")
    let comment = Field(
        "frame.comment", "Comment", .text, "what somebody wrote to that frame, in a pcapng file", repeats: true)

    let packet: PacketFields
    let ip: Field
    let ipSource: Field
    let ipDestination: Field
    let ipv6: Field
    let ipv6Source: Field
    let ipv6Destination: Field
    let tcp: Field
    let sourcePort: Field
    let destinationPort: Field
    let stream = Field(
        "tcp.stream", "Stream index", .unsigned(bits: 64), "number of the TCP connection in the capture, from 0")

    let sequence = Field(
        "tcp.seq", "Sequence Number", .unsigned(bits: 32),
        "where in the sender's stream that frame's bytes begin: 1 is the first byte of the connection, or of what was captured of it"
    )
    let segmentLength = Field(
        "tcp.len", "TCP Segment Len", .unsigned(bits: 32),
        "bytes of TCP payload in the frame that completed the message")

    let message = Field("bitcoin.message", "Message", .layer, "what is known of the message apart from its own bytes")
    let messageNumber = Field(
        "bitcoin.message.number", "Message number", .unsigned(bits: 64), "number of the message in the capture, from 1")
    let direction = Field(
        "bitcoin.message.direction", "Direction", .enumeration(directions, bits: 8),
        "which side of the connection sent the message, where that is known")
    let messageLength = Field(
        "bitcoin.message.length", "Message Length", .unsigned(bits: 64),
        "bytes of header and payload, as the header says")
    static let directions = ValueNames(
        (0, "from the initiator", "sent by the side that opened the connection"),
        (1, "from the responder", "sent by the side that accepted the connection"))

    let peer = Field(
        "bitcoin.peer", "Sender", .layer, "what the sender of this message said of itself in its version message")
    let peerVersion = Field(
        "bitcoin.peer.version", "Sender's protocol version", .signed(bits: 32),
        "the newest protocol that the sender of this message speaks")
    let peerServices = Field(
        "bitcoin.peer.services", "Sender's services", .hexadecimal(bits: 64),
        "what the sender of this message said it serves, one bit each")
    let peerUserAgent = Field(
        "bitcoin.peer.user_agent", "Sender's user agent", .text, "the software of the sender of this message")

    let bitcoin = Field("bitcoin", "Bitcoin protocol", .layer, "what Bitcoin's nodes say to each other")
    let header = MessageHeaderLayout()
    let frames = Field(
        "bitcoin.frames", "Frames", .unsigned(bits: 32), "how many frames brought the bytes of the message")
    let memberFrame = Field(
        "bitcoin.frame", "Frame", .unsigned(bits: 64), "number of a frame that brought bytes of the message",
        repeats: true)
    let lateRecord = Field(
        "bitcoin.late_record", "Late record", .boolean, "a record before this one has a higher frame number")
    let missing = Field(
        "bitcoin.missing", "Missing bytes", .unsigned(bits: 64),
        "bytes of the stream, in this message or before it, that were not captured")
    let skipped = Field(
        "bitcoin.skipped", "Skipped bytes", .unsigned(bits: 64),
        "bytes of the stream, in this message or before it, that were captured but skipped")
    let captured = Field(
        "bitcoin.captured", "Captured payload bytes", .unsigned(bits: 32),
        "how many bytes of the payload, from its beginning, could be dissected")
    let messagePayload = Field(
        "bitcoin.payload", "Payload", .bytes,
        "all bytes of the message after its header, as far as they were captured; only where it is named")
    let data = Field("bitcoin.data.value", "Data", .bytes, "the payload of a message whose layout is not known")

    let v2 = V2PacketLayout()
    let v2Bytes = Field(
        "bitcoin.v2.bytes", "Bytes", .unsigned(bits: 64), "bytes of this direction, key and garbage included")
    let v2Duration = Field(
        "bitcoin.v2.duration", "Duration", .duration, "from the first to the last frame with bytes of this direction")

    let found = Field(
        "bitcoin.found", "Found", .text, "where the message has what --find looks for, in words of its fields",
        repeats: true)
    let gap = GapFields()
    let relations = RelationFields()
    let close = CloseFields()
    let columns = ColumnFields()
    let remarks = RemarkFields()
    let problems = ProblemRemarks()
    let conduct = ConductRemarks.standard

    /// Those of the message itself.
    let messages = MessageTypes.standard.fields

    private init(_ layers: PacketLayers) {
        packet = PacketFields(layers)
        ip = layers.ipv4.layer
        ipSource = layers.ipv4.source
        ipDestination = layers.ipv4.destination
        ipv6 = layers.ipv6.layer
        ipv6Source = layers.ipv6.source
        ipv6Destination = layers.ipv6.destination
        tcp = layers.tcp.layer
        sourcePort = layers.tcp.sourcePort
        destinationPort = layers.tcp.destinationPort
    }

    /// Declared with the layers of a packet.
    private var layers: Set<Field> {
        [ip, ipSource, ipDestination, ipv6, ipv6Source, ipv6Destination, tcp, sourcePort, destinationPort]
    }

    /// What only a look at the payload, or at the frames that brought it, can tell.
    private var payload: Set<Field> { [bitcoin, frames, memberFrame, data, problems.unknown] }
}
