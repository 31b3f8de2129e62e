import Foundation
import Support
import Synchronization

/// A program that takes one connection at port 8333, greets, and reads every byte: what it reads is what the kernel made of
/// the segments. It does not ask for urgent bytes in line (SO_OOBINLINE), as Bitcoin Core does not.
final class SocketReader: Sendable {
    private struct State {
        var bytes: [UInt8] = []
        var ending: String?
    }

    private let listener: Int32
    private let state = Mutex(State())
    private let isOver = DispatchGroup()
    private let isHeld = Atomic<Bool>(false)
    /// What it says at the beginning.
    let greeting: [BitcoinMessage]

    init(in space: NetworkNamespace) throws {
        greeting = [try .sample("version"), BitcoinMessage("verack")]
        listener = try space.inside {
            socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        }
        var place = sockaddr_in()
        place.sin_family = sa_family_t(AF_INET)
        place.sin_port = LocalNetwork.port.bigEndian
        let length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeBytes(of: place) {
            $0.baseAddress.map { bind(listener, $0.assumingMemoryBound(to: sockaddr.self), length) }
        }
        try require(bound == 0 && listen(listener, 1) == 0, "listen on 8333")
        isOver.enter()
        Thread { [self] in
            read()
            isOver.leave()
        }.start()
    }

    deinit { close(listener) }

    private func read() {
        let connection = accept(listener, nil, nil)
        for message in greeting { _ = send(connection, message.bytes, message.bytes.count, Int32(MSG_NOSIGNAL)) }
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            while isHeld.load(ordering: .acquiring) { usleep(1_000) }
            let count = recv(connection, &buffer, buffer.count, 0)
            if count <= 0 {
                state.withLock { $0.ending = count == 0 ? "end" : String(cString: strerror(errno)) }
                break
            }
            state.withLock { $0.bytes += buffer.prefix(count) }
        }
        close(connection)
    }

    /// It reads once more, and then nothing until it is released: bytes stay in the kernel.
    func hold() { isHeld.store(true, ordering: .releasing) }
    func release() { isHeld.store(false, ordering: .releasing) }

    /// What it has read so far.
    var bytes: [UInt8] { state.withLock { $0.bytes } }

    /// Waits for the end of the connection; gives all that was read, and how the last reading ended.
    func finish() throws -> (bytes: [UInt8], ending: String) {
        if isOver.wait(timeout: .now() + 5) == .timedOut {
            // No end came; a listener that is shut down accepts nothing any more.
            shutdown(listener, Int32(SHUT_RDWR))
            return (bytes, "none")
        }
        return state.withLock { ($0.bytes, $0.ending ?? "none") }
    }
}
