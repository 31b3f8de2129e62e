import BitcoinP2P
import Fields

/// What pasted bytes are: messages with their headers, or payloads without.
public struct PastedContents: Sendable {
    public struct Piece: Sendable, Equatable {
        public enum Form: Sendable, Equatable {
            /// One message after another, each with its header.
            case messages
            /// One payload of this type.
            case payload(Command)
        }

        /// Of the bytes that were pasted.
        public fileprivate(set) var range: Range<Int>
        public let form: Form
    }

    /// In their order.
    public private(set) var pieces: [Piece] = []
    /// What was taken for what, where that is not plain: a sentence each, without the full stop.
    public private(set) var notes: [String] = []

    private let text: PastedText
    private let command: Command?
    private let network: Network

    /// Parts of the text that are complete messages or payloads each are taken so; else all bytes are one piece.
    ///
    /// - Parameters:
    ///   - command: The type of a payload without header; nil where nobody has said it.
    ///   - network: Whose payloads those without a header are.
    public init(_ text: PastedText, as command: Command?, network: Network) throws(PasteProblem) {
        self.text = text
        self.command = command
        self.network = network
        if let note = text.note { notes.append(note) }
        if let readings = readingsOfParts() {
            take(readings)
            if pieces.count > 1 { notes.insert("each of the \(readings.count) \(unit) was read by itself", at: 0) }
            return
        }
        let all = read(0..<text.bytes.count)
        guard all.piece != nil else { throw problem(all) }
        if text.parts.count > 1, text.dress == .hexadecimal || text.dress == .base64 {
            notes.append("the \(text.parts.count) lines were joined")
        }
        take([all])
    }

    private var unit: String { text.dress == .hexadecimal || text.dress == .base64 ? "lines" : "parts" }

    // MARK: Parts

    /// What the parts are by themselves; nil where one is not complete by itself, or there is only one.
    private func readingsOfParts() -> [Reading]? {
        guard text.parts.count > 1 else { return nil }
        var readings: [Reading] = []
        for part in text.parts {
            let reading = read(part)
            guard reading.isComplete else { return nil }
            readings.append(reading)
        }
        // A payload of which anything is one may be broken into lines.
        let isWrapped =
            text.parts.dropFirst().dropLast().allSatisfy { $0.count == text.parts[0].count }
            && text.parts.last.map { $0.count <= text.parts[0].count } == true
        let hasPayloads = readings.contains { $0.piece?.form != .messages }
        if hasPayloads, isWrapped, read(0..<text.bytes.count).isComplete { return nil }
        return readings
    }

    private mutating func take(_ readings: [Reading]) {
        var taken: [String] = []
        for reading in readings {
            if let name = reading.taken, !taken.contains(name) { taken.append(name) }
            guard let piece = reading.piece else { continue }
            if let last = pieces.last, isContinued(last, by: piece) {
                pieces[pieces.count - 1].range = last.range.lowerBound..<piece.range.upperBound
            } else {
                pieces.append(piece)
            }
        }
        for name in taken { notes.append("taken for \(name)") }
        for piece in pieces where piece.form == .messages { noteFlaws(of: piece) }
        guard let command, let first = pieces.first, first.form == .messages else { return }
        let found = Command(text.bytes.span.bytes.extracting(first.range), at: 4)?.name ?? ""
        notes.append("--as \(command.name) was not used: the bytes have a header, whose command is \(found)")
    }

    /// Whether messages of one network follow on each other, as in a conversation.
    private func isContinued(_ piece: Piece, by next: Piece) -> Bool {
        piece.form == .messages && next.form == .messages && piece.range.upperBound == next.range.lowerBound
            && text.bytes[piece.range].prefix(4) == text.bytes[next.range].prefix(4)
    }

    // MARK: One piece

    /// What some of the bytes are.
    private struct Reading {
        /// Nil where they are nothing that can be dissected.
        var piece: Piece?
        /// Nothing is missing, nothing is left.
        var isComplete = false
        /// What they were taken for by their looks, with its article.
        var taken: String?
        /// They are a frame, whose data is no message.
        var frame: PastedFrame?
    }

    /// The first of these that the bytes are: messages with their headers; a payload of the type that was named; a
    /// transaction or a block; a block header whose hash meets its target; a plain frame; any 80 bytes, as a block header;
    /// another frame.
    private func read(_ range: Range<Int>) -> Reading {
        let bytes = text.bytes.span.bytes.extracting(range)
        if TransportDetector.beginsWithHeader(bytes) {
            return Reading(piece: Piece(range: range, form: .messages), isComplete: Self.areCompleteMessages(bytes))
        }
        let payload = command.map { Piece(range: range, form: .payload($0)) }
        if let command, MessageTypes.standard[command]?.isComplete(bytes, network: network) == true {
            return Reading(piece: payload, isComplete: true)
        }
        if command == nil, let object = BareObject(bytes, network: network), !isRatherFrame(bytes, object) {
            let piece = Piece(range: range, form: .payload(object.command))
            return Reading(piece: piece, isComplete: true, taken: "\(object.name), as with --as \(object.command.name)")
        }
        guard let frame = PastedFrame(bytes) else { return Reading(piece: payload) }
        if let data = frame.payload, TransportDetector.beginsWithHeader(bytes.extracting(data)) {
            let place = range.lowerBound + data.lowerBound..<range.lowerBound + data.upperBound
            return Reading(
                piece: Piece(range: place, form: .messages), isComplete: true,
                taken: "\(frame.name), of which the \(data.count) bytes of its TCP segment are shown")
        }
        return Reading(piece: payload, frame: frame)
    }

    /// Whether what has only the length of a block header, and not its proof of work, is a frame.
    private func isRatherFrame(_ bytes: RawSpan, _ object: BareObject) -> Bool {
        object == .blockHeader && PastedFrame(bytes)?.isPlain == true && !BareObject.provesWork(bytes)
    }

    /// Whether the bytes are complete messages and nothing else.
    private static func areCompleteMessages(_ bytes: RawSpan) -> Bool { walk(bytes) == nil }

    /// Goes from header to header.
    ///
    /// - Returns: Where a message begins that is not complete, and the length of its payload where there is a header;
    ///   nil where there is none.
    private static func walk(_ bytes: RawSpan) -> (place: Int, length: Int?)? {
        var at = 0
        while at < bytes.byteCount {
            guard TransportDetector.beginsWithHeader(bytes, at: at), at <= bytes.byteCount - Self.headerLength else {
                return (at, nil)
            }
            let length = Int(
                UInt32(littleEndian: bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: at + 16, as: UInt32.self)))
            let end = at + Self.headerLength + length
            guard end <= bytes.byteCount else { return (at, length) }
            at = end
        }
        return nil
    }

    private static let headerLength = MessageHeader.Form.withChecksum.byteCount

    // MARK: Problems

    /// Why the bytes are nothing, and for what they were taken.
    private func problem(_ reading: Reading) -> PasteProblem {
        let count = text.bytes.count
        var subject = count == 1 ? "this byte" : "these \(count) bytes"
        if text.parts.count > 1 { subject = "joined, \(subject)" }
        if text.dress != .hexadecimal {
            let reason = text.refusal.map { ", since as hexadecimal \($0)" } ?? ""
            subject = "taken for \(text.dress.rawValue)\(reason), \(subject)"
        }
        let what = subject + (count == 1 ? " is" : " are")
        if let frame = reading.frame {
            guard let data = frame.payload else { return PasteProblem("\(what) \(frame.name) without a TCP segment") }
            guard !data.isEmpty else {
                return PasteProblem("\(what) \(frame.name) whose TCP segment has no data")
            }
            return PasteProblem(
                "\(what) \(frame.name) whose TCP segment does not begin with the header of a message: perhaps it is the "
                    + "middle of one, or encrypted")
        }
        for (known, name) in Self.others where text.bytes.starts(with: known) { return PasteProblem("\(what) \(name)") }
        if let magic = Self.nearMagic(text.bytes[...]) { return PasteProblem("\(what) no message: \(magic)") }
        if let cut = CutObject(text.bytes.span.bytes) {
            return PasteProblem("\(subject) \(cut.text); --as \(cut.command.name) shows what is there")
        }
        let hint = count == 32 ? "; a hash is found in captures by --find" : ""
        return PasteProblem(
            "\(what) no message with its header, no packet with one, no transaction, block or block header; for a bare "
                + "payload, name its type with --as COMMAND\(hint)")
    }

    /// What is wrong with a magic that is nearly a known one.
    private static func nearMagic(_ bytes: ArraySlice<UInt8>) -> String? {
        guard bytes.count >= 4 else { return nil }
        let magic = bytes.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
        guard let near = Network.near(magic: magic) else { return nil }
        let right = String(near.network.magic, radix: 16)
        let name = near.network.name
        if near.isReversed {
            return
                "they begin with the magic of \(name) in reverse, as some programs print it; on the wire it is \(right)"
        }
        return "their magic is one digit from that of \(name), which is \(right)"
    }

    /// Notes what newcomers stumble over: a magic that is nearly a known one, and a last message of which bytes are
    /// missing, which no capture has lost.
    private mutating func noteFlaws(of piece: Piece) {
        if let magic = Self.nearMagic(text.bytes[piece.range]) { notes.append(magic) }
        let shortfall = Self.shortfall(text.bytes.span.bytes.extracting(piece.range))
        if let shortfall { notes.append(shortfall) }
    }

    /// What is said of a last message that its header says is longer.
    private static func shortfall(_ bytes: RawSpan) -> String? {
        guard let cut = walk(bytes), let said = cut.length else { return nil }
        let here = max(0, bytes.byteCount - cut.place - headerLength)
        guard here < said else { return nil }
        let missing = said - here == 1 ? "a byte is" : "\(said - here) bytes are"
        return "of the last message \(missing) missing: its header says \(said), "
            + "\(here) \(here == 1 ? "is" : "are") here"
    }

    /// What is often at hand where messages are, and is none.
    private static let others: [([UInt8], String)] = [
        ([0x70, 0x73, 0x62, 0x74, 0xff], "a PSBT (BIP 174), which no message carries"),
        ([0xd4, 0xc3, 0xb2, 0xa1], capture), ([0xa1, 0xb2, 0xc3, 0xd4], capture),
        ([0x4d, 0x3c, 0xb2, 0xa1], capture), ([0xa1, 0xb2, 0x3c, 0x4d], capture),
        ([0x0a, 0x0d, 0x0d, 0x0a], capture),
    ]

    private static let capture = "a capture: name it with -r, or say -r - for standard input"
}
