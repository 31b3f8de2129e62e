import BitcoinP2P
import Synchronization

/// The secrets of v2 connections that captures bring along: lines of a key log, each of which serves only the connections
/// of its own file. Any thread may use it.
public final class EmbeddedSecrets: Sendable {
    private struct State {
        var secrets: [Int: [EllSwiftKey: SharedSecret]] = [:]
        var count = 0
        var unreadBytes: UInt64 = 0
    }

    private let state = Mutex(State())

    /// Bytes of the shortest line that has a secret: the digits of key and secret.
    private static let shortest = 192

    public init() {}

    /// Takes the lines of a file's key log. What is no secret of a v2 connection is skipped without a word, as such a key
    /// log may have lines of TLS, too. Of several secrets for one key the last one counts. No more than
    /// ``KeyLog/secretLimit`` are kept: the bytes of other lines are counted.
    public func add(_ lines: [UInt8], of file: Int) {
        state.withLock { state in
            // Line by line: an array of all lines takes many times the bytes of short ones.
            var rest = lines[...]
            while !rest.isEmpty {
                let line = rest[..<(rest.firstIndex(of: 0x0a) ?? rest.endIndex)]
                rest = rest[line.endIndex...].dropFirst()
                guard line.count >= Self.shortest, line.count <= KeyLog.lineLimit,
                    case .secret(let key, let secret) = KeyLogLine(line)
                else { continue }
                let isNew = state.secrets[file]?[key] == nil
                if isNew, state.count >= KeyLog.secretLimit {
                    state.unreadBytes &+= UInt64(line.count)
                    continue
                }
                if isNew { state.count += 1 }
                state.secrets[file, default: [:]][key] = secret
            }
        }
    }

    /// Bytes of lines with secrets that were not kept.
    public var unreadBytes: UInt64 { state.withLock { $0.unreadBytes } }

    public var isEmpty: Bool { state.withLock { $0.count == 0 } }

    /// The secret of the connection whose initiator sent that key, in that file.
    public subscript(key: EllSwiftKey, file: Int) -> SharedSecret? { state.withLock { $0.secrets[file]?[key] } }
}
