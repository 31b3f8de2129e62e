#if Web
import HTTPTypes
import NIOCore
import NIOHTTP1

/// What every answer says to the browser is in those, too, that others make: of what is no HTTP, say.
final class SafetyOfAnswers: ChannelOutboundHandler {
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard case .head(var head) = unwrapOutboundIn(data) else { return context.write(data, promise: promise) }
        for field in SafetyHeaders.all where !head.headers.contains(name: field.name.rawName) {
            head.headers.add(name: field.name.rawName, value: field.value)
        }
        context.write(wrapOutboundOut(.head(head)), promise: promise)
    }
}
#endif
