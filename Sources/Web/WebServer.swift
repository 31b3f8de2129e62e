#if Web
import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix

/// A server, on the thread of all of them.
public final class WebServer: Sendable {
    /// A connection on which no request comes for so long is closed.
    private static let idleTimeout: TimeAmount = .seconds(30)

    private typealias Answer = @Sendable (Request, Client) async -> Response

    private let work: Task<Void, Never>

    /// Begins to answer.
    ///
    /// - Parameter sockets: Bound ones, which it closes.
    public convenience init(_ sockets: [Int32], _ site: Site) {
        self.init(sockets, site.thread) { await site.answer($0, $1) }
    }

    /// Begins to answer, but for metrics alone, for which no token is needed.
    public convenience init(metrics sockets: [Int32], _ site: Site, port: Int, name: String) {
        let gate = Guard(port: port, names: [name], nil)
        self.init(sockets, site.thread) { await site.answer(forMetrics: $0, $1, gate) }
    }

    /// Begins to answer.
    private init(_ sockets: [Int32], _ thread: WebThread, _ answer: @escaping Answer) {
        let group = thread.group
        work = thread.run { await Self.serve(sockets, group, answer) }
    }

    /// Takes no more connections, and ends those that there are.
    public func stop() { work.cancel() }

    private static func serve(
        _ sockets: [Int32], _ group: MultiThreadedEventLoopGroup, _ answer: @escaping Answer
    ) async {
        let connections = Connections()
        var configuration = HTTP1Channel.Configuration(idleTimeout: idleTimeout)
        configuration.httpDecoder = .init(
            maxHeaderFieldSize: 16 << 10, maxHeaderListSize: 32 << 10, maxHeaderFieldCount: 100)
        let http = HTTP1Channel(
            responder: { request, writer, channel in
                let client = connections.begin(channel)
                defer { connections.end(channel) }
                try await respond(request, writer, channel) { await answer($0, client) }
            },
            configuration: configuration)
        // Nothing is logged: what goes wrong on a connection is its client's business.
        let logger = Logger(label: "btcshark") { _ in SwiftLogNoOpLogHandler() }
        await withDiscardingTaskGroup { tasks in
            for socket in sockets {
                tasks.addTask {
                    let bootstrap = ServerBootstrap(group: group)
                        .serverChannelOption(.backlog, value: 64)
                        .childChannelOption(.allowRemoteHalfClosure, value: true)
                    do {
                        let server = try await bootstrap.bind(socket) { channel in
                            Self.setUp(channel, http, logger, connections)
                        }
                        try await server.executeThenClose { inbound in
                            await withDiscardingTaskGroup { handlers in
                                do {
                                    for try await connection in inbound {
                                        handlers.addTask { await http.handle(value: connection, logger: logger) }
                                    }
                                } catch {}
                            }
                        }
                    } catch {}
                }
            }
        }
    }

    private static func setUp(
        _ channel: any Channel, _ http: HTTP1Channel, _ logger: Logger, _ connections: Connections
    ) -> EventLoopFuture<HTTP1Channel.Value> {
        let client = connections.open(channel)
        channel.closeFuture.whenComplete { _ in connections.close(channel) }
        let pipeline = channel.pipeline.syncOperations
        do {
            try pipeline.addHandler(ConnectionLimits(client ?? Client()))
            let set = http.setup(channel: channel, logger: logger)
            try pipeline.addHandler(
                SafetyOfAnswers(), position: .after(pipeline.handler(type: HTTPResponseEncoder.self)))
            // One too many.
            if client == nil { set.whenComplete { _ in channel.close(promise: nil) } }
            return set
        } catch {
            return channel.eventLoop.makeFailedFuture(error)
        }
    }

    private static func respond(
        _ request: Request, _ writer: consuming ResponseWriter, _ channel: any Channel,
        _ answer: @Sendable (Request) async -> Response
    ) async throws {
        let response = await answer(request)
        var head = response.head
        // A body that came is not read.
        // Who is refused need not keep a place.
        let closes = response.status.kind == .clientError && response.status != .notFound
        if closes { head.headerFields[.connection] = "close" }
        if request.method == .head {
            try await writer.writeResponse(head)
        } else {
            try await writer.write(response: head, body: response.body)
        }
        if closes { channel.close(mode: .all, promise: nil) }
    }
}
#endif
