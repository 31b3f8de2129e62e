import Fields

/// The fields of a v2 packet: those around a message, and those of a packet without one.
public struct V2PacketLayout: Sendable {
    let packetsLost = Remark(
        "bitcoin.v2.packets.lost", .warning, .reassembly, "{n} packets before this one could not be decrypted")
    let packetWithoutMessage = Remark(
        "bitcoin.v2.packet.without_message", .warning, .malformed,
        "The packet is not a decoy, and holds no complete command: receivers ignore it")

    public let packet = Field(
        "bitcoin.v2", "Bitcoin v2 transport", .group,
        "encrypted transport (BIP 324): the packet that carried the message, or a direction that cannot be read")
    public let key = Field(
        "bitcoin.v2.ellswift", "ElligatorSwift public key", .bytes,
        "the 64 bytes each side sends first: its ephemeral public key, encoded so that it looks random")
    public let garbageLength = Field(
        "bitcoin.v2.garbage_length", "Garbage length", .unsigned(bits: 16),
        "bytes without meaning between the key and the garbage terminator, 0 to 4095; reported with the first packet")
    public let sessionID = Field(
        "bitcoin.v2.session_id", "Session id", .bytes,
        "32 bytes that only both sides know: Bitcoin Core's getpeerinfo shows them")
    public let number = Field(
        "bitcoin.v2.packet", "Packet number", .unsigned(bits: 64),
        "which packet of this direction it is, from 0; decoys count")
    public let length = Field(
        "bitcoin.v2.length", "Contents length", .unsigned(bits: 32),
        "bytes of contents, which the first three bytes of the packet give, encrypted")
    public let authentication = Field(
        "bitcoin.v2.authentication.status", "Authentication Status", .enumeration(Self.verdicts, bits: 8),
        "whether the packet is what its sender encrypted")
    public let header = Field(
        "bitcoin.v2.header", "Packet header", .hexadecimal(bits: 8), "flags of the packet, of which one is defined")
    public let ignore = Field(
        "bitcoin.v2.ignore", "Ignore", .flag(mask: UInt64(PacketContents.ignoreBit), bits: 8),
        "whether the packet is a decoy, which receivers skip")
    public let shortID = Field(
        "bitcoin.v2.short_id", "Short message id", .enumeration(ShortMessageIdentifiers.names, bits: 8),
        "one byte that stands for a command; 0 where the command follows in 12 bytes")
    public let contents = Field(
        "bitcoin.v2.contents", "Contents", .bytes, "the decrypted contents of a packet that has no message")
    public let lost = Field(
        "bitcoin.v2.lost", "Packets lost", .unsigned(bits: 64),
        "packets of this direction between the one shown before and this one that could not be decrypted")
    public let ciphertext = Field(
        "bitcoin.v2.ciphertext", "Encrypted packet", .bytes, "the packet as it was sent, length and tag included")

    public static let verdicts = ValueNames(
        (0, "Bad", "the packet is not what its sender encrypted, or the secret is not this connection's"),
        (1, "Good", "the packet is what its sender encrypted"))

    /// What is known of a packet beside its decrypted bytes. An object, so that a message without a packet has only a
    /// pointer for it.
    public final class Facts: Sendable {
        public let packet: V2Framer.Packet
        public let sessionID: [UInt8]
        /// The direction's key; empty for all but its first packet.
        public let key: [UInt8]
        /// The packet as it was sent, if that is wanted.
        public let ciphertext: [UInt8]

        public init(_ packet: V2Framer.Packet, sessionID: [UInt8], key: [UInt8], ciphertext: [UInt8]) {
            self.packet = packet
            self.sessionID = sessionID
            self.key = key
            self.ciphertext = ciphertext
        }
    }

    public init() {}

    /// Every field; none of them needs the payload of a message.
    public var all: Set<Field> {
        [
            packet, key, garbageLength, sessionID, number, length, authentication, header, ignore, shortID, contents,
            lost, ciphertext,
        ]
    }

    /// Lays out the header of a decrypted packet and, where there is a message, its short id; the rest is left.
    public func layout(
        _ c: inout Cursor<some FieldSink & ~Copyable>, _ facts: Facts, hasMessage: Bool
    ) throws(Stop) {
        let contents = c.left - PacketContents.headerLength
        // A span of an object's array cannot be lent.
        let (sent, session, sealed) = (facts.key, facts.sessionID, facts.ciphertext)
        try c.group(packet) { c throws(Stop) in
            if !sent.isEmpty { c.generate(key, sent.span.bytes) }
            if let count = facts.packet.garbageLength { c.generate(garbageLength, UInt64(count)) }
            c.generate(sessionID, session.span.bytes)
            c.generate(number, facts.packet.number)
            if facts.packet.lost > 0 {
                c.generate(lost, facts.packet.lost)
                c.annotate(packetsLost, facts.packet.lost)
            }
            c.generate(length, UInt64(contents))
            c.generate(authentication, 1)
            if !sealed.isEmpty { c.generate(ciphertext, sealed.span.bytes) }
            let flags = try c.integer(header, UInt8.self)
            c.flags([(ignore, UInt64(PacketContents.ignoreBit))], of: UInt64(flags), bytes: 1)
            if hasMessage {
                try c.integer(shortID, UInt8.self)
            } else {
                c.rest(self.contents)
                let isDecoy = flags & PacketContents.ignoreBit != 0
                if !isDecoy, !facts.packet.isVersion { c.annotate(packetWithoutMessage) }
            }
        }
    }
}
