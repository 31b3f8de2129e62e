import Crypto
import CryptoExtras

/// FSChaCha20 (BIP 324; protocol.md section 11.5): hides the lengths of the packets of one direction.
///
/// One keystream of ChaCha20 serves 224 packets, three bytes each; the 32 bytes after them are the next key.
public struct LengthCipher: Sendable {
    /// Bytes of an encrypted length.
    public static let fieldLength = 3
    /// The most contents that a packet can have.
    public static let lengthLimit = (1 << 24) - 1
    private static let keyLength = 32
    private static let streamLength = Int(Epochs<[UInt8]>.packets) * fieldLength + keyLength

    private var streams: Epochs<[UInt8]>

    public init(_ key: SymmetricKey) {
        streams = Epochs(Self.keystream(key, epoch: 0)) { stream, epoch in
            Self.keystream(SymmetricKey(data: Array(stream.suffix(Self.keyLength))), epoch: epoch &+ 1)
        }
    }

    /// The whole keystream of an epoch.
    private static func keystream(_ key: SymmetricKey, epoch: UInt64) -> [UInt8] {
        let zeros = [UInt8](repeating: 0, count: streamLength)
        // Neither throws for a key of 32 bytes and a nonce of 12; zeros would make lengths that do not authenticate.
        guard let nonce = try? Insecure.ChaCha20CTR.Nonce(data: Epochs<[UInt8]>.nonce(0, epoch)),
            let stream = try? Insecure.ChaCha20CTR.encrypt(zeros, using: key, nonce: nonce)
        else { return zeros }
        return Array(stream)
    }

    /// How many bytes of contents packet `number` says it has, 0 to 2²⁴ − 1; nil if the three bytes at `offset` are not
    /// there, or the packet is one of those forgotten.
    public mutating func length(_ bytes: RawSpan, at offset: Int, ofPacket number: UInt64) -> Int? {
        guard offset >= 0, offset <= bytes.byteCount - Self.fieldLength, let mask = mask(ofPacket: number) else {
            return nil
        }
        var length = 0
        for index in 0..<Self.fieldLength {
            length |= Int(bytes.unsafeLoad(fromUncheckedByteOffset: offset + index, as: UInt8.self)) << (8 * index)
        }
        return length ^ mask
    }

    /// Encrypts how many bytes of contents packet `number` has, and appends the three bytes.
    ///
    /// - Parameter length: 0 to 2²⁴ − 1.
    /// - Returns: False, with nothing appended, if the length is not one of those, or the packet is one of those
    ///   forgotten.
    public mutating func seal(length: Int, ofPacket number: UInt64, to bytes: inout [UInt8]) -> Bool {
        guard (0...Self.lengthLimit).contains(length), let mask = mask(ofPacket: number) else { return false }
        for index in 0..<Self.fieldLength {
            bytes.append(UInt8(truncatingIfNeeded: (length ^ mask) >> (8 * index)))
        }
        return true
    }

    /// What the length of packet `number` is combined with, 24 bits; nil if the packet is one of those forgotten.
    private mutating func mask(ofPacket number: UInt64) -> Int? {
        guard let stream = streams.element(ofPacket: number) else { return nil }
        let place = Int(number % Epochs<[UInt8]>.packets) * Self.fieldLength
        guard place <= stream.count - Self.fieldLength else { return nil }
        var mask = 0
        for index in 0..<Self.fieldLength { mask |= Int(stream[place + index]) << (8 * index) }
        return mask
    }

    /// Packets before `number` will not be asked for any more.
    public mutating func forget(before number: UInt64) { streams.forget(before: number) }
}
