/// Finds and opens the packets in one direction of a v2 connection whose secret is known (protocol.md section 11.1).
///
/// Like ``MessageFramer`` it holds no bytes: the caller hands over what has not been consumed yet and goes on after
/// what a step consumes. The first step consumes the key, the garbage and the first packet together, since the packet
/// authenticates the garbage. Nothing is given out that does not authenticate.
public struct V2Framer: Sendable {
    /// Bytes of a packet beside its contents: length, header and tag.
    public static let overhead = LengthCipher.fieldLength + 1 + PacketCipher.tagLength
    /// The longest garbage that is allowed.
    public static let garbageLimit = 4095

    public struct Packet: Sendable {
        /// In its direction, from 0.
        public let number: UInt64
        /// Bytes of the stream it takes; with the first packet those of key, garbage and terminator.
        public let byteCount: Int
        /// Bytes of garbage before it, if it is the first.
        public let garbageLength: Int?
        /// How many packets between the one given out before and this one could not be opened.
        public let lost: UInt64
        /// The first packet that is no decoy: it negotiates the transport and has no message.
        public let isVersion: Bool
    }

    public enum Failure: Sendable, Equatable {
        /// No garbage terminator in the bytes searched after the key: the secret is not this connection's.
        case noTerminator(searched: Int)
        /// The sender sent more garbage than is allowed. The secret is right. `bytes` is the least it can be.
        case garbageTooLong(bytes: Int)
        /// The direction ended before its terminator, though the secret is right, as the other direction has shown.
        case endedInGarbage(searched: Int)
        /// The packet of that number has other bytes than were sent.
        case notAuthentic(packet: UInt64)
    }

    public enum Step: Sendable {
        /// Nothing can be said before this many bytes are there.
        case needMore(minimum: Int)
        /// A packet, which is consumed; its header and contents are in the buffer.
        case packet(Packet)
        /// How many bytes are consumed that belong to no packet that can be opened.
        case skipped(Int)
        /// Reported once for each packet; nothing is consumed. After ``Failure/noTerminator(searched:)`` there is no more.
        case failed(Failure)
    }

    private enum State: Sendable {
        case handshake
        /// The next byte begins packet ``number``.
        case inStep
        /// Packet ``number`` begins at that offset; the bytes before it belong to one that cannot be opened.
        case passing(to: UInt64)
        case searching(PacketSearch)
    }

    private struct Ciphers: Sendable {
        var lengths: LengthCipher
        var packets: PacketCipher

        init(_ side: KeySchedule.Side) {
            lengths = LengthCipher(side.lengthKey)
            packets = PacketCipher(side.packetKey)
        }
    }

    private let start: UInt64
    private let isStart: Bool
    private var state = State.handshake
    private var ciphers: Ciphers?
    private var number: UInt64 = 0
    /// One more than the number of the packet opened last.
    private var opened: UInt64 = 0
    private var hasVersion = false
    /// Handshake: the offset of the terminator, once found, and that up to which there is none.
    private var terminator: UInt64?
    private var searched: UInt64
    /// Handshake: where bytes are missing first.
    private var hole: UInt64?
    /// How many bytes of large packets may be tried in vain: paid back by bytes consumed.
    private var budget = Self.budgetLimit
    private static let budgetLimit = 64 << 20

    /// - Parameters:
    ///   - start: The offset of the direction's first byte.
    ///   - isStart: Whether that is known, and not only presumed.
    public init(start: UInt64, isStart: Bool) {
        self.start = start
        self.isStart = isStart
        searched = start &+ UInt64(EllSwiftKey.byteCount)
    }

    /// At least one packet was opened.
    public var hasPackets: Bool { opened > 0 }
    /// The garbage terminator was found.
    public var hasTerminator: Bool { terminator != nil }

    /// A packet is searched for.
    public var isSearching: Bool { placesWanted != nil }

    /// While a packet is searched for: the offset from which on it is wanted where segments begin.
    public var placesWanted: UInt64? {
        if case .searching(let search) = state { search.placesKnown } else { nil }
    }

    /// Segments begin at these offsets, in ascending order; before `end` at no others.
    public mutating func add(places: [UInt64], before end: UInt64) {
        guard case .searching(var search) = state else { return }
        state = .inStep
        search.add(places: places, before: end)
        state = .searching(search)
    }

    /// The next step through `bytes`, which begin after what the last step consumed.
    ///
    /// - Parameters:
    ///   - offset: Of the first of `bytes`.
    ///   - isLast: No byte follows these for now: a gap or the end of the stream.
    ///   - buffer: Takes a packet's header and contents.
    public mutating func next(
        _ bytes: RawSpan, at offset: UInt64, _ role: KeySchedule.Role, of session: V2Session, isLast: Bool,
        into buffer: inout V2PacketBuffer
    ) -> Step {
        let step: Step
        switch state {
        case .handshake: step = begin(bytes, at: offset, role, of: session, isLast: isLast, into: &buffer)
        case .inStep: step = nextInStep(bytes, at: offset, into: &buffer)
        case .passing(let end):
            if offset >= end {
                state = .inStep
                step = nextInStep(bytes, at: offset, into: &buffer)
            } else if bytes.isEmpty {
                step = .needMore(minimum: 1)
            } else {
                step = .skipped(Int(min(UInt64(bytes.byteCount), end - offset)))
            }
        case .searching: step = search(bytes, at: offset, isLast: isLast, into: &buffer)
        }
        switch step {
        case .packet(let packet): earn(packet.byteCount)
        case .skipped(let count): earn(count)
        case .needMore, .failed: break
        }
        return step
    }

    private mutating func earn(_ count: Int) { budget = min(budget + min(count, Self.budgetLimit), Self.budgetLimit) }

    // MARK: Handshake

    private mutating func begin(
        _ bytes: RawSpan, at offset: UInt64, _ role: KeySchedule.Role, of session: V2Session, isLast: Bool,
        into buffer: inout V2PacketBuffer
    ) -> Step {
        guard let terminator = findTerminator(bytes, at: offset, role, of: session) else {
            return withoutTerminator(bytes, at: offset, role, of: session, isLast: isLast)
        }
        guard prepare(role, of: session) else { return .needMore(minimum: bytes.byteCount + 1) }
        let first = Int(terminator - offset) + KeySchedule.terminatorLength
        guard let length = ciphers?.lengths.length(bytes, at: first, ofPacket: 0) else {
            return .needMore(minimum: first + LengthCipher.fieldLength)
        }
        let total = first + length + Self.overhead
        if hole != nil {
            // What the packet authenticates is not whole.
            pass(to: offset &+ UInt64(total), next: 1)
            return .skipped(min(total, bytes.byteCount))
        }
        guard bytes.byteCount >= total else { return .needMore(minimum: total) }
        let garbage = EllSwiftKey.byteCount..<Int(terminator - offset)
        let sealed = bytes.extracting(first + LengthCipher.fieldLength..<total)
        guard open(sealed, authenticating: bytes.extracting(garbage), into: &buffer) else {
            return fail(at: offset &+ UInt64(first), length: length)
        }
        return .packet(take(total, garbage: garbage.count, buffer))
    }

    private mutating func findTerminator(
        _ bytes: RawSpan, at offset: UInt64, _ role: KeySchedule.Role, of session: V2Session
    ) -> UInt64? {
        if let terminator { return terminator }
        let from = max(searched, offset)
        guard from <= lastTerminator else { return nil }
        if let found = session.terminator(
            of: role, in: bytes, from: Int(from - offset), through: Int(clamping: lastTerminator - offset))
        {
            terminator = offset &+ UInt64(found)
            return terminator
        }
        let end = offset &+ UInt64(bytes.byteCount)
        // The last bytes may be the beginning of one.
        searched = max(from, end - min(end, UInt64(KeySchedule.terminatorLength - 1)))
        return nil
    }

    /// The last offset at which the terminator may begin.
    private var lastTerminator: UInt64 { start &+ UInt64(EllSwiftKey.byteCount + Self.garbageLimit) }

    private mutating func withoutTerminator(
        _ bytes: RawSpan, at offset: UInt64, _ role: KeySchedule.Role, of session: V2Session, isLast: Bool
    ) -> Step {
        // Where bytes are missing it may have been among them, and no more are coming.
        guard searched > lastTerminator || isLast && hole != nil && !bytes.isEmpty else {
            return .needMore(minimum: bytes.byteCount + 1)
        }
        if isStart, hole == nil {
            if let length = overlongGarbage(bytes, at: offset, role, of: session) {
                return .failed(.garbageTooLong(bytes: length))
            }
            return .failed(.noTerminator(searched: Self.garbageLimit + KeySchedule.terminatorLength))
        }
        // The terminator is missing. Once the other direction has shown the network, packets can be sought without it.
        guard prepare(role, of: session) else { return .needMore(minimum: bytes.byteCount + 1) }
        let earliest = max(start &+ UInt64(EllSwiftKey.byteCount + KeySchedule.terminatorLength), hole ?? 0)
        state = .searching(
            PacketSearch(behind: PacketSearch.Position(offset: earliest, number: 0), from: max(offset, earliest)))
        return .skipped(0)
    }

    /// How many bytes of garbage there are at least, where it is certain that they are too many: the terminator stands
    /// after them, or the other direction has shown that the secret is right.
    private func overlongGarbage(
        _ bytes: RawSpan, at offset: UInt64, _ role: KeySchedule.Role, of session: V2Session
    ) -> Int? {
        let first = start &+ UInt64(EllSwiftKey.byteCount)
        guard offset <= first else { return nil }
        let from = Int(clamping: lastTerminator &+ 1 &- offset)
        if let found = session.terminator(of: role, in: bytes, from: from, through: bytes.byteCount) {
            return found - Int(clamping: first - offset)
        }
        guard session.schedule != nil else { return nil }
        return bytes.byteCount - Int(clamping: first - offset) - (KeySchedule.terminatorLength - 1)
    }

    /// Derives the ciphers, if the network is known.
    private mutating func prepare(_ role: KeySchedule.Role, of session: V2Session) -> Bool {
        if ciphers == nil { ciphers = session.schedule.map { Ciphers($0[role]) } }
        return ciphers != nil
    }

    // MARK: Packets

    private mutating func nextInStep(_ bytes: RawSpan, at offset: UInt64, into buffer: inout V2PacketBuffer) -> Step {
        guard let length = ciphers?.lengths.length(bytes, at: 0, ofPacket: number) else {
            return .needMore(minimum: LengthCipher.fieldLength)
        }
        let total = length + Self.overhead
        guard bytes.byteCount >= total else { return .needMore(minimum: total) }
        let sealed = bytes.extracting(LengthCipher.fieldLength..<total)
        guard open(sealed, authenticating: RawSpan(), into: &buffer) else { return fail(at: offset, length: length) }
        return .packet(take(total, garbage: nil, buffer))
    }

    private mutating func open(
        _ sealed: RawSpan, authenticating data: RawSpan, into buffer: inout V2PacketBuffer
    ) -> Bool {
        ciphers?.packets.open(sealed, number: number, authenticating: data, into: &buffer) ?? false
    }

    /// Counts the packet that was opened.
    private mutating func take(_ byteCount: Int, garbage: Int?, _ buffer: V2PacketBuffer) -> Packet {
        let isDecoy = PacketContents.isDecoy(buffer.plain.span.bytes)
        // After a loss only an empty packet is taken for the one that negotiates: it has been empty ever since.
        let isVersion = !hasVersion && !isDecoy && (opened == number || buffer.plain.count == 1)
        if !isDecoy { hasVersion = true }
        let packet = Packet(
            number: number, byteCount: byteCount, garbageLength: garbage, lost: number &- opened, isVersion: isVersion)
        number &+= 1
        opened = number
        state = .inStep
        ciphers?.lengths.forget(before: number)
        ciphers?.packets.forget(before: number)
        return packet
    }

    /// Packet ``number``, which begins at `offset`, does not authenticate: its length may be as wrong as the rest.
    private mutating func fail(at offset: UInt64, length: Int) -> Step {
        let end = offset &+ UInt64(length + Self.overhead)
        state = .searching(
            PacketSearch(
                behind: PacketSearch.Position(offset: offset, number: number),
                guess: PacketSearch.Position(offset: end, number: number &+ 1), from: offset &+ 1))
        return .failed(.notAuthentic(packet: number))
    }

    // MARK: Gaps

    /// Bytes are missing up to `resume`, or were given up.
    ///
    /// - Parameters:
    ///   - pending: Those before them that were not consumed.
    ///   - offset: Of the first pending byte.
    public mutating func gap(after pending: RawSpan, at offset: UInt64, resumingAt resume: UInt64) {
        switch state {
        case .handshake:
            if let terminator {
                let first = terminator &+ UInt64(KeySchedule.terminatorLength)
                loseRest(of: pending, at: offset, packetAt: first, resumingAt: resume)
            } else {
                if hole == nil { hole = offset &+ UInt64(pending.byteCount) }
                searched = max(searched, resume)
            }
        case .inStep: loseRest(of: pending, at: offset, packetAt: offset, resumingAt: resume)
        case .passing(let end):
            if end < resume {
                state = .searching(
                    PacketSearch(behind: PacketSearch.Position(offset: end, number: number), from: resume))
            }
        case .searching(var search):
            state = .inStep
            search.restart(at: resume)
            state = .searching(search)
        }
    }

    /// Packet ``number``, which begins at `start`, is cut by a gap.
    private mutating func loseRest(
        of pending: RawSpan, at offset: UInt64, packetAt start: UInt64, resumingAt resume: UInt64
    ) {
        // Where it ends is known if its length was captured.
        if start >= offset,
            let length = ciphers?.lengths.length(pending, at: Int(clamping: start - offset), ofPacket: number)
        {
            let end = start &+ UInt64(length + Self.overhead)
            pass(to: end, next: number &+ 1)
            if end >= resume { return }
            state = .searching(PacketSearch(behind: PacketSearch.Position(offset: end, number: number), from: resume))
        } else {
            state = .searching(PacketSearch(behind: PacketSearch.Position(offset: start, number: number), from: resume))
        }
    }

    private mutating func pass(to end: UInt64, next: UInt64) {
        number = next
        state = .passing(to: end)
    }

    private mutating func search(
        _ bytes: RawSpan, at offset: UInt64, isLast: Bool, into buffer: inout V2PacketBuffer
    ) -> Step {
        guard case .searching(var search) = state, var ciphers else { return .needMore(minimum: bytes.byteCount + 1) }
        // Taken out, so that they are changed in place.
        state = .inStep
        self.ciphers = nil
        defer { self.ciphers = ciphers }
        let step = search.next(
            bytes, at: offset, isLast: isLast, lengths: &ciphers.lengths, packets: &ciphers.packets, budget: &budget,
            into: &buffer)
        switch step {
        case .found(let position):
            number = position.number
            // It is opened once more, in step.
            return .skipped(Int(position.offset - offset))
        case .skipped(let count):
            state = .searching(search)
            return .skipped(count)
        case .needMore:
            state = .searching(search)
            return .needMore(minimum: bytes.byteCount + 1)
        }
    }
}
