import Crypto

/// FSChaCha20Poly1305 (BIP 324; protocol.md section 11.5): encrypts and authenticates the packets of one direction.
public struct PacketCipher: Sendable {
    /// Bytes of the tag that ends a packet.
    public static let tagLength = 16

    private var keys: Epochs<SymmetricKey>

    public init(_ key: SymmetricKey) {
        keys = Epochs(key) { key, epoch in
            // Neither throws for a key of 32 bytes and a nonce of 12; with the old key no packet would authenticate.
            guard let nonce = try? ChaChaPoly.Nonce(data: Epochs<SymmetricKey>.nonce(.max, epoch)),
                let sealed = try? ChaChaPoly.seal([UInt8](repeating: 0, count: 32), using: key, nonce: nonce)
            else { return key }
            return SymmetricKey(data: Array(sealed.ciphertext))
        }
    }

    /// Decrypts packet `number` into the buffer, if it is authentic; else the buffer is left empty.
    ///
    /// - Parameters:
    ///   - sealed: The packet after its length: header and contents, encrypted, and the tag.
    ///   - data: What is authenticated with it: of a direction's first packet its garbage.
    public mutating func open(
        _ sealed: RawSpan, number: UInt64, authenticating data: RawSpan, into buffer: inout V2PacketBuffer
    ) -> Bool {
        buffer.removeAll()
        guard let key = keys.element(ofPacket: number) else { return false }
        buffer.seal(Self.nonce(number), sealed)
        guard let box = try? ChaChaPoly.SealedBox(combined: buffer.sealed) else { return false }
        if data.isEmpty {
            guard let plain = try? ChaChaPoly.open(box, using: key) else { return false }
            buffer.fill(plain)
        } else {
            let data = data.withUnsafeBytes { Array($0) }
            guard let plain = try? ChaChaPoly.open(box, using: key, authenticating: data) else { return false }
            buffer.fill(plain)
        }
        return true
    }

    /// Encrypts packet `number`, and appends header and contents, encrypted, and the tag.
    ///
    /// - Parameters:
    ///   - plain: Header and contents.
    ///   - data: What is authenticated with it: of a direction's first packet its garbage.
    /// - Returns: False, with nothing appended, if the packet is one of those forgotten.
    public mutating func seal(
        _ plain: [UInt8], number: UInt64, authenticating data: [UInt8], to bytes: inout [UInt8]
    ) -> Bool {
        // Neither throws for a key of 32 bytes and a nonce of 12.
        guard let key = keys.element(ofPacket: number), let nonce = try? ChaChaPoly.Nonce(data: Self.nonce(number)),
            let box = try? ChaChaPoly.seal(plain, using: key, nonce: nonce, authenticating: data)
        else { return false }
        bytes.append(contentsOf: box.ciphertext)
        bytes.append(contentsOf: box.tag)
        return true
    }

    private static func nonce(_ number: UInt64) -> [UInt8] {
        let (epoch, position) = number.quotientAndRemainder(dividingBy: Epochs<SymmetricKey>.packets)
        return Epochs<SymmetricKey>.nonce(UInt32(truncatingIfNeeded: position), epoch)
    }

    /// Packets before `number` will not be asked for any more.
    public mutating func forget(before number: UInt64) { keys.forget(before: number) }
}

/// Memory for one packet, used again for the next one.
public struct V2PacketBuffer: Sendable {
    /// Header and contents of the packet opened last; empty if it could not be opened.
    public private(set) var plain: [UInt8] = []
    /// Nonce, encrypted bytes and tag, as the cipher takes them.
    fileprivate var sealed: [UInt8] = []
    /// A larger packet gives its memory back.
    private static let keptCapacity = 1 << 20

    public init() {}

    fileprivate mutating func removeAll() {
        plain.removeAll(keepingCapacity: plain.capacity <= Self.keptCapacity)
        sealed.removeAll(keepingCapacity: sealed.capacity <= Self.keptCapacity)
    }

    fileprivate mutating func seal(_ nonce: [UInt8], _ bytes: RawSpan) {
        sealed.append(contentsOf: nonce)
        bytes.withUnsafeBytes { sealed.append(contentsOf: $0) }
    }

    fileprivate mutating func fill(_ bytes: some Sequence<UInt8>) {
        // Appended as one piece where the bytes lie in one.
        if bytes.withContiguousStorageIfAvailable({ plain.append(contentsOf: $0) }) == nil {
            plain.append(contentsOf: bytes)
        }
    }
}
