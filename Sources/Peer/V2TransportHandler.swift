#if Peer
import BitcoinP2P
import NIOCore

/// The peer closed the connection before it sent anything: as one does that knows no v2.
struct V2NotSpoken: Error {}

/// Packs messages as BIP 324 does, as the initiator: keys, garbage, then encrypted packets (protocol.md section 11).
///
/// It begins when the first message is to be sent, and holds messages back until both sides have agreed on keys. What
/// the peer sends is bounded as in ``FrameDecoder``: garbage and decoys count.
final class V2TransportHandler: ChannelDuplexHandler, @unchecked Sendable {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = Frame
    typealias OutboundIn = Outgoing
    typealias OutboundOut = ByteBuffer

    /// What makes the connection readable for who has its bytes: the initiator's key, and the secret.
    typealias Secret = (key: EllSwiftKey, secret: SharedSecret)

    private enum State {
        case idle
        case waiting(V2Handshake)
        case open(V2Session, V2Sealer)
        case failed
    }

    // Of the event loop only.
    private var state = State.idle
    private var framer = V2Framer(start: 0, isStart: true)
    private var offset: UInt64 = 0
    private var unread = ByteBuffer()
    private var packet = V2PacketBuffer()
    private var held: [(Outgoing, EventLoopPromise<Void>?)] = []
    private var budget: FrameBudget
    private let network: Network
    private let tell: @Sendable (Secret) -> Void

    /// - Parameter tell: Is given the secret as soon as there is one.
    init(network: Network, limits: FrameLimits, tell: @escaping @Sendable (Secret) -> Void) {
        self.network = network
        budget = FrameBudget(limits)
        self.tell = tell
    }

    // MARK: What we send

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let message = unwrapOutboundIn(data)
        switch state {
        case .idle:
            held.append((message, promise))
            begin(context)
        case .waiting: held.append((message, promise))
        case .open(let session, var sealer):
            // The session is a reference, and the sealer is put back at once.
            state = .failed
            do throws(V2SealingError) {
                var bytes: [UInt8] = []
                try Self.seal(message, network, &sealer, to: &bytes)
                state = .open(session, sealer)
                context.write(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: promise)
            } catch {
                promise?.fail(error)
                context.fireErrorCaught(error)
            }
        case .failed: promise?.fail(ChannelError.ioOnClosedChannel)
        }
    }

    private func begin(_ context: ChannelHandlerContext) {
        do throws(V2SealingError) {
            let handshake = try V2Handshake(.initiator, on: network)
            state = .waiting(handshake)
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: handshake.opening)), promise: nil)
        } catch {
            state = .failed
            context.fireErrorCaught(error)
        }
    }

    /// Bytes that somebody has made are messages of v1: each becomes a packet. What is none has no form here.
    private static func seal(
        _ message: Outgoing, _ network: Network, _ sealer: inout V2Sealer, to bytes: inout [UInt8]
    ) throws(V2SealingError) {
        switch message {
        case .frame(let frame): try sealer.append(frame.command, frame.payload.span.bytes, to: &bytes)
        case .bytes(let made):
            for frame in Frame.all(in: made) {
                try sealer.append(frame.command, frame.payload.span.bytes, to: &bytes)
            }
        }
    }

    // MARK: What the peer sends

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .failed = state { return }
        unread.writeImmutableBuffer(unwrapInboundIn(data))
        do {
            try agree(context)
            try read(context)
            unread.discardReadBytes()
        } catch {
            state = .failed
            context.fireErrorCaught(error)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A peer that reads no more than a header of v1 leaves bytes unread: its end is then a reset.
        let isReset = error is IOError && saidNothing
        context.fireErrorCaught(isReset ? V2NotSpoken() : error)
    }

    private var saidNothing: Bool { if case .waiting = state { unread.readableBytes == 0 } else { false } }

    func channelInactive(context: ChannelHandlerContext) {
        if saidNothing { context.fireErrorCaught(V2NotSpoken()) }
        fail(ChannelError.ioOnClosedChannel)
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { fail(ChannelError.ioOnClosedChannel) }

    private func fail(_ error: any Error) {
        for (_, promise) in held { promise?.fail(error) }
        held = []
    }

    /// Makes the keys once the peer's is there, and sends what waited for them.
    private func agree(_ context: ChannelHandlerContext) throws {
        guard case .waiting(let handshake) = state else { return }
        guard let key = unread.withUnsafeReadableBytes({ EllSwiftKey(RawSpan(_unsafeBytes: $0)) }) else { return }
        var agreement = try handshake.agree(with: key)
        tell((handshake.key, agreement.secret))
        var bytes: [UInt8] = []
        try agreement.sealer.appendVersion(to: &bytes)
        for (message, _) in held { try Self.seal(message, network, &agreement.sealer, to: &bytes) }
        state = .open(V2Session(agreement.schedule), agreement.sealer)
        let written = context.eventLoop.makePromise(of: Void.self)
        for case (_, let promise?) in held { written.futureResult.cascade(to: promise) }
        held = []
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: written)
    }

    private func read(_ context: ChannelHandlerContext) throws {
        guard case .open(let session, _) = state else { return }
        while true {
            let (offset, role) = (offset, KeySchedule.Role.responder)
            let step = unread.withUnsafeReadableBytes { bytes in
                framer.next(
                    RawSpan(_unsafeBytes: bytes), at: offset, role, of: session, isLast: false, into: &packet)
            }
            switch step {
            case .needMore(let minimum): return try budget.admit(minimum)
            case .packet(let found):
                try budget.admit(found.byteCount)
                consume(found.byteCount)
                let frame = found.isVersion ? nil : Frame(packet.plain, network)
                budget.receive(found.byteCount, frame?.command)
                if let frame { context.fireChannelRead(wrapInboundOut(frame)) }
            // Nothing is lost of a connection: what cannot be opened now never can.
            case .skipped, .failed(.notAuthentic): throw MeetingOutcome.notAuthentic
            // Garbage that never ends; the others are what a reader says of a direction that has ended.
            case .failed: throw MeetingOutcome.notBitcoin
            }
        }
    }

    private func consume(_ count: Int) {
        unread.moveReaderIndex(forwardBy: count)
        offset += UInt64(count)
    }
}

extension Frame {
    /// The message in a packet; nil of a decoy, of a packet without contents, and of a type without a name.
    fileprivate init?(_ plain: [UInt8], _ network: Network) {
        let bytes = plain.span.bytes
        guard !PacketContents.isDecoy(bytes), let message = PacketContents.message(bytes, of: network),
            message.header.command.nameLength > 0
        else { return nil }
        self.init(message.header.command, Array(plain.dropFirst(message.header.byteCount)))
    }

    /// The messages of v1 that some bytes are, whatever is wrong with their checksums.
    static func all(in bytes: [UInt8]) -> [Frame] {
        var framer = MessageFramer(network: nil, synchronised: true)
        var frames: [Frame] = []
        var at = 0
        while case .message(let message) = framer.next(bytes.span.bytes.extracting(droppingFirst: at), isLast: true) {
            let start = at + message.header.byteCount
            frames.append(Frame(message.header.command, Array(bytes[start..<at + message.byteCount])))
            at += message.byteCount
        }
        return frames
    }
}
#endif
