#if Peer
import NIOCore

/// Shows a recorder all bytes of a connection as they are on the wire.
final class WireTap: ChannelDuplexHandler, @unchecked Sendable {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let recorder: PacketRecorder

    init(_ recorder: PacketRecorder) { self.recorder = recorder }

    func channelActive(context: ChannelHandlerContext) {
        if let local = Self.end(context.localAddress), let remote = Self.end(context.remoteAddress) {
            recorder.open(local, remote)
        }
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        recorder.record(unwrapInboundIn(data).readableBytesView, fromPeer: true)
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        recorder.record(unwrapOutboundIn(data).readableBytesView, fromPeer: false)
        context.write(data, promise: promise)
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        recorder.end(fromPeer: false)
        context.close(mode: mode, promise: promise)
    }

    func channelInactive(context: ChannelHandlerContext) {
        recorder.end(fromPeer: true)
        context.fireChannelInactive()
    }

    private static func end(_ address: SocketAddress?) -> PacketRecorder.End? {
        guard let address, let text = address.ipAddress, let host = IPAddress(text), let port = address.port else {
            return nil
        }
        return PacketRecorder.End(address: host, port: UInt16(truncatingIfNeeded: port))
    }
}
#endif
