#if Peer
import BitcoinP2P
import Foundation
import Support
import Synchronization

@testable import Peer

/// A peer that speaks v2 (BIP 324) to the first who calls, well or badly, on a thread of its own.
final class V2Peer: Sendable {
    enum Kind: Sendable {
        case honest
        /// Decoys and garbage as long as it may be before its version packet.
        case decoys
        /// Knows v1 only: closes at once, and is honest to the second call.
        case v1Only
        /// Its first message is not what it has encrypted.
        case damaged
        /// Decoys without end.
        case endless
        /// Random bytes without a terminator.
        case random
        /// Takes the connection, and says nothing.
        case silent
    }

    let port: Int
    /// Commands that it received.
    var received: [String] { state.withLock { $0 } }
    private let state = Mutex<[String]>([])
    private let listener: Int32
    private let network = Network(magic: 0xf9be_b4d9)

    init(_ kind: Kind) throws {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = listener
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && listen(listener, 4) == 0 && getsockname(listener, $0, &length) == 0
            }
        }
        guard isListening else { throw SupportError("no v2 peer: \(String(cString: strerror(errno)))") }
        port = Int(UInt16(bigEndian: address.sin_port))
        Thread { self.serve(kind) }.start()
    }

    deinit { close(listener) }

    private func serve(_ kind: Kind) {
        signal(SIGPIPE, SIG_IGN)
        var call = 0
        while case let connection = accept(listener, nil, nil), connection >= 0 {
            call += 1
            switch kind {
            case .v1Only where call == 1:
                var bytes = [UInt8](repeating: 0, count: 24)
                _ = recv(connection, &bytes, 24, Int32(MSG_WAITALL))
                // All is read, so that the end is no reset.
                usleep(20_000)
                _ = recv(connection, &bytes, 24, Int32(MSG_DONTWAIT))
            case .v1Only: speakV1(connection)
            case .silent: sleep(5)
            default: try? speakV2(connection, kind)
            }
            close(connection)
        }
    }

    private var version: Frame {
        MessageMaker(name: "v2peer:1").version(to: nil, nonce: 5, time: 1_700_000_000)
    }

    private func answers(to command: String, _ payload: [UInt8]) -> [Frame] {
        state.withLock { $0.append(command) }
        return switch command {
        case "version": [version, Frame(Command("wtxidrelay")), Frame(Command("verack"))]
        case "ping": [Frame(Command("pong"), payload)]
        case "getaddr": [Frame(Command("addrv2"), [0])]
        default: []
        }
    }

    private func speakV1(_ connection: Int32) {
        while let header = receive(24, connection) {
            let command = String(decoding: header[4..<16].prefix { $0 != 0 }, as: UTF8.self)
            let length = Int(header[16]) | Int(header[17]) << 8
            guard let payload = receive(length, connection) else { return }
            for frame in answers(to: command, payload) { send(frame.bytes(on: network), connection) }
        }
    }

    private func speakV2(_ connection: Int32, _ kind: Kind) throws {
        let handshake = try V2Handshake(
            .responder, on: network, garbage: kind == .decoys ? Array(repeating: 7, count: 4095) : [])
        guard let theirs = receive(64, connection), let key = EllSwiftKey(theirs.span.bytes) else { return }
        if kind == .random {
            send((0..<9000).map { _ in .random(in: 0...255) }, connection)
            sleep(5)
            return
        }
        var agreement = try handshake.agree(with: key)
        var bytes = handshake.opening
        if kind == .decoys { try agreement.sealer.append(contents: [1, 2, 3], isDecoy: true, to: &bytes) }
        try agreement.sealer.appendVersion(to: &bytes)
        send(bytes, connection)
        let session = V2Session(agreement.schedule)
        var framer = V2Framer(start: 0, isStart: true)
        var unread = theirs
        var offset: UInt64 = 0
        var packet = V2PacketBuffer()
        while true {
            if kind == .endless {
                var bytes: [UInt8] = []
                try agreement.sealer.append(contents: [UInt8](repeating: 0, count: 8000), isDecoy: true, to: &bytes)
                if !send(bytes, connection) { return }
                continue
            }
            let pending = unread
            switch framer.next(pending.span.bytes, at: offset, .initiator, of: session, isLast: false, into: &packet) {
            case .packet(let found):
                unread.removeFirst(found.byteCount)
                offset += UInt64(found.byteCount)
                if found.isVersion { continue }
                guard let message = PacketContents.message(packet.plain.span.bytes, of: network) else { continue }
                let payload = Array(packet.plain.dropFirst(message.header.byteCount))
                var bytes: [UInt8] = []
                for frame in answers(to: message.header.command.name, payload) {
                    if kind == .decoys {
                        try agreement.sealer.append(contents: [9], isDecoy: true, to: &bytes)
                    }
                    try agreement.sealer.append(frame.command, frame.payload.span.bytes, to: &bytes)
                }
                if kind == .damaged, let last = bytes.indices.last { bytes[last] ^= 1 }
                send(bytes, connection)
            case .needMore:
                guard let more = receiveSome(connection) else { return }
                unread += more
            case .skipped, .failed: throw SupportError("the other side's packets cannot be opened")
            }
        }
    }

    private func receive(_ count: Int, _ connection: Int32) -> [UInt8]? {
        if count == 0 { return [] }
        var bytes = [UInt8](repeating: 0, count: count)
        return recv(connection, &bytes, count, Int32(MSG_WAITALL)) == count ? bytes : nil
    }

    private func receiveSome(_ connection: Int32) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = recv(connection, &bytes, bytes.count, 0)
        return count > 0 ? Array(bytes.prefix(count)) : nil
    }

    @discardableResult
    private func send(_ bytes: [UInt8], _ connection: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count <= 0 { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }
}
#endif
