import Glibc
import System

/// Reads a pcapng file or pipe, block by block (draft-ietf-opsawg-pcapng).
///
/// Sections may differ in byte order, interfaces in link type, snap length and clock. A packet may be longer than its
/// interface's snap length, which says what was asked for and not what there is. What tells nothing of packets is
/// skipped, whatever its size: name resolution, custom and unknown blocks. So are statistics and secrets of more than
/// ``blockLimit`` bytes; such secrets are counted. Other blocks of that size are refused, and so are more than
/// ``interfaceLimit`` interfaces in a section.
final class PcapngFile {
    typealias Failure = Savefile.Failure

    /// Bytes of the longest block that is looked at; the same as Wireshark's.
    static let blockLimit: UInt32 = 16 << 20
    static let interfaceLimit = 65_536
    /// With what every file begins, in either byte order: the type of a section header block.
    static let magic: [UInt8] = [0x0a, 0x0d, 0x0d, 0x0a]

    private let stream: BlockStream
    private let notes: CaptureNotes
    private let file: Int
    /// Secrets are noted as they come, since they cannot be looked for before.
    private let notesSecrets: Bool
    private var isSwapped = false
    /// Of the section.
    private var interfaces: [PcapngInterface] = []
    /// Interfaces of the sections before, and packets that they lost.
    private var interfacesBefore: UInt32 = 0
    private var dropsBefore: UInt64 = 0
    /// Bytes of the block whose packet was handed out.
    private var pending = 0

    /// Takes over `descriptor`, and reads the first section's header. Waits for it where the input is a pipe.
    ///
    /// - Parameters:
    ///   - notes: Takes what the file says of its frames beside their headers. The secrets of a regular file are noted
    ///     before its first packet, those of a pipe as they come. Nil where nobody asks.
    ///   - file: Which input it is.
    init(_ descriptor: consuming Descriptor, notes: CaptureNotes?, file: Int) throws(Failure) {
        let position = descriptor.type == S_IFREG ? descriptor.position : nil
        if let position, let notes {
            let unread = SecretsScan.read(descriptor, from: position) { notes.note(secrets: $0, of: file) }
            notes.note(unreadSecrets: unread)
        }
        notesSecrets = position == nil && notes != nil
        stream = BlockStream(descriptor)
        self.notes = notes ?? CaptureNotes()
        self.file = file
        guard stream.load(8) else { throw cut("the file", of: 8) }
        guard stream.bytes.starts(with: Self.magic) else {
            throw wrong("it does not begin with a section header block")
        }
        try beginSection()
    }

    /// The file's bytes that were used so far; nil for a pipe.
    var bytesRead: UInt64? { stream.bytesRead }

    /// Packets that were lost while this was captured, as the file tells.
    var drops: UInt64 { interfaces.reduce(dropsBefore) { $0 &+ $1.drops } }

    /// Reads on to the next packet, and describes it in `header`. A packet without a time keeps the time there.
    ///
    /// - Returns: Its bytes, good until the next call; nil at the end.
    func next(_ header: inout FrameHeader) throws(Failure) -> UnsafeRawBufferPointer? {
        stream.advance(pending)
        pending = 0
        while true {
            guard stream.load(8) else {
                if stream.count == 0, stream.failure == nil { return nil }
                throw cut("a block's beginning", of: 8)
            }
            let start = BlockBytes(bytes: stream.bytes, isSwapped: isSwapped)
            let (type, length): (UInt32, UInt32) = (start.number(0), start.number(4))
            switch BlockType(rawValue: type) {
            case .sectionHeader: try beginSection()
            case .enhancedPacket:
                let body = try load(.enhancedPacket, length, least: 32)
                pending = Int(length)
                return try enhanced(body, &header)
            case .simplePacket:
                let body = try load(.simplePacket, length, least: 16)
                pending = Int(length)
                return try simple(body, &header)
            case .packet:
                let body = try load(.packet, length, least: 32)
                pending = Int(length)
                return try obsolete(body, &header)
            case .interfaceDescription:
                try describe(load(.interfaceDescription, length, least: 20))
                stream.advance(Int(length))
            case .interfaceStatistics where length <= Self.blockLimit:
                count(try load(.interfaceStatistics, length, least: 24))
                stream.advance(Int(length))
            case .decryptionSecrets where notesSecrets && length <= Self.blockLimit:
                if let lines = try load(.decryptionSecrets, length, least: 20).keyLogLines {
                    notes.note(secrets: lines, of: file)
                }
                stream.advance(Int(length))
            case .decryptionSecrets where notesSecrets:
                countUnreadSecrets(length)
                try skip(type, length)
            case .interfaceStatistics, .decryptionSecrets, nil:
                try skip(type, length)
            }
        }
    }

    // MARK: Blocks

    /// Those that are looked at.
    private enum BlockType: UInt32 {
        case interfaceDescription = 1
        /// Obsolete.
        case packet = 2
        case simplePacket = 3
        case interfaceStatistics = 5
        case enhancedPacket = 6
        case decryptionSecrets = 10
        case sectionHeader = 0x0a0d_0d0a

        var name: String {
            switch self {
            case .interfaceDescription: "an interface description block"
            case .packet: "a packet block"
            case .simplePacket: "a simple packet block"
            case .interfaceStatistics: "an interface statistics block"
            case .enhancedPacket: "an enhanced packet block"
            case .decryptionSecrets: "a decryption secrets block"
            case .sectionHeader: "a section header block"
            }
        }
    }

    /// The next block has secrets, of more bytes than are looked at.
    private func countUnreadSecrets(_ length: UInt32) {
        guard stream.load(16) else { return }
        let start = BlockBytes(bytes: stream.bytes, isSwapped: isSwapped)
        guard start.number(8, as: UInt32.self) == SecretsScan.keyLog else { return }
        notes.note(unreadSecrets: UInt64(min(start.number(12), length &- 20)))
    }

    /// Has the next block in memory, all of it.
    ///
    /// - Returns: What it holds between its lengths.
    private func load(_ type: BlockType, _ length: UInt32, least: UInt32) throws(Failure) -> BlockBytes {
        guard length >= least, length & 3 == 0 else {
            throw wrong("\(type.name) of \(length) bytes, which is not at least \(least) and a multiple of 4")
        }
        guard length <= Self.blockLimit else {
            throw wrong("\(type.name) of \(length) bytes, of which at most \(Self.blockLimit) are read")
        }
        let count = Int(length)
        guard stream.load(count) else { throw cut(type.name, of: count) }
        let whole = BlockBytes(bytes: stream.bytes, isSwapped: isSwapped)
        guard whole.number(count - 4) == length else {
            throw wrong("\(type.name) of \(length) bytes that says \(whole.number(count - 4) as UInt32) at its end")
        }
        return BlockBytes(bytes: whole.part(8, count - 12), isSwapped: isSwapped)
    }

    /// Leaves behind a block that is not looked at.
    private func skip(_ type: UInt32, _ length: UInt32) throws(Failure) {
        let name = "a block of type 0x\(String(type, radix: 16))"
        guard length >= 12, length & 3 == 0 else {
            throw wrong("\(name) of \(length) bytes, which is not at least 12 and a multiple of 4")
        }
        let start = stream.offset
        guard stream.skip(UInt64(length) - 4), stream.load(4) else {
            let there = stream.offset &- start &+ UInt64(stream.count)
            throw failure("\(name) of \(length) bytes, of which \(there) are there", isCut: true, at: start)
        }
        let end: UInt32 = BlockBytes(bytes: stream.bytes, isSwapped: isSwapped).number(0)
        guard end == length else {
            throw failure("\(name) of \(length) bytes that says \(end) at its end", isCut: false, at: start)
        }
        stream.advance(4)
    }

    private func beginSection() throws(Failure) {
        guard stream.load(12) else { throw cut(BlockType.sectionHeader.name, of: 12) }
        var start = BlockBytes(bytes: stream.bytes, isSwapped: false)
        switch start.number(8, as: UInt32.self) {
        case 0x1a2b_3c4d: isSwapped = false
        case 0x4d3c_2b1a: isSwapped = true
        default: throw wrong("a section header block without the byte-order magic 0x1a2b3c4d")
        }
        start = BlockBytes(bytes: stream.bytes, isSwapped: isSwapped)
        let length: UInt32 = start.number(4)
        let body = try load(.sectionHeader, length, least: 28)
        let (major, minor): (UInt16, UInt16) = (body.number(4), body.number(6))
        // A minor version of 2 means the same as 0.
        guard major == 1, minor == 0 || minor == 2 else {
            throw wrong("a section of pcapng version \(major).\(minor), where 1.0 and 1.2 are known")
        }
        dropsBefore = drops
        interfacesBefore &+= UInt32(interfaces.count)
        interfaces.removeAll(keepingCapacity: true)
        stream.advance(Int(length))
    }

    private func describe(_ body: BlockBytes) throws(Failure) {
        guard interfaces.count < Self.interfaceLimit else {
            throw wrong("more than \(Self.interfaceLimit) interfaces in a section")
        }
        interfaces.append(PcapngInterface(body, number: interfacesBefore &+ UInt32(interfaces.count)))
    }

    private func count(_ body: BlockBytes) {
        let index = Int(body.number(0, as: UInt32.self))
        // Of an interface that the section does not have, nothing is lost.
        guard interfaces.indices.contains(index) else { return }
        // Each tells of all since the beginning, and may tell of one of the two.
        body.forEachOption(from: 12) { code, value in
            switch code {
            // isb_ifdrop and isb_osdrop.
            case 5 where value.count == 8: interfaces[index].interfaceDrops = value.number(0)
            case 7 where value.count == 8: interfaces[index].systemDrops = value.number(0)
            default: break
            }
        }
    }

    // MARK: Packets

    private func enhanced(_ body: BlockBytes, _ header: inout FrameHeader) throws(Failure) -> UnsafeRawBufferPointer {
        let captured: UInt32 = body.number(12)
        guard captured <= body.count - 20 else { throw tooLong(captured) }
        let index = Int(body.number(0, as: UInt32.self))
        try place(&header, at: index, (body.number(4), body.number(8)))
        header.originalLength = Int(body.number(16, as: UInt32.self))
        let options = 20 &+ (Int(captured) &+ 3) & ~3
        if options < body.count { read(body, options, of: index, &header) }
        return hand(body.part(20, Int(captured)), &header)
    }

    /// A packet block, which enhanced ones have replaced: its interface has 16 bits, and beside it are drops.
    private func obsolete(_ body: BlockBytes, _ header: inout FrameHeader) throws(Failure) -> UnsafeRawBufferPointer {
        let captured: UInt32 = body.number(12)
        guard captured <= body.count - 20 else { throw tooLong(captured) }
        let index = Int(body.number(0, as: UInt16.self))
        try place(&header, at: index, (body.number(4), body.number(8)))
        header.originalLength = Int(body.number(16, as: UInt32.self))
        let drops: UInt16 = body.number(2)
        if drops != .max { interfaces[index].packetDrops &+= UInt64(drops) }
        let options = 20 &+ (Int(captured) &+ 3) & ~3
        if options < body.count { read(body, options, of: index, &header) }
        return hand(body.part(20, Int(captured)), &header)
    }

    /// A simple packet block, of the first interface: it has neither a time nor a captured length.
    private func simple(_ body: BlockBytes, _ header: inout FrameHeader) throws(Failure) -> UnsafeRawBufferPointer {
        try place(&header, at: 0, nil)
        let original: UInt32 = body.number(0)
        let snapLength = interfaces[0].snapLength
        var captured = Int(original)
        if snapLength > 0 { captured = min(captured, Int(snapLength)) }
        header.originalLength = Int(original)
        guard captured <= body.count - 4 else { throw tooLong(UInt32(clamping: captured)) }
        return hand(body.part(4, captured), &header)
    }

    /// Describes where a packet was captured, and when.
    ///
    /// - Parameter time: The upper and the lower half.
    @inline(__always)
    private func place(
        _ header: inout FrameHeader, at index: Int, _ time: (high: UInt32, low: UInt32)?
    ) throws(Failure) {
        guard interfaces.indices.contains(index) else {
            throw wrong("a packet of interface \(index), where the section has \(interfaces.count)")
        }
        header.linkType = interfaces[index].linkType
        header.comment = 0
        header.isOutgoing = false
        if let time {
            header.time = interfaces[index].clock.nanoseconds(UInt64(time.high) << 32 | UInt64(time.low))
        }
        header.hasTime = time != nil
        if let place = interfaces[index].place {
            header.interface = place
        } else {
            let interface = CaptureNotes.Interface(number: interfaces[index].number, name: interfaces[index].name)
            let place = notes.place(of: interface)
            interfaces[index].place = place
            header.interface = place
        }
    }

    @inline(__always)
    private func hand(_ bytes: UnsafeRawBufferPointer, _ header: inout FrameHeader) -> UnsafeRawBufferPointer {
        header.capturedLength = bytes.count
        return bytes
    }

    /// Reads a packet's options.
    private func read(_ body: BlockBytes, _ offset: Int, of interface: Int, _ header: inout FrameHeader) {
        var comments: [[UInt8]] = []
        var isOutgoing = false
        var drops: UInt64 = 0
        body.forEachOption(from: offset) { code, value in
            switch code {
            case 1: comments.append(Array(value.bytes))
            case 2 where value.count == 4: isOutgoing = value.number(0, as: UInt32.self) & 3 == 2
            case 4 where value.count == 8: drops = value.number(0)
            default: break
            }
        }
        header.isOutgoing = isOutgoing
        if !comments.isEmpty { header.comment = notes.place(ofComments: comments) }
        if drops > 0 { interfaces[interface].packetDrops &+= drops }
    }

    // MARK: Failures

    private func tooLong(_ captured: UInt32) -> Failure {
        wrong("a packet of \(captured) captured bytes, for which its block has no room")
    }

    private func wrong(_ message: String) -> Failure { failure(message, isCut: false, at: stream.offset) }

    private func cut(_ what: String, of count: Int) -> Failure {
        failure("\(what) of \(count) bytes, of which \(stream.count) are there", isCut: true, at: stream.offset)
    }

    private func failure(_ message: String, isCut: Bool, at offset: UInt64) -> Failure {
        if let failure = stream.failure { return Failure(cause: .system, message: failure.message) }
        return Failure(cause: isCut ? .endOfInput : .content, message: message, offset: offset)
    }
}
