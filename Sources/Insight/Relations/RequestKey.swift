import BitcoinP2P
import Fields
import Reassembly

/// What is asked for: an answer fits a request of the same key.
struct RequestKey: Hashable {
    let kind: RequestKind
    /// Of a filter.
    var type: UInt8 = 0
    /// Nonce or hash; of neither, zero.
    private let words: InlineArray<4, UInt64>

    init(_ kind: RequestKind, type: UInt8 = 0) {
        self.kind = kind
        self.type = type
        words = InlineArray(repeating: 0)
    }

    init(_ kind: RequestKind, nonce: UInt64) {
        self.kind = kind
        words = [nonce, 0, 0, 0]
    }

    /// - Parameter hash: 32 bytes; of fewer there is no key.
    init?(_ kind: RequestKind, type: UInt8 = 0, hash: RawSpan) {
        guard hash.byteCount == 32 else { return nil }
        self.kind = kind
        self.type = type
        words = InlineArray { hash.unsafeLoadUnaligned(fromUncheckedByteOffset: $0 &* 8, as: UInt64.self) }
    }

    private init(_ kind: RequestKind, type: UInt8, _ words: InlineArray<4, UInt64>) {
        self.kind = kind
        self.type = type
        self.words = words
    }

    /// The same hash, asked for as something else.
    func of(_ kind: RequestKind) -> RequestKey { RequestKey(kind, type: type, words) }

    /// Peers choose hashes: so that none can choose two of one digest, it depends on a random seed.
    var digest: UInt64 { UInt64(bitPattern: Int64(hashValue)) }

    /// A part of it that no seed has changed.
    var firstWord: UInt32 { UInt32(truncatingIfNeeded: words[0] ^ words[0] >> 32) }

    /// The same of a key that one side of a conversation asks for.
    func digest(_ conversation: Int32, _ side: Direction) -> UInt64 {
        var hasher = Hasher()
        hasher.combine(UInt64(UInt32(bitPattern: conversation)) << 8 | UInt64(side.rawValue))
        hash(into: &hasher)
        return UInt64(bitPattern: Int64(hasher.finalize()))
    }

    static func == (left: RequestKey, right: RequestKey) -> Bool {
        left.kind == right.kind && left.type == right.type && left.words[0] == right.words[0]
            && left.words[1] == right.words[1] && left.words[2] == right.words[2] && left.words[3] == right.words[3]
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(UInt64(kind.rawValue) << 8 | UInt64(type))
        for index in 0..<4 { hasher.combine(words[index]) }
    }
}
