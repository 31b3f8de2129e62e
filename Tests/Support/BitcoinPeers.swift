import Foundation
import Synchronization

/// Two nodes that speak Bitcoin's protocol with each other, over TCP.
///
/// The client says `version`, both shake hands, the client announces what it has, piece by piece; the server asks for
/// each, gets it, and asks with a `ping` whether the client is still there. When all has been sent, or on ``stop()``,
/// the client closes.
public final class BitcoinPeers: Sendable {
    /// What was sent, each side in its order.
    public struct Sent: Equatable, Sendable {
        public var byClient: [BitcoinMessage] = []
        public var byServer: [BitcoinMessage] = []
    }

    private struct State {
        var sent = Sent()
        var announced = 0
        var failure: (any Error)?
    }

    private let state = Mutex(State())
    private let isStopping = Atomic<Bool>(false)
    private let isOver = DispatchGroup()
    private let goods: [BitcoinMessage]
    private let rounds: Int
    private let pause: UInt32
    private let version: BitcoinMessage

    /// Connects, and begins to talk, on threads of its own.
    ///
    /// - Parameters:
    ///   - goods: What the client has: transactions and blocks.
    ///   - rounds: How often all of it is announced.
    ///   - pause: Microseconds between announcements.
    public init(
        _ peers: consuming TCPPeers, goods: [BitcoinMessage], rounds: Int = 1, pause: UInt32 = 0
    ) throws {
        self.goods = goods
        self.rounds = rounds
        self.pause = pause
        version = try .sample("version")
        let (client, server) = (copy(peers.client), copy(peers.server))
        start(client) { try self.speakAsClient(client) }
        start(server) { try self.speakAsServer(server) }
    }

    /// Waits for the end of the talk.
    public func finish() throws -> Sent {
        isOver.wait()
        return try state.withLock {
            if let failure = $0.failure { throw failure }
            return $0.sent
        }
    }

    /// Ends after what is under way.
    public func stop() { isStopping.store(true, ordering: .relaxed) }

    /// How many announcements there were.
    public var announced: Int { state.withLock { $0.announced } }

    private func start(_ socket: Int32, _ speak: @escaping @Sendable () throws -> Void) {
        isOver.enter()
        Thread {
            do { try speak() } catch { self.state.withLock { $0.failure = $0.failure ?? error } }
            close(socket)
            self.isOver.leave()
        }.start()
    }

    // MARK: The two sides

    private func speakAsClient(_ socket: Int32) throws {
        try send(version, socket, asClient: true)
        var next = 0
        while let message = try receive(socket) {
            switch message.command {
            case "version": try send(BitcoinMessage("verack"), socket, asClient: true)
            case "getdata":
                let wanted = Array(message.payload.dropFirst(5))
                for good in goods where good.inventoryHash == wanted { try send(good, socket, asClient: true) }
                continue
            case "ping": try send(BitcoinMessage("pong", message.payload), socket, asClient: true)
            default: break
            }
            guard message.command == "verack" || message.command == "ping" else { continue }
            // The next only when the last has been answered.
            if next == goods.count * rounds || isStopping.load(ordering: .relaxed) { return }
            if pause > 0 { usleep(pause) }
            let good = goods[next % goods.count]
            next += 1
            state.withLock { $0.announced = next }
            try send(
                .inventory("inv", good.command == "block" ? 2 : 1, good.inventoryHash), socket, asClient: true)
        }
    }

    private func speakAsServer(_ socket: Int32) throws {
        var nonce: UInt64 = 1
        while let message = try receive(socket) {
            switch message.command {
            case "version":
                for answer in [version, BitcoinMessage("verack")] { try send(answer, socket, asClient: false) }
            case "inv": try send(BitcoinMessage("getdata", message.payload), socket, asClient: false)
            case "tx", "block":
                try send(.ping(nonce), socket, asClient: false)
                nonce += 1
            default: break
            }
        }
    }

    private func send(_ message: BitcoinMessage, _ socket: Int32, asClient: Bool) throws {
        state.withLock {
            if asClient { $0.sent.byClient.append(message) } else { $0.sent.byServer.append(message) }
        }
        guard sendAll(message.bytes, socket) else { throw SupportError("the other side is gone") }
    }

    /// - Returns: Nil at the end of the connection.
    private func receive(_ socket: Int32) throws -> BitcoinMessage? {
        guard let header = bytes(BitcoinMessage.headerLength, socket) else { return nil }
        let (command, length) = try BitcoinMessage.read(header: header)
        guard let payload = bytes(length, socket) else { throw SupportError("\(command) is cut") }
        return BitcoinMessage(command, payload)
    }

    private func bytes(_ count: Int, _ socket: Int32) -> [UInt8]? {
        if count == 0 { return [] }
        var bytes = [UInt8](repeating: 0, count: count)
        let received = bytes.withUnsafeMutableBytes { recv(socket, $0.baseAddress, count, Int32(MSG_WAITALL)) }
        return received == count ? bytes : nil
    }
}

/// The same socket, for another owner.
private func copy(_ socket: Int32) -> Int32 { fcntl(socket, F_DUPFD_CLOEXEC, 3) }
