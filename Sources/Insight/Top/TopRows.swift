import Fields
import Output

/// A line of ``Top``'s first table: a connection that is open.
struct TopPeer {
    /// The other end, or both where nobody knows which of them is the node.
    let name: TextBuffer
    /// Nil where it is not known, or no message was read.
    let userAgent: TextBuffer?
    let lastCommand: TextBuffer?
    /// From the peer and to it, or from the first of both ends and to it.
    let messagesFrom, messagesTo: Quotient
    let bytesFrom, bytesTo: Quotient
    /// Nil where they cannot be read.
    let messages: UInt64?
    let bytes: UInt64
    /// By which connections are ordered.
    let grown: UInt64
    let number: UInt64

    static func isBefore(_ one: TopPeer, _ other: TopPeer) -> Bool {
        (other.grown, other.bytes, one.number) < (one.grown, one.bytes, other.number)
    }

    static let columns: [ValuedColumn<TopPeer>] = [
        .init("peer", "Peer", .text, "", importance: .name) { .text($0.name) },
        .init("messages_from", "Msg/s <-", .number, "", importance: .main) { rate($0, $0.messagesFrom) },
        .init("messages_to", "->", .number, "", importance: .main) { rate($0, $0.messagesTo) },
        .init("bytes_from", "Bytes/s <-", .number, "", importance: .main) { .text(.size($0.bytesFrom)) },
        .init("bytes_to", "->", .number, "", importance: .main) { .text(.size($0.bytesTo)) },
        .init("messages", "Messages", .count, "", importance: .detail) { .number($0.messages) },
        .init("bytes", "Bytes", .number, "", importance: .detail) { .text(.size($0.bytes)) },
        .init("last", "Last", .text, "") { .text($0.lastCommand) },
        .init("user_agent", "User agent", .longText(shown: 40), "") { .text($0.userAgent) },
    ]

    private static func rate(_ peer: TopPeer, _ rate: Quotient) -> RowValue {
        peer.messages == nil ? .text(nil) : .text(.rate(rate))
    }
}

/// A line of ``Top``'s second table: the messages of a command.
struct TopCommand {
    /// Nil: all that have no line.
    let name: TextBuffer?
    let perSecond: Quotient
    let bytesPerSecond: Quotient
    let messages: UInt64
    let bytes: UInt64
    let grown: UInt64

    static func isBefore(_ one: TopCommand, _ other: TopCommand) -> Bool {
        if one.grown != other.grown { return one.grown > other.grown }
        if one.messages != other.messages { return one.messages > other.messages }
        return (one.name?.string ?? "") < (other.name?.string ?? "")
    }

    static let columns: [ValuedColumn<TopCommand>] = [
        .init("command", "Command", .text, "", importance: .name) { .text($0.name ?? TextBuffer.word("(other)")) },
        .init("per_second", "Msg/s", .number, "", importance: .main) { .text(.rate($0.perSecond)) },
        .init("bytes_per_second", "Bytes/s", .number, "", importance: .main) { .text(.size($0.bytesPerSecond)) },
        .init("messages", "Messages", .count, "") { .number($0.messages) },
        .init("bytes", "Bytes", .number, "") { .text(.size($0.bytes)) },
    ]
}

extension TextBuffer {
    static func word(_ word: StaticString) -> TextBuffer {
        var text = TextBuffer()
        text.append(word)
        return text
    }

    /// With one decimal.
    static func rate(_ quotient: Quotient) -> TextBuffer {
        var text = TextBuffer()
        if !text.append(quotient, decimals: 1) { text.append("-") }
        return text
    }

    static func size(_ bytes: UInt64) -> TextBuffer {
        var text = TextBuffer()
        text.append(size: bytes)
        return text
    }

    static func size(_ quotient: Quotient) -> TextBuffer {
        guard let bytes = quotient.rounded else { return word("-") }
        return size(bytes)
    }
}
