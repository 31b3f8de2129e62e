#if Peer
import NIOCore

/// The time of a meeting is over.
struct DeadlineReached: Error {}

/// What a conversation hears.
enum Incoming: Sendable {
    case frame(Frame)
    /// So much time has passed as was asked for, with the number that was given.
    case alarm(Int)
}

/// Ends a conversation when its time is over, however busy it is: one that only watches for silence is kept waiting by
/// a peer that sends a byte now and then.
///
/// It stands behind the decoder, so that who reads the messages gets its error after all that came before.
final class Deadline: ChannelInboundHandler, @unchecked Sendable {
    typealias InboundIn = Frame
    typealias InboundOut = Incoming

    private let allowance: TimeAmount
    // Of the event loop only.
    private var context: ChannelHandlerContext?
    private var timer: Scheduled<Void>?
    private let loop: any EventLoop

    /// - Parameter allowance: From now on, as the connection is made.
    init(_ allowance: Duration, on loop: any EventLoop) {
        self.allowance = TimeAmount(allowance)
        self.loop = loop
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        start(allowance, Self.end)
    }

    /// How long an alarm may go unheard.
    private static let patience = TimeAmount.seconds(5)

    private static let end: @Sendable (ChannelHandlerContext) -> Void = { context in
        context.fireErrorCaught(DeadlineReached())
        context.close(promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        context.fireChannelRead(wrapInboundOut(.frame(unwrapInboundIn(data))))
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.cancel()
        self.context = nil
    }

    /// Allows so much from now on, instead of what was allowed before.
    func restart(_ allowance: Duration) {
        loop.execute { self.start(TimeAmount(allowance), Self.end) }
    }

    /// Says so when this time has passed, instead of what was allowed before. A conversation that does not hear it, since it
    /// is busy with a peer that reads nothing, is ended a little later.
    func ring(after time: Duration, _ number: Int) {
        loop.execute {
            self.start(TimeAmount(time)) { context in
                context.fireChannelRead(self.wrapInboundOut(.alarm(number)))
                context.fireChannelReadComplete()
                self.start(Self.patience, Self.end)
            }
        }
    }

    private func start(_ time: TimeAmount, _ act: @escaping @Sendable (ChannelHandlerContext) -> Void) {
        timer?.cancel()
        guard context != nil else { return }
        timer = loop.scheduleTask(in: time) { if let context = self.context { act(context) } }
    }
}
#endif
