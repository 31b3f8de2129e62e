#if Web
import NIOCore

/// What a connection may take: it is closed where more comes than a request's head may have before it is answered, since what
/// decodes heads would keep an endless address, and where nothing of an answer is read for long.
final class ConnectionLimits: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// Bytes that may come between two answers.
    static let mostBytes = 64 << 10
    /// How long a full connection may stay full.
    private static let longestWait: TimeAmount = .seconds(60)

    private let client: Client
    private var received = 0
    private var giveUp: Scheduled<Void>?

    init(_ client: Client) { self.client = client }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        received += unwrapInboundIn(data).readableBytes
        if received > Self.mostBytes { return context.close(promise: nil) }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        received = 0
        context.write(data, promise: promise)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        giveUp?.cancel()
        giveUp = nil
        let channel = context.channel
        if !channel.isWritable {
            giveUp = context.eventLoop.scheduleTask(in: Self.longestWait) { channel.close(promise: nil) }
        }
        context.fireChannelWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        // What a browser does that has given a request up looks like this, too.
        if case .inputClosed = event as? ChannelEvent { client.leave() }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        giveUp?.cancel()
        client.leave()
        context.fireChannelInactive()
    }
}
#endif
