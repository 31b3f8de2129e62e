import BitcoinP2P
import Synchronization

/// The secrets by which connections were decrypted, for a capture that is to bring them along. Any thread may use it.
///
/// Of a capture of selected packets only those of connections that are in it are handed out.
public final class UsedSecrets: Sendable {
    private struct Used {
        var key: EllSwiftKey
        var secret: SharedSecret
    }

    private struct State {
        /// Of connections that were not selected yet, by their numbers.
        var waiting: [UInt64: Used] = [:]
        /// Selected, but nothing of them was decrypted yet.
        var selected: Set<UInt64> = []
        var written: Set<EllSwiftKey> = []
        var lines: [UInt8] = []
        var leftOut: UInt64 = 0
        /// The first connection that is not in a complete file.
        var firstOfFile: UInt64 = 0
        var late: UInt64 = 0

        mutating func write(_ used: Used, of connection: UInt64) {
            guard written.insert(used.key).inserted else { return }
            if connection < firstOfFile { late += 1 }
            lines += KeyLog.line(used.key, used.secret)
        }
    }

    private let state = Mutex(State())
    private let isOfSelection: Bool

    /// - Parameter isOfSelection: Only those of connections that are selected are handed out; else all.
    public init(isOfSelection: Bool) { self.isOfSelection = isOfSelection }

    /// A connection's first packet was decrypted. More than ``KeyLog/secretLimit`` are not kept.
    public func note(_ key: EllSwiftKey, _ secret: SharedSecret, of connection: UInt64) {
        let used = Used(key: key, secret: secret)
        state.withLock { state in
            if !isOfSelection || state.selected.remove(connection) != nil {
                if state.written.count < KeyLog.secretLimit {
                    state.write(used, of: connection)
                } else {
                    state.leftOut += 1
                }
            } else if state.waiting.count < KeyLog.secretLimit {
                state.waiting[connection] = used
            } else {
                state.leftOut += 1
            }
        }
    }

    /// All frames of an encrypted connection are selected. It may be said again.
    public func select(_ connection: UInt64) {
        state.withLock { state in
            if let used = state.waiting.removeValue(forKey: connection) {
                state.write(used, of: connection)
            } else if state.selected.count < KeyLog.secretLimit {
                state.selected.insert(connection)
            }
        }
    }

    /// The file in which the connections of lower numbers began is complete: their secrets come late from now on, since
    /// who reads that file does not find them.
    public func completeFile(before connection: UInt64) {
        state.withLock { $0.firstOfFile = max($0.firstOfFile, connection) }
    }

    /// Lines of a key log, each with its end, that have come since this was last asked.
    public func takeLines() -> [UInt8] {
        state.withLock { state in
            if state.lines.isEmpty { return [] }
            defer { state.lines = [] }
            return state.lines
        }
    }

    /// How many were handed out, or will be.
    public var count: Int { state.withLock { $0.written.count } }

    /// How many of them came after the file with their connection was complete.
    public var late: UInt64 { state.withLock { $0.late } }

    /// Secrets of which there were too many to be kept.
    public var leftOut: UInt64 { state.withLock { $0.leftOut } }
}
