import BitcoinP2P
import Fields
import Output
import Reassembly
import Records

/// Dissects messages that come without packets: pasted bytes.
public struct PastedMessages: ~Copyable {
    private var stage: RecordStage
    /// The messages are what one side has sent, from its first on: they begin with a `version`, and no other has come,
    /// which may be the other side's.
    private var isOneSide = false

    /// - Parameter options: Filter, columns and limit are looked at.
    public init(_ options: PipelineOptions = PipelineOptions(), writer: any RecordSink) {
        stage = RecordStage(options, writer: writer)
    }

    /// All pieces, in their order.
    ///
    /// - Parameters:
    ///   - bytes: Those that the pieces are of.
    ///   - network: That of payloads without header.
    /// - Returns: How many bytes at the ends of pieces are no message.
    public mutating func dissect(_ contents: PastedContents, of bytes: RawSpan, network: Network) -> Int {
        var unread = 0
        for piece in contents.pieces {
            let part = bytes.extracting(piece.range)
            switch piece.form {
            case .messages: unread += part.byteCount - dissect(part)
            case .payload(let command): dissect(payload: part, as: command, network: network)
            }
        }
        return unread
    }

    /// Whole messages, one after another, each with its header.
    ///
    /// - Returns: How many bytes were shown; the rest is no message.
    public mutating func dissect(_ bytes: RawSpan) -> Int {
        guard TransportDetector.beginsWithHeader(bytes) else { return 0 }
        stage.closeConnection(0)
        var framer = MessageFramer(network: nil, synchronised: true)
        var at = 0
        while true {
            let rest = bytes.extracting(droppingFirst: at)
            switch framer.next(rest, isLast: true) {
            case .message(let message):
                write(message, rest.extracting(first: message.byteCount), isFirst: at == 0)
                at += message.byteCount
            case .skipped: return at
            case .needMore:
                guard let message = framer.cut(rest) else { return at }
                write(message, rest, isFirst: at == 0)
                return bytes.byteCount
            }
        }
    }

    /// One payload without header.
    ///
    /// - Parameters:
    ///   - command: The type it is read as.
    ///   - network: Addresses are written for it.
    public mutating func dissect(payload: RawSpan, as command: Command, network: Network) {
        let header = MessageHeader(
            network: network, command: command, length: UInt32(clamping: payload.byteCount), checksum: 0,
            form: .absent)
        let message = MessageFramer.Message(
            header: header, payloadLength: payload.byteCount, status: .notPresent,
            payloadHash: DoubleSHA256.hash(payload))
        write(message, payload, of: sender(.part))
    }

    private mutating func write(_ message: MessageFramer.Message, _ bytes: RawSpan, isFirst: Bool) {
        let isVersion = Conduct.isVersion(message.header.command)
        if isFirst { isOneSide = isVersion && message.status != .bad } else if isVersion { isOneSide = false }
        write(message, bytes, of: sender(isOneSide ? .side : .part))
    }

    private mutating func write(_ message: MessageFramer.Message, _ bytes: RawSpan, of sender: StreamSender) {
        var finding = Finding(
            message: message, origin: Origin(frame: stage.found &+ 1, time: 0), frames: [])
        stage.take(&finding, of: sender, number: 0, bytes)
    }

    private func sender(_ seen: StreamSender.Seen) -> StreamSender {
        StreamSender(ends: nil, role: .unknown, side: .forward, seen: seen, firstSequence: 0)
    }
}
