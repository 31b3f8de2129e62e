import Fields
import Records

/// One connection, as `-z conv,tcp` counts it.
struct Conversation {
    /// What one side has sent.
    struct Side {
        /// `address:port`.
        let endpoint: [UInt8]
        /// Of ``UserAgents``.
        var userAgent: UserAgents.Index?
        var messages: UInt64 = 0
        /// Headers and payloads, by the headers' own account; of an encrypted side all that was seen.
        var bytes: UInt64 = 0
    }

    let stream: UInt64
    /// The one that opened the connection, where that is known, otherwise the one whose message was seen first.
    private(set) var initiator: Side
    private(set) var responder: Side
    private(set) var isDirected = false
    /// Nil where nothing of Bitcoin's came.
    private(set) var transport: Record.Transport?
    private(set) var start: Int64
    private(set) var end: Int64

    init(_ record: borrowing Record) {
        stream = record.stream
        transport = record.transport
        start = record.startTime
        end = record.time
        initiator = Side(endpoint: record.source)
        responder = Side(endpoint: record.destination)
    }

    /// A connection without a record.
    init(_ life: ConnectionLife) {
        stream = life.stream
        start = life.first
        end = life.last
        initiator = Side(endpoint: life.initiator)
        responder = Side(endpoint: life.responder)
        isDirected = life.isDirected
    }

    var messages: UInt64 { initiator.messages &+ responder.messages }
    /// Nobody knows how many messages there are.
    var isOpaque: Bool { transport == .v2Encrypted && messages == 0 }
    var bytes: UInt64 { initiator.bytes &+ responder.bytes }

    mutating func add(_ record: borrowing Record, _ userAgents: inout UserAgents) {
        start = min(start, record.startTime)
        end = max(end, record.time)
        // A handshake that is read at last says more than what came before it.
        if record.transport == .v2 { transport = .v2 }
        let isFromFirst = record.source == initiator.endpoint
        if isFromFirst { initiator.add(record, &userAgents) } else { responder.add(record, &userAgents) }
        guard !isDirected, record.sender != .unknown else { return }
        isDirected = true
        if isFromFirst != (record.sender == .initiator) { swap(&initiator, &responder) }
    }
}

extension Conversation.Side {
    fileprivate mutating func add(_ record: borrowing Record, _ userAgents: inout UserAgents) {
        bytes &+= UInt64(clamping: record.length)
        if record.isMessage { messages &+= 1 }
        if userAgent == nil, let name = record.userAgent { userAgent = userAgents.index(of: name) }
    }
}

/// User agents of many connections, each kept once: most nodes run one of a few programs.
struct UserAgents {
    typealias Index = Int32

    /// How many different ones are kept, of at most 256 bytes each.
    static let limit = 10_000

    private var indices: [[UInt8]: Index] = [:]
    private var names: [[UInt8]] = []

    /// Nil when there are too many already.
    mutating func index(of name: [UInt8]) -> Index? {
        if let index = indices[name] { return index }
        guard names.count < Self.limit else { return nil }
        let index = Index(names.count)
        indices[name] = index
        names.append(name)
        return index
    }

    /// A name, safe to print.
    func text(_ index: Index?) -> TextBuffer? {
        guard let index, names.indices.contains(Int(index)) else { return nil }
        let name = names[Int(index)]
        var text = TextBuffer()
        text.append(wire: name.span.bytes)
        return text
    }
}
