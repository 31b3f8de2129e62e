#if Peer
import BitcoinP2P
import NIOCore

/// Cuts what a peer sends into messages, with the framer that captures are read with.
///
/// The framer searches for the next message where a capture has a gap. A connection has none: what the framer would skip
/// is no Bitcoin, a checksum must be right, and what is longer than the peer may send is not waited for.
struct FrameDecoder: ByteToMessageDecoder {
    typealias InboundOut = Frame

    private static let headerLength = 24

    private var framer: MessageFramer
    private let network: Network
    private var budget: FrameBudget

    init(network: Network, limits: FrameLimits) {
        self.network = network
        budget = FrameBudget(limits)
        framer = MessageFramer(network: network, synchronised: true)
    }

    mutating func decode(context: ChannelHandlerContext, buffer: inout ByteBuffer) throws -> DecodingState {
        guard let frame = try next(&buffer) else { return .needMoreData }
        context.fireChannelRead(wrapInboundOut(frame))
        return .continue
    }

    mutating func decodeLast(
        context: ChannelHandlerContext, buffer: inout ByteBuffer, seenEOF: Bool
    ) throws -> DecodingState {
        // Half a message at the end is no error of its own: the end is.
        buffer.moveReaderIndex(to: buffer.writerIndex)
        return .needMoreData
    }

    /// - Returns: Nil where more bytes are needed.
    private mutating func next(_ buffer: inout ByteBuffer) throws(MeetingOutcome) -> Frame? {
        let start = buffer.readerIndex
        // Four bytes decide whether the rest is worth waiting for.
        if let magic = buffer.getInteger(at: start, as: UInt32.self), magic != network.magic {
            throw Network(magic: magic).isKnown ? .wrongNetwork : .notBitcoin
        }
        if let length = buffer.getInteger(at: start + 16, endianness: .little, as: UInt32.self) {
            try budget.admit(Self.headerLength + Int(length))
        }
        let (step, frame) = buffer.withUnsafeReadableBytes { bytes -> (MessageFramer.Step, Frame?) in
            let step = framer.next(RawSpan(_unsafeBytes: bytes), isLast: false)
            guard case .message(let message) = step, message.status == .good else { return (step, nil) }
            let payload = Array(bytes[message.header.byteCount..<message.byteCount])
            return (step, Frame(message.header.command, payload))
        }
        switch step {
        case .needMore: return nil
        case .skipped: throw .notBitcoin
        case .message(let message):
            guard let frame else { throw .badChecksum }
            buffer.moveReaderIndex(forwardBy: message.byteCount)
            budget.receive(message.byteCount, frame.command)
            return frame
        }
    }
}

/// Writes messages as v1 frames them.
final class FrameEncoder: ChannelOutboundHandler, Sendable {
    typealias OutboundIn = Outgoing
    typealias OutboundOut = ByteBuffer

    private let network: Network

    init(network: Network) { self.network = network }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let bytes =
            switch unwrapOutboundIn(data) {
            case .frame(let frame): frame.bytes(on: network)
            case .bytes(let bytes): bytes
            }
        context.write(wrapOutboundOut(context.channel.allocator.buffer(bytes: bytes)), promise: promise)
    }
}
#endif
