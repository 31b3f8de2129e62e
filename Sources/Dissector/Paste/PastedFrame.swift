import Fields
import Layers

/// A frame or packet, as analysers of networks copy it.
struct PastedFrame {
    /// With its article.
    let name: String
    /// Where the data of its TCP segment is; nil where it has no TCP.
    let payload: Range<Int>?
    /// It has TCP, and the checksum and the lengths of its IP header are right, the checksum perhaps left to the network card.
    /// Few bytes are so that are something else.
    let isPlain: Bool

    private static let layers = PacketLayers.standard

    /// The link types that are tried, and what makes each likely: bytes of its header that stand for IPv4 or IPv6.
    private static let forms: [(linkType: Int32, name: String, isLikely: @Sendable (RawSpan) -> Bool)] = [
        (101, "an IP packet", { isIP($0, at: 0) }),
        (1, "an Ethernet frame", { isIP($0, at: 14, after: 12) || [0x8100, 0x88a8].contains(word($0, at: 12)) }),
        (113, "a frame of a Linux cooked capture", { isIP($0, at: 16, after: 14) }),
        (276, "a frame of a Linux cooked capture", { isIP($0, at: 20, after: 0) }),
        (0, "a frame of a loopback interface", { isIP($0, at: 4) && word($0, at: 2) == 0 }),
    ]

    /// Nil where the bytes are something else. A packet must be there completely.
    init?(_ bytes: RawSpan) {
        for form in Self.forms where form.isLikely(bytes) {
            var sink = TreeSink(wantsInfo: false)
            let reached = Self.layers.dissect(
                bytes, originalLength: bytes.byteCount, linkType: form.linkType, into: &sink)
            switch reached {
            case .tcp(let packet, let payload):
                guard !packet.isHeaderWrong, packet.wireLength == payload.count else { continue }
                self.init(name: form.name, payload: payload, isPlain: packet.isLengthRight)
                return
            case .notTCP, .fragment:
                self.init(name: form.name, payload: nil, isPlain: false)
                return
            case .notIP, .unread, .malformed, nil: continue
            }
        }
        return nil
    }

    private init(name: String, payload: Range<Int>?, isPlain: Bool) {
        self.name = name
        self.payload = payload
        self.isPlain = isPlain
    }

    /// Whether a header of IPv4 or IPv6 may stand at `start`, and the EtherType at `type` says the same.
    private static func isIP(_ bytes: RawSpan, at start: Int, after type: Int? = nil) -> Bool {
        guard bytes.byteCount >= start + 20 else { return false }
        let first = bytes.unsafeLoad(fromUncheckedByteOffset: start, as: UInt8.self)
        let isIPv4 = (0x45...0x4f).contains(first)
        guard isIPv4 || first >> 4 == 6 else { return false }
        guard let type else { return true }
        return word(bytes, at: type) == (isIPv4 ? 0x0800 : 0x86dd)
    }

    private static func word(_ bytes: RawSpan, at offset: Int) -> Int {
        guard offset + 2 <= bytes.byteCount else { return -1 }
        return Int(UInt16(bigEndian: bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt16.self)))
    }
}
