#if Peer
import NIOCore

/// What a SOCKS5 proxy says instead of connecting us.
struct SocksError: Error {
    var outcome = MeetingOutcome.proxyFailed
    let reason: String
}

/// Asks a SOCKS5 proxy (RFC 1928) to connect us, without a password; what follows is the peer's.
///
/// Names go to the proxy as they are: nobody here resolves them.
final class Socks5Handler: ChannelInboundHandler, RemovableChannelHandler, @unchecked Sendable {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum State { case greeting, requesting, through, failed }

    // Of the event loop only.
    private var state = State.greeting
    private var received = ByteBuffer()
    private let target: Target
    private let isThrough: EventLoopPromise<Void>

    /// - Parameter isThrough: Succeeds when the peer is connected. Nothing may be sent before.
    init(to target: Target, _ isThrough: EventLoopPromise<Void>) {
        self.target = target
        self.isThrough = isThrough
    }

    func channelActive(context: ChannelHandlerContext) {
        // Version 5; one method: without authentication.
        send([5, 1, 0], context)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        fail("the proxy closed the connection", context)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if state == .greeting || state == .requesting { fail("the connection to the proxy failed", context) }
        context.fireErrorCaught(error)
    }

    /// Who removes us before we are through is a channel that closes.
    func handlerRemoved(context: ChannelHandlerContext) { fail("the proxy did not answer", context) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        received.writeImmutableBuffer(unwrapInboundIn(data))
        if state == .greeting, let answer = received.readBytes(length: 2) {
            guard answer == [5, 0] else {
                return fail(answer[0] == 5 ? "the proxy wants a password" : "this is no SOCKS5 proxy", context)
            }
            state = .requesting
            send([5, 1, 0] + address + [UInt8(target.port >> 8), UInt8(truncatingIfNeeded: target.port)], context)
        }
        if state == .requesting { readReply(context) }
        if state == .through { leave(context) }
    }

    /// Type and bytes of whom we want.
    private var address: [UInt8] {
        switch target.host {
        case .address(let address): [address.isIPv4 ? 1 : 4] + address.bytes
        // At most 253 bytes.
        case .name(let name): [3, UInt8(truncatingIfNeeded: name.utf8.count)] + Array(name.utf8)
        }
    }

    private func readReply(_ context: ChannelHandlerContext) {
        guard let head = received.getBytes(at: received.readerIndex, length: 5) else { return }
        guard head[0] == 5 else { return fail("this is no SOCKS5 proxy", context) }
        guard head[1] == 0 else {
            let known = Self.replies[head[1]]
            return fail(known?.1 ?? "the proxy answered with error \(head[1])", context, known?.0 ?? .proxyFailed)
        }
        let length: Int
        switch head[3] {
        case 1: length = 4
        case 3: length = 1 + Int(head[4])
        case 4: length = 16
        default: return fail("the proxy's answer cannot be read", context)
        }
        // Version, reply, reserved, type; the address; the port.
        guard received.readableBytes >= 6 + length else { return }
        received.moveReaderIndex(forwardBy: 6 + length)
        state = .through
        isThrough.succeed()
    }

    /// Why the proxy could not connect us (RFC 1928 section 6).
    private static let replies: [UInt8: (MeetingOutcome, String)] = [
        1: (.proxyFailed, "the proxy failed"),
        2: (.proxyFailed, "the proxy's rules do not allow it"),
        3: (.unreachable, "the proxy has no way to that network"),
        4: (.unreachable, "the proxy cannot reach the host"),
        5: (.refused, "the host refused the proxy's connection"),
        6: (.noConnection, "the proxy's time was over"),
        7: (.proxyFailed, "the proxy cannot connect"),
        8: (.proxyFailed, "the proxy does not know this kind of address"),
    ]

    private func leave(_ context: ChannelHandlerContext) {
        if received.readableBytes > 0 {
            context.fireChannelRead(wrapInboundOut(received))
            received.clear()
        }
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
    }

    private func send(_ bytes: [UInt8], _ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(context.channel.allocator.buffer(bytes: bytes)), promise: nil)
    }

    private func fail(
        _ reason: String, _ context: ChannelHandlerContext, _ outcome: MeetingOutcome = .proxyFailed
    ) {
        guard state == .greeting || state == .requesting else { return }
        state = .failed
        isThrough.fail(SocksError(outcome: outcome, reason: reason))
    }
}
#endif
