import Crypto

/// Bytes of one message as a node sends it.
///
/// - Parameters:
///   - magic: Read big-endian; mainnet's unless said.
///   - length: What the header says; the payload's own length where nil.
///   - checksum: Read big-endian; the right one where nil.
public func framed(
    _ command: String, _ payload: [UInt8] = [], magic: UInt32 = 0xf9be_b4d9, length: UInt32? = nil,
    checksum: UInt32? = nil, hasChecksum: Bool = true
) -> [UInt8] {
    let name = Array(command.utf8) + [UInt8](repeating: 0, count: 12 - command.utf8.count)
    let sum = checksum.map(bigEndian) ?? Array(sha256d(payload).prefix(4))
    return bigEndian(magic) + name + littleEndian(length ?? UInt32(payload.count)) + (hasChecksum ? sum : []) + payload
}

/// Bytes that hold no magic: they count up in steps of seven.
public func filler(_ count: Int, from start: Int = 1) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: start + 7 * $0) }
}

/// In as few bytes as it takes: nodes reject more.
public func compactSize(_ value: Int) -> [UInt8] {
    switch value {
    case ..<253: [UInt8(truncatingIfNeeded: value)]
    case ..<(1 << 16): [0xfd] + littleEndian(UInt16(truncatingIfNeeded: value))
    default: [0xfe] + littleEndian(UInt32(truncatingIfNeeded: value))
    }
}

/// As many bytes as the number's type has.
public func bigEndian(_ number: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: number.bigEndian) { Array($0) }
}

/// As many bytes as the number's type has.
public func littleEndian(_ number: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: number.littleEndian) { Array($0) }
}

/// SHA-256 twice.
func sha256d(_ bytes: [UInt8]) -> [UInt8] { Array(SHA256.hash(data: Array(SHA256.hash(data: bytes)))) }
