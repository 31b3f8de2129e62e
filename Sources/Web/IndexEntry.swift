#if Web
import BitcoinP2P
import Records

/// What the index keeps in memory of a row: 40 bytes. The rest is in the index's file.
struct IndexEntry: BitwiseCopyable, Sendable {
    /// What a row is of.
    enum Kind: UInt64, CaseIterable, Sendable {
        case message
        /// Something of v2 that has no message: a handshake, a decoy.
        case packet
        /// A direction that cannot be read.
        case direction
    }

    /// Where in the index's file the row's texts begin: 48 bits; and how long they are: 16 bits.
    private var place: UInt64
    /// In nanoseconds since 1970.
    let time: Int64
    /// From the lowest bit: frame 40, family 4, side 2, kind 2, severity 2, whether it is cut 1, whether its fields are kept 1.
    private var facts: UInt64
    let stream: UInt32
    let length: UInt32
    /// The number of the row that it answers; 0 where there is none.
    let request: UInt32
    /// The number of the first row that answers it; 0 where there is none by now.
    var firstAnswer: UInt32 = 0

    init(
        place: UInt64, textLength: Int, time: Int64, frame: UInt64, family: MessageFamily?, side: Side, kind: Kind,
        severity: RowSeverity?, isCut: Bool, hasContent: Bool = false, stream: UInt64, length: Int, request: UInt32
    ) {
        self.place = place << 16 | UInt64(UInt16(clamping: textLength))
        self.time = time
        let familyCode = family.flatMap { MessageFamily.allCases.firstIndex(of: $0) } ?? MessageFamily.allCases.count
        facts = min(frame, 1 << 40 - 1)
        facts |= UInt64(familyCode) << 40 | UInt64(side.rawValue) << 44 | kind.rawValue << 46
        facts |= UInt64(severity?.rawValue ?? 0) << 48 | (isCut ? 1 << 50 : 0) | (hasContent ? 1 << 51 : 0)
        self.stream = UInt32(clamping: stream)
        self.length = UInt32(clamping: length)
        self.request = request
    }

    var textPlace: UInt64 { place >> 16 }
    var textLength: Int { Int(place & 0xffff) }
    var frame: UInt64 { facts & (1 << 40 - 1) }
    /// Nil of what cannot be read.
    var family: MessageFamily? {
        let code = Int(facts >> 40 & 15)
        return code < MessageFamily.allCases.count ? MessageFamily.allCases[code] : nil
    }
    /// From 0; that of what cannot be read is the last.
    var familyCode: Int { min(Int(facts >> 40 & 15), MessageFamily.allCases.count) }
    var side: Side { Side(rawValue: UInt8(facts >> 44 & 3)) ?? .unknown }
    var kind: Kind { Kind(rawValue: facts >> 46 & 3) ?? .message }
    var severity: RowSeverity? { RowSeverity(rawValue: UInt8(facts >> 48 & 3)) }
    var isCut: Bool { facts >> 50 & 1 == 1 }
    /// Whether the index's file has its ``MessageContent``, after its texts.
    var hasContent: Bool { facts >> 51 & 1 == 1 }
    var contentPlace: UInt64 { textPlace &+ UInt64(textLength) }
}

/// Who sent a row.
enum Side: UInt8, CaseIterable, Sendable {
    /// Who opened the connection, or counts as that.
    case initiator
    case responder
    case unknown
}

/// How bad the worst remark on a row is; what is merely worth a look is none.
enum RowSeverity: UInt8, Sendable {
    case note = 1
    case warning, error
}
#endif
