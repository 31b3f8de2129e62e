import BitcoinP2P
import Reassembly
import Records

/// Names connections that were open before the capture began, and of which no message is found. On a node that has run for a
/// while all v2 connections are such: else nothing would be shown of them, and nobody would know why.
///
/// A connection is named once as one that may be v2, and once more when it must be. Lines are few, whatever comes: those that
/// there is no room for are counted, and their number is a line.
final class EarlierConnections {
    /// For so long what is in flight of a small message of v1 may end, and another begin.
    private static let delay: Int64 = 1_000_000_000
    /// After so long bytes will do that are too few to look random: a large message of v1 brings more.
    private static let patience: Int64 = 10_000_000_000
    /// Receivers accept no longer message of v1: among this many bytes, which may begin within a header, another header is whole.
    private static let mostBytes = UInt64(MessageFramer.lengthLimit + 2 * 24)
    /// No more connections wait; others do when they bring more bytes after that.
    private static let waitingLimit = 1_024

    /// Lines of single connections: this many at once, and one more a minute.
    private static let burst = 10
    private static let interval: Int64 = 60_000_000_000
    /// After so long a number of others is said.
    private static let sumDelay: Int64 = 5_000_000_000

    /// Those of which bytes have come, with the time of the first.
    private var waiting: [(stream: MessageStream, since: Int64)] = []
    private var lines: [String] = []
    private var room = burst
    /// When room was last added.
    private var refilled: Int64?
    /// Those that had no line.
    private var others: (open: UInt64, v2: UInt64) = (0, 0)
    private var othersSince: Int64?
    private var lastSum: Int64?
    private var hasAdvised = false

    /// Bytes of a stream were read, up to an offset.
    func look(at stream: MessageStream, upTo end: UInt64, time: Int64) {
        let connection = stream.connection
        guard connection.naming != .v2, Self.isUnread(stream) else { return }
        if stream.unread(upTo: end) >= Self.mostBytes {
            // What is not random may be another protocol's, and is counted at the end.
            if stream.looksRandom == true { name(stream, as: .v2, time) }
        } else if connection.naming == .none, waiting.count < Self.waitingLimit {
            connection.naming = .waiting
            waiting.append((stream, time))
        }
    }

    /// What is to be said by now, a line each.
    func takeNotices(at time: Int64) -> [String] {
        var left: [(stream: MessageStream, since: Int64)] = []
        for (stream, since) in waiting where stream.connection.naming == .waiting && Self.isUnread(stream) {
            let age = time &- since
            if age < Self.delay {
                left.append((stream, since))
            } else if stream.looksRandom ?? (age >= Self.patience) {
                name(stream, as: .open, time)
            } else if age < Self.patience {
                left.append((stream, since))
            }
        }
        waiting = left
        sum(time)
        defer { lines = [] }
        return lines
    }

    /// No message of the connection was found, neither side of it began in the capture, and it goes on.
    private static func isUnread(_ stream: MessageStream) -> Bool {
        let (connection, direction) = (stream.connection, stream.id.direction)
        guard stream.beganBefore, !connection.startWasSeen(of: direction.opposite) else { return false }
        guard !connection.hasMessages(direction), !connection.hasMessages(direction.opposite) else { return false }
        // A v2 connection that is known to be one has records of its own.
        func mayBeV1(_ transport: MessageConnection.Transport?) -> Bool { transport == .v1 || transport == .undecided }
        return mayBeV1(connection.transport(of: direction)) && stream.otherTransport != .v2
    }

    private func name(_ stream: MessageStream, as naming: MessageConnection.Naming, _ time: Int64) {
        stream.connection.naming = naming
        refill(time)
        guard room > 0 else {
            if othersSince == nil { othersSince = time }
            if naming == .v2 { others.v2 += 1 } else { others.open += 1 }
            return
        }
        room -= 1
        if naming == .v2 {
            lines.append("\(Self.text(stream)): v2, open before the capture began: no header in 4,000,000 bytes")
        } else {
            lines.append("\(Self.text(stream)): no message found yet: open v2, or inside a large v1 message")
        }
        advise()
    }

    /// Says once what can be done.
    private func advise() {
        if hasAdvised { return }
        hasAdvised = true
        lines.append(
            "a v2 connection that was open before the capture began cannot be read: reconnect it, as with bitcoin-cli "
                + "disconnectnode ADDRESS, and see --keylog and --node-keys")
    }

    private func refill(_ time: Int64) {
        let since = time &- (refilled ?? time)
        let more = max(since, 0) / Self.interval
        if refilled == nil || more > 0 || since < 0 { refilled = time }
        room = min(Self.burst, room + Int(clamping: more))
    }

    /// Says how many others there are, now and then.
    private func sum(_ time: Int64) {
        guard let othersSince, time &- othersSince >= Self.sumDelay else { return }
        if let lastSum, time >= lastSum, time &- lastSum < Self.interval { return }
        if others.open > 0 {
            lines.append(
                "and \(plural(others.open, "more connection", "more connections")) of which no message is found yet")
        }
        if others.v2 > 0 {
            lines.append("and \(plural(others.v2, "more connection is v2", "more connections are v2"))")
        }
        lastSum = time
        self.othersSince = nil
        others = (0, 0)
    }

    /// Both ends, the one that seems to have connected first.
    private static func text(_ stream: MessageStream) -> String {
        let source = String(decoding: stream.ends.sourceText, as: UTF8.self)
        let destination = String(decoding: stream.ends.destinationText, as: UTF8.self)
        let isInitiator = stream.connection.role(of: stream.id.direction) != .responder
        return isInitiator ? "\(source) → \(destination)" : "\(destination) → \(source)"
    }
}
