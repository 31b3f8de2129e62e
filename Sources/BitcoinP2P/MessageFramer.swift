import Fields
import Glibc

/// Finds the messages in one direction of a connection (protocol.md section 2).
///
/// It holds no bytes: the caller hands over what has not been consumed yet and goes on after what a step consumes.
/// While it is in step with the stream it believes the headers; out of step it takes a header only with evidence: a
/// checksum that is right, or another header where the message ends.
public struct MessageFramer: Sendable {
    /// What Core accepts since 0.13; more is annotated.
    public static let lengthLimit = 4_000_000
    /// The largest payload that was ever legal and is worth waiting for (v0.3.12 to v0.10); beyond it a header is wrong.
    public static let oldLengthLimit = 33_554_432
    static let headerLength = 24
    static let shortHeaderLength = 20

    public struct Message: Sendable {
        public let header: MessageHeader
        /// Payload bytes after the header; fewer than the header says where another message begins before its end.
        public let payloadLength: Int
        public private(set) var status: ChecksumStatus
        /// The payload's double SHA-256; nil where the payload is not whole.
        public private(set) var payloadHash: Hash256?
        /// The checksum has not been looked at: ``verify(_:)`` is to be called.
        public private(set) var awaitsVerdict = false

        public var byteCount: Int { header.byteCount + payloadLength }

        public init(header: MessageHeader, payloadLength: Int, status: ChecksumStatus, payloadHash: Hash256?) {
            self.header = header
            self.payloadLength = payloadLength
            self.status = status
            self.payloadHash = payloadHash
        }

        /// A whole message whose checksum is yet to be looked at.
        init(unverified header: MessageHeader) {
            self.init(header: header, payloadLength: Int(header.length), status: .unverified, payloadHash: nil)
            awaitsVerdict = true
        }

        /// Looks at the checksum, if that was left to the caller. `bytes` are the message's, header included.
        public mutating func verify(_ bytes: RawSpan) {
            guard awaitsVerdict, bytes.byteCount == byteCount else { return }
            awaitsVerdict = false
            let hash = DoubleSHA256.hash(bytes.extracting(droppingFirst: header.byteCount))
            status = hash.checksum == header.checksum ? .good : .bad
            payloadHash = hash
        }
    }

    public enum Step: Sendable {
        /// Nothing can be said before this many bytes are there.
        case needMore(minimum: Int)
        /// A message, which is consumed.
        case message(Message)
        /// How many bytes are consumed in which no message begins.
        case skipped(Int)
    }

    private enum State: Sendable {
        /// The next byte begins a header.
        case synchronised
        /// The next byte should begin a header, but bytes were lost before it.
        case expecting
        case searching
    }

    /// The network of the last message; a network known from the other direction may be put here.
    public var network: Network?
    private var state: State
    private var sawShortHeader = false
    /// Two messages had the network's magic.
    private var isMagicSeenTwice = false
    // Hashing and searching that led to nothing is paid from what is there, or was consumed or given up, so that a
    // hostile stream of headers that claim megabytes costs a constant times its length.
    private var wasted = 0
    private var consumed = 0

    /// - Parameter synchronised: Whether the first byte is known to begin a header.
    public init(network: Network?, synchronised: Bool) {
        self.network = network
        state = synchronised ? .synchronised : .expecting
    }

    /// Bytes were lost, or skipped: the next one may or may not begin a header.
    public mutating func resume() { state = .expecting }

    /// The next step through `bytes`, which begin after what the last step consumed.
    ///
    /// - Parameters:
    ///   - isLast: No byte follows these for now: a gap or the end of the stream.
    ///   - leavesVerdict: The caller will ``Message/verify(_:)`` messages whose checksum decides nothing here. It decides
    ///     where the header may lack one, and where the length may be wrong and another message may begin within.
    public mutating func next(_ bytes: RawSpan, isLast: Bool, leavesVerdict: Bool = false) -> Step {
        let step: Step
        if bytes.isEmpty {
            return .needMore(minimum: Self.headerLength)
        }
        switch state {
        case .synchronised: step = nextInStep(bytes, isLast: isLast, leavesVerdict: leavesVerdict)
        case .expecting:
            if bytes.byteCount < Self.headerLength, !isLast { return .needMore(minimum: Self.headerLength) }
            if plausibleHeader(bytes, at: 0, limit: Self.oldLengthLimit) != nil {
                state = .synchronised
                step = nextInStep(bytes, isLast: isLast, leavesVerdict: leavesVerdict)
            } else {
                state = .searching
                step = search(bytes, isLast: isLast)
            }
        case .searching: step = search(bytes, isLast: isLast)
        }
        switch step {
        case .needMore: if isLast { consumed += bytes.byteCount }
        case .message(let message): consumed += message.byteCount
        case .skipped(let count): consumed += count
        }
        return step
    }

    /// Whether `bytes`, which the last step left, may hold a whole message already, so that what follows only proves it.
    public func mayHoldMessage(_ bytes: RawSpan) -> Bool {
        guard bytes.byteCount >= Self.shortHeaderLength else { return false }
        guard state == .synchronised, let network else { return true }
        guard let header = MessageHeader(bytes, at: 0, network: network, form: .withoutChecksum) else { return false }
        let payload = bytes.byteCount - Self.shortHeaderLength
        if payload - 4 >= Int(header.length) { return true }
        return payload >= Int(header.length) && mayHaveShortHeader(header)
    }

    /// The message that `bytes` begin but do not end, if its header is there up to the length field.
    public func cut(_ bytes: RawSpan) -> Message? {
        guard let magic = bytes.loadBigEndian32(at: 0) else { return nil }
        let network = self.network ?? Network(magic: magic)
        guard network.magic == magic, let header = MessageHeader(bytes, at: 0, network: network) else { return nil }
        switch state {
        case .synchronised: break
        case .expecting, .searching:
            guard network.isKnown || self.network != nil, header.command.isPlausible,
                header.length <= Self.oldLengthLimit, MessageTypes.standard[header.command] != nil
            else { return nil }
        }
        return Message(
            header: header, payloadLength: max(0, bytes.byteCount - Self.headerLength), status: .unverified,
            payloadHash: nil)
    }

    // MARK: In step

    private mutating func nextInStep(_ bytes: RawSpan, isLast: Bool, leavesVerdict: Bool) -> Step {
        guard let magic = bytes.loadBigEndian32(at: 0) else { return .needMore(minimum: Self.headerLength) }
        if network == nil { network = Network(magic: magic) }
        guard let network, network.magic == magic else {
            state = .searching
            return search(bytes, isLast: isLast)
        }
        if consumed > 0 { isMagicSeenTwice = true }
        guard let header = MessageHeader(bytes, at: 0, network: network), bytes.byteCount >= Self.headerLength else {
            if isLast, let short = shortMessage(bytes, isLast: true) { return .message(short) }
            return .needMore(minimum: Self.headerLength)
        }
        if header.length > Self.oldLengthLimit {
            state = .expecting
            return .message(Message(header: header, payloadLength: 0, status: .unverified, payloadHash: nil))
        }
        let total = Self.headerLength + Int(header.length)
        guard bytes.byteCount >= total else {
            if isLast {
                if let short = shortMessage(bytes, isLast: true) { return .message(short) }
                // The capture may end within a message that carries others; or the length is wrong, and it is others
                // up to the end.
                if let earlier = innerMessage(bytes, from: Self.headerLength), isRun(of: bytes, from: earlier) {
                    return .message(
                        Message(
                            header: header, payloadLength: earlier - Self.headerLength, status: .unverified,
                            payloadHash: nil))
                }
            }
            return .needMore(minimum: total)
        }
        let following = bytes.loadBigEndian32(at: total)
        // Where another magic or the end is right after it.
        let isLengthRight = following == network.magic || isLast && bytes.byteCount == total
        let message = bytes.extracting(0..<total)
        if leavesVerdict, !mayHaveShortHeader(header), isLengthRight || !holdsMagic(message) {
            return .message(Message(unverified: header))
        }
        let hash = DoubleSHA256.hash(message.extracting(droppingFirst: Self.headerLength))
        if hash.checksum == header.checksum {
            sawShortHeader = false
            return .message(
                Message(header: header, payloadLength: Int(header.length), status: .good, payloadHash: hash))
        }
        if let short = shortMessage(bytes, isLast: isLast) { return .message(short) }
        // A wrong length makes a wrong checksum, too; then the messages it would swallow are worth more than it.
        if !isLengthRight, holdsMagic(message), let earlier = innerMessage(message, from: Self.headerLength) {
            if following == nil, !isLast { return .needMore(minimum: total + 4) }
            wasted += total
            return .message(
                Message(
                    header: header, payloadLength: earlier - Self.headerLength, status: .unverified, payloadHash: nil))
        }
        return .message(
            Message(header: header, payloadLength: Int(header.length), status: .bad, payloadHash: hash))
    }

    /// The message at 0 read with a header of 20 bytes, if that fits better: another magic stands where it would end,
    /// or the stream ends just there.
    private mutating func shortMessage(_ bytes: RawSpan, isLast: Bool) -> Message? {
        guard let network,
            let header = MessageHeader(bytes, at: 0, network: network, form: .withoutChecksum),
            mayHaveShortHeader(header), header.length <= Self.oldLengthLimit
        else { return nil }
        let total = Self.shortHeaderLength + Int(header.length)
        let isFollowed = bytes.loadBigEndian32(at: total) == network.magic
        guard isFollowed || isLast && bytes.byteCount == total && endsAsShort(bytes) else { return nil }
        sawShortHeader = true
        let hash = DoubleSHA256.hash(bytes.extracting(Self.shortHeaderLength..<total))
        return Message(
            header: header, payloadLength: Int(header.length), status: .notPresent, payloadHash: hash)
    }

    private func mayHaveShortHeader(_ header: MessageHeader) -> Bool {
        header.command == Self.version || header.command == Self.verack || sawShortHeader
    }

    /// A message that lost its last four bytes is as long as a whole one with a short header. The latter comes after
    /// others of its kind, or has the protocol's version, in those days a small number, where a checksum would be.
    private func endsAsShort(_ bytes: RawSpan) -> Bool {
        sawShortHeader || (bytes.loadBigEndian32(at: Self.shortHeaderLength)?.byteSwapped ?? .max) < 100_000
    }

    private static let version = Command("version")
    private static let verack = Command("verack")

    // MARK: Out of step

    /// Whether another message may begin within the payload of a message. That costs no more than what is consumed, so it
    /// is no waste.
    private func holdsMagic(_ message: RawSpan) -> Bool { findMagic(message, from: Self.headerLength) != nil }

    /// Where in `bytes`, from `start` on, a whole message with a right checksum begins.
    private mutating func innerMessage(_ bytes: RawSpan, from start: Int) -> Int? {
        var at = start
        while mayWaste(on: bytes) {
            guard let found = findMagic(bytes, from: at) else {
                wasted += max(0, bytes.byteCount - at)
                return nil
            }
            wasted += found + 1 - at
            at = found + 1
            guard let header = plausibleHeader(bytes, at: found, limit: Self.lengthLimit),
                bytes.byteCount - found >= Self.headerLength + Int(header.length)
            else { continue }
            let payload = found + Self.headerLength
            let hash = DoubleSHA256.hash(bytes.extracting(payload..<payload + Int(header.length)))
            if hash.checksum == header.checksum { return found }
            wasted += Int(header.length)
        }
        return nil
    }

    /// Whether from `start` to their end the bytes are messages one after the other, of which the last may be cut.
    private func isRun(of bytes: RawSpan, from start: Int) -> Bool {
        var at = start
        while at < bytes.byteCount {
            guard bytes.byteCount - at >= Self.headerLength else {
                guard let magic = bytes.loadBigEndian32(at: at) else { return true }
                return isMagic(magic)
            }
            guard let header = plausibleHeader(bytes, at: at, limit: Self.lengthLimit) else { return false }
            at += Self.headerLength + Int(header.length)
        }
        return true
    }

    private func mayWaste(on bytes: RawSpan) -> Bool { wasted <= 8 * (consumed + bytes.byteCount) + 4096 }

    /// Whether messages may begin with `magic`.
    private func isMagic(_ magic: UInt32) -> Bool {
        network?.magic == magic || isNetworkOpen && Network.isKnown(magic: magic)
    }

    /// A magic that nobody knows, seen once, may be a damaged one.
    private var isNetworkOpen: Bool { network.map { !$0.isKnown && !isMagicSeenTwice } ?? true }

    /// The header at `at`, if it could be one: a magic that is known here, a command, a length within `limit`.
    private func plausibleHeader(_ bytes: RawSpan, at offset: Int, limit: Int) -> MessageHeader? {
        guard let magic = bytes.loadBigEndian32(at: offset), bytes.byteCount - offset >= Self.headerLength,
            network == nil || isMagic(magic)
        else { return nil }
        let header = MessageHeader(bytes, at: offset, network: Network(magic: magic))
        guard let header, header.command.isPlausible, header.length <= limit else { return nil }
        // A magic that nobody knows must at least stand before a command that somebody knows.
        if network == nil, !header.network.isKnown, MessageTypes.standard[header.command] == nil { return nil }
        return header
    }

    private func findMagic(_ bytes: RawSpan, from start: Int) -> Int? {
        guard bytes.byteCount >= 4, start <= bytes.byteCount - 4 else { return nil }
        if let network, !isNetworkOpen { return Self.find(network.magic, in: bytes, from: start) }
        for at in start...bytes.byteCount - 4 {
            let magic = UInt32(bigEndian: bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: at, as: UInt32.self))
            if isMagic(magic) { return at }
        }
        return nil
    }

    /// The first place of a magic from `start` on; nil where there is none.
    ///
    /// memchr(3) finds the next byte like its first among many at once. After each some places are looked at one by one,
    /// since calls for a byte that is everywhere would cost more.
    private static func find(_ magic: UInt32, in bytes: RawSpan, from start: Int) -> Int? {
        bytes.withUnsafeBytes { source in
            guard let base = source.baseAddress else { return nil }
            // The last place where four bytes are left is before it.
            let end = source.count - 3
            var at = start
            while at < end, let found = memchr(base + at, Int32(magic >> 24), end - at) {
                let first = UnsafeRawPointer(found) - base
                at = min(first + 16, end)
                for place in first..<at
                where UInt32(bigEndian: source.loadUnaligned(fromByteOffset: place, as: UInt32.self)) == magic {
                    return place
                }
            }
            return nil
        }
    }

    private mutating func search(_ bytes: RawSpan, isLast: Bool) -> Step {
        guard let found = findMagic(bytes, from: 0) else {
            // The last three bytes may be the beginning of a magic.
            let skipped = isLast ? bytes.byteCount : bytes.byteCount - 3
            return skipped > 0 ? .skipped(skipped) : .needMore(minimum: 4)
        }
        if found > 0 { return .skipped(found) }
        guard bytes.byteCount >= Self.headerLength else {
            return isLast && cut(bytes) == nil ? .skipped(bytes.byteCount) : .needMore(minimum: Self.headerLength)
        }
        guard mayWaste(on: bytes), let header = plausibleHeader(bytes, at: 0, limit: Self.lengthLimit) else {
            return .skipped(1)
        }
        let total = Self.headerLength + Int(header.length)
        guard bytes.byteCount >= total else {
            guard isLast else { return .needMore(minimum: total) }
            if let short = shortMessageOutOfStep(bytes, header.network, isLast: true) { return .message(short) }
            if let inner = innerMessage(bytes, from: 1) { return .skipped(inner) }
            return cut(bytes) == nil ? .skipped(1) : .needMore(minimum: total)
        }
        let hash = DoubleSHA256.hash(bytes.extracting(Self.headerLength..<total))
        let message = Message(
            header: header, payloadLength: Int(header.length),
            status: hash.checksum == header.checksum ? .good : .bad, payloadHash: hash)
        if message.status == .bad {
            if let short = shortMessageOutOfStep(bytes, header.network, isLast: isLast) { return .message(short) }
            guard let following = bytes.loadBigEndian32(at: total) else {
                if isLast { return reject(header) }
                return .needMore(minimum: total + 4)
            }
            guard following == header.network.magic else { return reject(header) }
        }
        network = header.network
        state = .synchronised
        return .message(message)
    }

    private mutating func shortMessageOutOfStep(_ bytes: RawSpan, _ network: Network, isLast: Bool) -> Message? {
        let before = self.network
        self.network = network
        guard let short = shortMessage(bytes, isLast: isLast) else {
            self.network = before
            return nil
        }
        state = .synchronised
        return short
    }

    private mutating func reject(_ header: MessageHeader) -> Step {
        wasted += Int(header.length)
        return .skipped(1)
    }
}
