/// What a decrypted packet holds: a header of one byte, then the contents (protocol.md section 11.3).
public enum PacketContents {
    /// Bytes before the contents.
    public static let headerLength = 1
    static let ignoreBit: UInt8 = 0x80

    /// Whether receivers pass the packet over.
    public static func isDecoy(_ plain: RawSpan) -> Bool {
        plain.byteCount > 0 && plain.unsafeLoad(as: UInt8.self) & ignoreBit != 0
    }

    /// The contents of a packet that carries a message: its command, by one byte where BIP 324 has one, and the payload.
    public static func message(_ command: Command, _ payload: RawSpan) -> [UInt8] {
        var contents: [UInt8] = []
        contents.reserveCapacity(1 + Command.byteCount + payload.byteCount)
        if let identifier = ShortMessageIdentifiers.identifier(of: command) {
            contents.append(identifier)
        } else {
            contents.append(ShortMessageIdentifiers.long)
            for index in 0..<Command.byteCount { contents.append(command.byte(index)) }
        }
        payload.withUnsafeBytes { contents.append(contentsOf: $0) }
        return contents
    }

    /// The message in the contents, as if its header were one of v1; nil where there is none, or its command is cut.
    ///
    /// - Parameter plain: Header and contents of a packet that is no decoy.
    public static func message(_ plain: RawSpan, of network: Network) -> MessageFramer.Message? {
        guard plain.byteCount > headerLength else { return nil }
        let identifier = plain.unsafeLoad(fromByteOffset: headerLength, as: UInt8.self)
        let isLong = identifier == ShortMessageIdentifiers.long
        let form = isLong ? MessageHeader.Form.longPacket : .shortPacket
        guard plain.byteCount >= form.byteCount else { return nil }
        let command = isLong ? Command(plain, at: headerLength + 1) : ShortMessageIdentifiers.command(of: identifier)
        let length = plain.byteCount - form.byteCount
        let header = MessageHeader(
            network: network, command: command ?? Command(""), length: UInt32(clamping: length), checksum: 0,
            form: form)
        return MessageFramer.Message(header: header, payloadLength: length, status: .notPresent, payloadHash: nil)
    }
}
