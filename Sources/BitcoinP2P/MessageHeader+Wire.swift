extension MessageHeader {
    /// The 24 bytes that come before a payload in v1, whatever transport it came by (protocol.md section 2).
    public static func v1(_ command: Command, _ payload: RawSpan, on network: Network) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Form.withChecksum.byteCount)
        withUnsafeBytes(of: network.magic.bigEndian) { bytes += $0 }
        for index in 0..<Command.byteCount { bytes.append(command.byte(index)) }
        withUnsafeBytes(of: UInt32(clamping: payload.byteCount).littleEndian) { bytes += $0 }
        withUnsafeBytes(of: DoubleSHA256.hash(payload).checksum.bigEndian) { bytes += $0 }
        return bytes
    }
}
