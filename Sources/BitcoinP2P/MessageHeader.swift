import Fields

/// What the header of a message says (protocol.md section 2).
public struct MessageHeader: Sendable {
    public var network: Network
    public var command: Command
    /// Payload bytes that follow.
    public var length: UInt32
    /// The first four bytes of the payload's double SHA-256, read big-endian; 0 where they are not there.
    public var checksum: UInt32
    public var form: Form

    public enum Form: Sendable {
        case withChecksum
        /// Of `version` and `verack` before 20 February 2012.
        case withoutChecksum
        /// The payload came alone; command and length are known otherwise.
        case absent
        /// Not of the wire: what a node wrote before the payload in a capture of its own, see ``MessageCaptureRecord``.
        case captured
        /// Of a decrypted v2 packet: its header, and one byte for the command.
        case shortPacket
        /// The same with the command in 12 bytes more.
        case longPacket

        /// 24 bytes, 20 or 0; of a decrypted v2 packet 2 or 14.
        public var byteCount: Int {
            switch self {
            case .withChecksum: 24
            case .withoutChecksum: 20
            case .absent: 0
            case .captured: MessageCaptureRecord.headerLength
            case .shortPacket: 2
            case .longPacket: 14
            }
        }
    }

    /// Whether receivers take the command, by the rule of the transport that it came by.
    public var isCommandValid: Bool { form == .longPacket ? command.isValidInV2 : command.isValid }

    /// What comes before the payload, in bytes.
    public var byteCount: Int { form.byteCount }

    public init(network: Network, command: Command, length: UInt32, checksum: UInt32, form: Form) {
        self.network = network
        self.command = command
        self.length = length
        self.checksum = checksum
        self.form = form
    }

    /// The header at `offset`, if its length field is there. Nothing is checked.
    init?(_ bytes: RawSpan, at offset: Int, network: Network, form: Form = .withChecksum) {
        guard let command = Command(bytes, at: offset + 4), bytes.byteCount - offset >= 20 else { return nil }
        self.network = network
        self.command = command
        self.form = form
        length = UInt32(
            littleEndian: bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: offset + 16, as: UInt32.self))
        checksum = bytes.loadBigEndian32(at: offset + 20) ?? 0
    }
}

extension MessageHeader {
    /// Whether the bytes are one whole message with a right checksum.
    public static func isSound(_ message: RawSpan, network: Network) -> Bool {
        guard let header = MessageHeader(message, at: 0, network: network),
            Int(header.length) == message.byteCount - header.byteCount
        else { return false }
        return DoubleSHA256.hash(message.extracting(droppingFirst: header.byteCount)).checksum == header.checksum
    }
}

extension RawSpan {
    /// Four bytes as they stand, or nil where there are fewer.
    @inlinable
    func loadBigEndian32(at offset: Int) -> UInt32? {
        guard offset >= 0, offset <= byteCount - 4 else { return nil }
        return UInt32(bigEndian: unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt32.self))
    }
}

/// The fields of the header, and what became of its checksum.
public struct MessageHeaderLayout: Sendable {
    let commandInvalid = Remark(
        "bitcoin.command.invalid", .warning, .protocol,
        "The command must be printable ASCII, then only NUL bytes: receivers drop this message")
    public let checksumBad = Remark(
        "bitcoin.checksum.bad", .error, .checksum, breaks: Rule("Wrong checksum", .ignored),
        "The checksum is not that of the payload: receivers drop this message")
    let checksumUnverified = Remark(
        "bitcoin.checksum.unverified", .note, .checksum,
        "The checksum cannot be verified: part of the payload is not there")

    public let magic = Field(
        "bitcoin.magic", "Packet magic", .enumeration(Self.magicNames, bits: 32, hexadecimal: true),
        "which Bitcoin network this is for")
    public let command = Field(
        "bitcoin.command", "Command name", .paddedText,
        "what kind of message this is: ASCII, padded with NUL to 12 bytes")
    public let length = Field(
        "bitcoin.length", "Payload Length", .unsigned(bits: 32), "how many bytes of payload follow the header")
    public let checksum = Field(
        "bitcoin.checksum", "Payload checksum", .hexadecimal(bits: 32),
        "the first four bytes of SHA-256(SHA-256(payload))")
    public let checksumStatus = Field(
        "bitcoin.checksum.status", "Checksum Status", .enumeration(ChecksumStatus.names, bits: 8),
        "whether the checksum is that of the payload")
    public let checksumCalculated = Field(
        "bitcoin.checksum.calculated", "Calculated checksum", .hexadecimal(bits: 32),
        "what the checksum of this payload would be")

    public let captureTime = Field(
        "bitcoin.capture.time", "Time captured", .nanoseconds,
        "when the node processed the message, or queued it to be sent: not when it was on the wire")

    static let magicNames = ValueNames(Network.known)

    public static let standard = MessageHeaderLayout()

    public init() {}

    /// The names of all its fields.
    public var names: Set<String> {
        let fields = [magic, command, length, checksum, checksumStatus, checksumCalculated, captureTime]
        return Set(fields.map(\.declaration.name))
    }

    /// Builds the header of the values that the sink has, into the memory that it writes to.
    ///
    /// - Returns: How many bytes.
    func build(_ memory: borrowing BuildMemory, _ header: MessageHeader, from sink: inout BuildSink) -> Int {
        var empty = BuildSink()
        swap(&sink, &empty)
        var cursor = Cursor(memory.span, empty)
        do throws(Stop) { try layout(&cursor, header, .good, calculated: nil) } catch {}
        let length = cursor.offset
        sink = cursor.finish()
        return length
    }

    /// Lays out the 24 bytes, or the 20 of a header without checksum, those of a node's own capture, or the command of a
    /// v2 packet.
    ///
    /// - Parameter remarks: What is wrong with the message's place among the others: remarked on the command.
    public func layout(
        _ c: inout Cursor<some FieldSink & ~Copyable>, _ header: MessageHeader, _ status: ChecksumStatus,
        calculated: UInt32?, remarks: [Remark] = []
    ) throws(Stop) {
        var end: Stop?
        switch header.form {
        case .absent: generate(&c, header)
        case .shortPacket, .longPacket: try layoutPacket(&c, header, remarks)
        case .withChecksum, .withoutChecksum, .captured:
            if header.form == .captured {
                c.generate(magic, UInt64(header.network.magic))
                let time = c.load(littleEndian: Int64.self, at: c.offset) ?? 0
                let nanoseconds = MessageCaptureRecord.nanoseconds(time)
                try c.claim(captureTime, 8, value: UInt64(bitPattern: nanoseconds))
            } else {
                try c.bigEndian(magic, UInt32.self)
            }
            try c.bytes(command, Command.byteCount)
            if !header.isCommandValid { c.annotate(commandInvalid) }
            for remark in remarks { c.annotate(remark) }
            try c.integer(length, UInt32.self)
            if header.length > MessageFramer.lengthLimit {
                c.annotate(.common.lengthOverLimit, UInt64(MessageFramer.lengthLimit))
            }
            if header.form == .withChecksum {
                do throws(Stop) { try c.bigEndian(checksum, UInt32.self) } catch { end = error }
            }
        }
        // Shown for a header that ends within its checksum, too.
        c.generate(checksumStatus, UInt64(status.rawValue))
        switch status {
        case .bad:
            c.annotate(checksumBad)
            if let calculated { c.generate(checksumCalculated, UInt64(calculated)) }
        case .unverified: c.annotate(checksumUnverified)
        case .good, .notPresent: break
        }
        if let end { throw end }
    }

    /// The command of a v2 packet; network and length are known otherwise.
    private func layoutPacket(
        _ c: inout Cursor<some FieldSink & ~Copyable>, _ header: MessageHeader, _ remarks: [Remark]
    ) throws(Stop) {
        c.generate(magic, UInt64(header.network.magic))
        if header.form == .longPacket {
            try c.bytes(command, Command.byteCount)
            if !header.isCommandValid { c.annotate(commandInvalid) }
        } else {
            generateCommand(&c, header)
        }
        for remark in remarks { c.annotate(remark) }
        c.generate(length, UInt64(header.length))
        if header.length > MessageFramer.lengthLimit {
            c.annotate(.common.lengthOverLimit, UInt64(MessageFramer.lengthLimit))
        }
    }

    private func generateCommand(_ c: inout Cursor<some FieldSink & ~Copyable>, _ header: MessageHeader) {
        var name = TextBuffer()
        header.command.append(to: &name)
        c.generate(command, name)
    }

    /// What a header would say, where there is none.
    private func generate(_ c: inout Cursor<some FieldSink & ~Copyable>, _ header: MessageHeader) {
        c.generate(magic, UInt64(header.network.magic))
        generateCommand(&c, header)
        c.generate(length, UInt64(header.length))
    }
}

/// Wireshark's values of a checksum's status.
public enum ChecksumStatus: UInt8, Sendable {
    case bad = 0
    case good = 1
    /// Part of the payload is not there.
    case unverified = 2
    /// The header has none.
    case notPresent = 3

    public static let names = ValueNames(
        (0, "Bad", "the payload is not what its sender hashed"),
        (1, "Good", "the payload is what its sender hashed"),
        (2, "Unverified", "part of the payload is not there"),
        (3, "Not present", "headers before 20 February 2012, and v2 transport, have no checksum"))
}

extension ValueNames {
    init(_ networks: [Network]) {
        self.init(networks.map { (UInt64($0.magic), $0.name, "the magic of \($0.name)") })
    }
}
