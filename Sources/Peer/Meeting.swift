#if Peer
import BitcoinP2P
import Glibc
import NIOCore
import NIOPosix
import Synchronization
import System

/// What happens in a meeting, for somebody who watches.
public enum MeetingEvent: Sendable {
    /// - Parameter address: Whom we reached; nil where a proxy did.
    case connected(IPAddress?)
    case sent(Outgoing)
    case received(Frame)
    /// The peer has answered the `ping` behind our `verack`.
    case complete
    /// Both sides of a v2 connection have agreed on keys: what a key log has of them.
    case agreed(EllSwiftKey, SharedSecret)
    /// The peer closed the connection as one does that knows no v2: it is called again with v1.
    case fallsBack
}

/// Meets one peer: connect, shake hands, perhaps ask it for something, leave in an orderly way.
public struct Meeting: Sendable {
    public struct Options: Sendable {
        public var network: Network
        public var maker: MessageMaker
        public var connectTimeout = Duration.seconds(5)
        /// From the beginning to the answered `ping`.
        public var handshakeTimeout = Duration.seconds(30)
        /// How long `getaddr` is waited for: nodes send what they know of addresses only now and then.
        public var addressTimeout = Duration.seconds(60)
        /// How long the peer may take to close after we did.
        public var leaveTimeout = Duration.seconds(1)
        /// A SOCKS5 proxy, which then does the calling.
        public var proxy: Target?
        /// To begin with: a peer that does not know v2 is called again.
        public var transport = MeetingTransport.v1
        public var limits = FrameLimits()
        public var extras = Talk.Extras()

        public init(network: Network, maker: MessageMaker) {
            self.network = network
            self.maker = maker
        }
    }

    /// - Parameter time: Since the meeting began.
    public typealias Watch = @Sendable (_ event: MeetingEvent, _ time: Duration) -> Void

    public let options: Options
    private let group: any EventLoopGroup

    public init(_ options: Options, on runtime: PeerRuntime) {
        self.options = options
        group = runtime.group
    }

    /// Meets a peer.
    ///
    /// - Parameters:
    ///   - recorder: Is given all bytes.
    ///   - watch: Is told what happens, in order, with the time since the beginning.
    /// - Returns: What was learnt, whatever came of it; nil where the task was cancelled.
    public func meet(
        _ target: Target, recorder: PacketRecorder? = nil, watch: @escaping Watch = { _, _ in }
    ) async -> Acquaintance? {
        var known = Acquaintance()
        known.begun = SystemClock.nanoseconds
        let clock = Stopwatch()
        let candidates: [SocketAddress]
        do throws(MeetingOutcome) {
            candidates = try await addresses(of: options.proxy ?? target)
        } catch {
            known.outcome = error
            known.ended = clock.time
            return Task.isCancelled ? nil : known
        }
        var tried = 0
        var transport = options.transport
        while true {
            var attempt = known
            attempt.transport = transport
            if options.proxy == nil { attempt.address = IPAddress(candidates[tried]) }
            let receiver = attempt.address.map { Target(.address($0), port: target.port) }
            let talk = Talk(
                attempt, options.maker, on: options.network, to: receiver, options.extras,
                nonce: .random(in: 1 ... .max))
            let result = await meet(target, at: candidates[tried], talk, clock, recorder, watch)
            if Task.isCancelled { return nil }
            if result.spokeNoV2, clock.time < options.handshakeTimeout {
                transport = .v1
                watch(.fallsBack, clock.time)
                continue
            }
            tried += 1
            // A name may have addresses that cannot be reached from here. A proxy has perhaps called the target already.
            if result.connected != nil || options.proxy != nil || tried == candidates.count { return result }
        }
    }

    private func meet(
        _ target: Target, at address: SocketAddress, _ talk: Talk, _ clock: Stopwatch, _ recorder: PacketRecorder?,
        _ watch: @escaping Watch
    ) async -> Acquaintance {
        var talk = talk
        let connection: Connection
        do {
            let tell: @Sendable (V2TransportHandler.Secret) -> Void = { secret in
                watch(.agreed(secret.key, secret.secret), clock.time)
            }
            connection = try await connect(to: target, at: address, talk.known.transport, clock, recorder, tell)
        } catch {
            let (outcome, reason) = Self.outcome(ofConnecting: error)
            talk.end(outcome, reason: reason, at: clock.time)
            return talk.known
        }
        let result = try? await withTaskCancellationHandler {
            try await connection.channel.executeThenClose { inbound, outbound in
                await converse(&talk, inbound, outbound, connection, clock, watch)
                return talk.known
            }
        } onCancel: {
            connection.channel.channel.close(promise: nil)
        }
        return result ?? talk.known
    }

    // MARK: Connecting

    private struct Connection {
        let channel: NIOAsyncChannel<Incoming, Outgoing>
        let deadline: Deadline
        /// The proxy has connected us; nil where there is none.
        let isThrough: EventLoopFuture<Void>?
    }

    /// The addresses of whom we connect to, at most four.
    private func addresses(of target: Target) async throws(MeetingOutcome) -> [SocketAddress] {
        switch target.host {
        case .address(let address):
            guard let address = SocketAddress(address, port: target.port) else { throw .localFailure }
            return [address]
        case .name(let name):
            let port = target.port
            let found = try? await NIOThreadPool.singleton.runIfActive { Resolver.addresses(of: name, port: port) }
            guard let found, !found.isEmpty else { throw .unresolved }
            return Array(found.prefix(4))
        }
    }

    private func connect(
        to target: Target, at address: SocketAddress, _ transport: MeetingTransport, _ clock: Stopwatch,
        _ recorder: PacketRecorder?, _ tell: @escaping @Sendable (V2TransportHandler.Secret) -> Void
    ) async throws -> Connection {
        var options = options
        // What an earlier connection of this meeting has taken is gone.
        options.handshakeTimeout = max(.milliseconds(1), options.handshakeTimeout - clock.time)
        let setup = options
        let opening = Mutex<(any Channel)?>(nil)
        return try await withTaskCancellationHandler {
            try await ClientBootstrap(group: group)
                .connectTimeout(TimeAmount(min(setup.connectTimeout, setup.handshakeTimeout)))
                .connect(to: address) { channel in
                    opening.withLock { $0 = channel }
                    return channel.eventLoop.makeCompletedFuture {
                        try Self.connection(on: channel, to: target, transport, setup, recorder, tell)
                    }
                }
        } onCancel: {
            // The system would go on trying until the time is over.
            opening.withLock { $0 }?.close(promise: nil)
        }
    }

    /// Sets a connection's handlers up; on its event loop.
    private static func connection(
        on channel: any Channel, to target: Target, _ transport: MeetingTransport, _ options: Options,
        _ recorder: PacketRecorder?, _ tell: @escaping @Sendable (V2TransportHandler.Secret) -> Void
    ) throws -> Connection {
        let pipeline = channel.pipeline.syncOperations
        var isThrough: EventLoopFuture<Void>?
        if options.proxy != nil {
            let promise = channel.eventLoop.makePromise(of: Void.self)
            try pipeline.addHandler(Socks5Handler(to: target, promise))
            isThrough = promise.futureResult
        }
        if let recorder { try pipeline.addHandler(WireTap(recorder)) }
        let deadline = Deadline(options.handshakeTimeout, on: channel.eventLoop)
        switch transport {
        case .v1:
            try pipeline.addHandlers([
                ByteToMessageHandler(FrameDecoder(network: options.network, limits: options.limits)),
                FrameEncoder(network: options.network),
            ])
        case .v2:
            try pipeline.addHandler(V2TransportHandler(network: options.network, limits: options.limits, tell: tell))
        }
        try pipeline.addHandler(deadline)
        // A few messages wait for us, no more: those who call many peers hold as many times that.
        let configuration = NIOAsyncChannel<Incoming, Outgoing>.Configuration(
            backPressureStrategy: .init(lowWatermark: 1, highWatermark: 4), isOutboundHalfClosureEnabled: true)
        return Connection(
            channel: try NIOAsyncChannel(wrappingChannelSynchronously: channel, configuration: configuration),
            deadline: deadline, isThrough: isThrough)
    }

    // MARK: Talking

    private typealias Inbound = NIOAsyncChannelInboundStream<Incoming>
    private typealias Outbound = NIOAsyncChannelOutboundWriter<Outgoing>

    private func converse(
        _ talk: inout Talk, _ inbound: Inbound, _ outbound: Outbound, _ connection: Connection, _ clock: Stopwatch,
        _ watch: @escaping Watch
    ) async {
        do {
            try await connection.isThrough?.get()
            talk.connect(at: clock.time)
            watch(.connected(talk.known.address), clock.time)
            var iterator = inbound.makeAsyncIterator()
            try await send(talk.begin(time: SystemClock.nanoseconds / 1_000_000_000), outbound, clock, watch)
            var stay = Stay(options.extras.stay)
            conversation: while true {
                if talk.isComplete {
                    if stay.begin() {
                        connection.deadline.ring(after: timeForExtras, stay.alarm)
                    }
                    if talk.hasAll {
                        guard let left = stay.left else { break }
                        if left.isNew { connection.deadline.ring(after: left.time, stay.alarm) }
                    }
                }
                switch try await iterator.next() {
                case nil: throw MeetingOutcome.closed(talk.known.awaited)
                case .alarm(let number): if number == stay.alarm { break conversation }
                case .frame(let frame):
                    let time = clock.time
                    watch(.received(frame), time)
                    let wasComplete = talk.isComplete
                    let answer = try talk.receive(frame, at: time, nonce: .random(in: 1 ... .max))
                    if talk.isComplete, !wasComplete { watch(.complete, time) }
                    try await send(answer, outbound, clock, watch)
                }
            }
            talk.end(.complete, at: clock.time)
            await leave(&iterator, outbound, connection)
        } catch is V2NotSpoken {
            talk.noteNoV2()
            talk.end(.closed(.version), at: clock.time)
        } catch is DeadlineReached {
            talk.end(.timeout(talk.known.awaited), at: clock.time)
        } catch let error as SocksError {
            // Its time may have been over with the proxy.
            let isLate = error.outcome == .proxyFailed && clock.time >= options.handshakeTimeout
            talk.end(isLate ? .noConnection : error.outcome, reason: isLate ? nil : error.reason, at: clock.time)
        } catch {
            let (outcome, reason) = Self.outcome(ofTalking: error, talk.known.awaited)
            talk.end(outcome, reason: reason, at: clock.time)
        }
    }

    /// How long what is done after the handshake may take.
    private var timeForExtras: Duration {
        let extras = options.extras
        let answers = extras.asksForAddresses ? options.addressTimeout : options.handshakeTimeout
        return max(extras.stay, answers)
    }

    private func send(
        _ messages: [Outgoing], _ outbound: Outbound, _ clock: Stopwatch, _ watch: @escaping Watch
    ) async throws {
        for message in messages {
            watch(.sent(message), clock.time)
            try await outbound.write(message)
        }
    }

    /// Closes our side and reads on until the peer closes its own: a connection closed with something unread is reset,
    /// and the peer may then lose what we said last.
    private func leave(_ inbound: inout Inbound.AsyncIterator, _ outbound: Outbound, _ connection: Connection) async {
        connection.deadline.restart(options.leaveTimeout)
        outbound.finish()
        while let _ = try? await inbound.next() {}
    }

    // MARK: Ends

    private static func outcome(ofConnecting error: any Error) -> (MeetingOutcome, String?) {
        switch error {
        case ChannelError.connectTimeout: return (.noConnection, nil)
        case is DeadlineReached: return (.noConnection, nil)
        case let error as NIOConnectionError:
            return outcome(ofConnecting: error.connectionErrors.first?.error ?? ChannelError.connectTimeout(.zero))
        case let error as IOError:
            let reason = String(cString: strerror(error.errnoCode))
            switch error.errnoCode {
            case ECONNREFUSED: return (.refused, nil)
            // Accepted, and reset at once.
            case ECONNRESET: return (.closed(.version), "reset")
            case ETIMEDOUT: return (.noConnection, nil)
            case EHOSTUNREACH, ENETUNREACH, EHOSTDOWN, ENETDOWN: return (.unreachable, reason)
            default: return (.localFailure, reason)
            }
        // What the deadline closes while it is connecting.
        case ChannelError.ioOnClosedChannel, ChannelError.alreadyClosed: return (.noConnection, nil)
        default: return (.localFailure, "\(error)")
        }
    }

    private static func outcome(
        ofTalking error: any Error, _ stage: MeetingOutcome.Stage
    ) -> (MeetingOutcome, String?) {
        switch error {
        case let outcome as MeetingOutcome: return (outcome, nil)
        case let error as IOError where error.errnoCode == ECONNRESET || error.errnoCode == EPIPE:
            return (.closed(stage), "reset")
        case let error as IOError: return (.closed(stage), String(cString: strerror(error.errnoCode)))
        // Of a channel that has ended meanwhile.
        default: return (.closed(stage), nil)
        }
    }
}
#endif
