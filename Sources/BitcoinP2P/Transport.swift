import Fields

/// How two nodes wrap their messages, as far as an observer can tell (protocol.md section 11.2).
public enum Transport: Sendable, Equatable {
    /// Messages in clear, each after a header.
    case v1
    /// BIP 324: encrypted. Without keys only a candidate: nothing distinguishes its bytes from random ones.
    case v2
    /// Something else that happens to use the port.
    case other
}

/// Tells the transport of one direction from its first bytes.
public enum TransportDetector {
    public enum Verdict: Sendable, Equatable {
        /// Ask again with more bytes.
        case undecided
        /// Messages, beginning with the first byte.
        case v1
        /// Messages, beginning somewhere after the first byte: a proxy's greeting, or a stream caught in the middle.
        case v1Later
        /// Neither a header nor a key: perhaps a damaged message, with others after it.
        case unclear
        case v2
        case other
    }

    /// Bytes of the ElligatorSwift key that begins each direction of v2.
    public static let v2KeyLength = 64

    /// - Parameters:
    ///   - bytes: The direction's first bytes.
    ///   - isStart: Whether they are the first that were sent; a stream caught in the middle may be anything.
    ///   - isLast: No more are coming.
    public static func verdict(_ bytes: RawSpan, isStart: Bool, isLast: Bool) -> Verdict {
        // The first bytes of all are no accident: with a known magic and a command, even an absurd length makes a header.
        if beginsWithHeader(bytes, anyLength: isStart) || isLast && endsInsideHeader(bytes) { return .v1 }
        guard isStart else { return bytes.byteCount >= 24 || isLast ? .v1Later : .undecided }
        guard bytes.byteCount >= v2KeyLength || isLast else { return .undecided }
        for at in 0..<min(bytes.byteCount, headerSearched) where beginsWithHeader(bytes, at: at, knownMagicOnly: true) {
            return .v1Later
        }
        if beginsWithProxyGreeting(bytes) { return .v1Later }
        if bytes.byteCount < 4 || isASCII(bytes) || beginsWithTLS(bytes) { return .other }
        return mayBeKey(bytes) ? .v2 : .unclear
    }

    /// Whether a header stands at `at`: a known magic before a plausible command and length, or any magic before
    /// `version`.
    public static func beginsWithHeader(
        _ bytes: RawSpan, at offset: Int = 0, knownMagicOnly: Bool = false, anyLength: Bool = false
    ) -> Bool {
        guard let magic = bytes.loadBigEndian32(at: offset),
            let header = MessageHeader(bytes, at: offset, network: Network(magic: magic))
        else { return false }
        if header.network.isKnown {
            return header.command.isPlausible && (anyLength || header.length <= MessageFramer.oldLengthLimit)
        }
        return !knownMagicOnly && header.command == Command("version")
    }

    /// Whether bytes from anywhere in a stream of any kind can only be Bitcoin's: they begin with a header of a known
    /// network, or with a whole `version` message with a right checksum, whatever its magic is.
    ///
    /// - Parameter isFirst: They are the first of their stream: then a proxy's header may stand before the `version`.
    public static func isRecognisable(_ bytes: RawSpan, isFirst: Bool = false) -> Bool {
        if beginsWithHeader(bytes, knownMagicOnly: true) { return true }
        if isFirst, holdsVersion(bytes) { return true }
        guard let magic = bytes.loadBigEndian32(at: 0),
            let header = MessageHeader(bytes, at: 0, network: Network(magic: magic)),
            header.command == Command("version"), header.length <= bytes.byteCount - header.byteCount
        else { return false }
        let payload = bytes.extracting(header.byteCount..<header.byteCount + Int(header.length))
        return DoubleSHA256.hash(payload).checksum == header.checksum
    }

    /// Whether the header of a `version` of a known network stands within the first bytes.
    private static func holdsVersion(_ bytes: RawSpan) -> Bool {
        let version = Command("version")
        for at in 0..<min(max(bytes.byteCount - MessageFramer.headerLength + 1, 0), headerSearched) {
            // Most bytes do not begin the command: one look at each is enough.
            guard bytes.unsafeLoad(fromUncheckedByteOffset: at &+ 4, as: UInt8.self) == version.byte(0),
                beginsWithHeader(bytes, at: at, knownMagicOnly: true),
                let header = MessageHeader(bytes, at: at, network: Network(magic: 0)), header.command == version
            else { continue }
            return true
        }
        return false
    }

    /// How far another protocol's header may reach before the first message.
    private static let headerSearched = 512

    /// Whether the bytes are the beginning of a header, too short to be one: of a known magic, or of any magic before
    /// `version`.
    private static func endsInsideHeader(_ bytes: RawSpan) -> Bool {
        let count = bytes.byteCount
        guard count > 0, count < MessageFramer.shortHeaderLength else { return false }
        var magic: UInt32 = 0
        for at in 0..<min(count, 4) {
            magic |= UInt32(bytes.unsafeLoad(fromUncheckedByteOffset: at, as: UInt8.self)) << UInt32(24 - 8 * at)
        }
        let mask = count < 4 ? UInt32.max << UInt32(32 - 8 * count) : .max
        if Network.knownMagics.contains(where: { $0 & mask == magic }) { return true }
        let version = Command("version")
        return count >= 11
            && (4..<min(count, 16)).allSatisfy {
                bytes.unsafeLoad(fromUncheckedByteOffset: $0, as: UInt8.self) == version.byte($0 - 4)
            }
    }

    /// SOCKS5 (RFC 1928): version 5, a count of methods and the methods, or a chosen method and the answer's version.
    private static func beginsWithProxyGreeting(_ bytes: RawSpan) -> Bool {
        guard bytes.byteCount >= 4 else { return false }
        let greeting = bytes.loadBigEndian32(at: 0) ?? 0
        return greeting >> 24 == 5 && greeting >> 16 & 0xff <= 3 && greeting >> 8 & 0xff <= 5 && greeting & 0xff <= 5
    }

    /// A TLS handshake record (RFC 8446, 5.1) with a hello of either side.
    private static func beginsWithTLS(_ bytes: RawSpan) -> Bool {
        guard bytes.byteCount >= 6, let start = bytes.loadBigEndian32(at: 0) else { return false }
        let hello = bytes.unsafeLoad(fromUncheckedByteOffset: 5, as: UInt8.self)
        return start >> 16 == 0x1603 && start >> 8 & 0xff <= 4 && (hello == 1 || hello == 2)
    }

    /// Sixteen random bytes are all printable once in ten million times.
    private static func isASCII(_ bytes: RawSpan) -> Bool {
        for at in 0..<min(bytes.byteCount, 16) {
            let byte = bytes.unsafeLoad(fromUncheckedByteOffset: at, as: UInt8.self)
            if !(byte >= 0x20 && byte < 0x7f || byte == 0x0a || byte == 0x0d) { return false }
        }
        return true
    }

    /// Whether the bytes may begin a key, which looks like random bytes: of those half have their highest bit set,
    /// and few are the same. Zeros and headers of other protocols are not like that; 64 random bytes are rejected about
    /// once in ten million times. A stream that ends within the key is judged by few bytes, so less surely.
    private static func mayBeKey(_ bytes: RawSpan) -> Bool {
        let count = min(bytes.byteCount, v2KeyLength)
        var seen = InlineArray<256, Bool>(repeating: false)
        var different = 0
        var high = 0
        for at in 0..<count {
            let byte = bytes.unsafeLoad(fromUncheckedByteOffset: at, as: UInt8.self)
            if !seen[Int(byte)] { different &+= 1 }
            seen[Int(byte)] = true
            if byte >= 0x80 { high &+= 1 }
        }
        return different &* 8 >= count &* 5 && high >= max(1, (count &- 16) / 4)
    }
}
