import Fields

/// Counts what sides say of themselves in their `version`, wherever these come from: connections of a capture, or peers
/// that were asked.
///
/// Peers choose what is counted: distinct values, peers, and which peer had which value are remembered up to a limit, and
/// a side costs the same however many came before.
struct Census {
    /// What is counted, in the order of the rows.
    enum Kind: String, CaseIterable {
        case userAgent = "user_agent"
        case version
        case services
        case startHeight = "start_height"
        case relay
        case transport
        case receiver = "addr_recv"
        case receiverPort = "addr_recv_port"
        case sender = "addr_from"

        /// For the manual.
        var meaning: String {
            switch self {
            case .userAgent: "what the side calls its software"
            case .version: "the protocol version that it names"
            case .services: "what it offers: 16 hexadecimal digits"
            case .startHeight: "the height of its best chain"
            case .relay: "1: it wants transactions announced, 0: not, or not yet"
            case .transport: "how its version was sent: v1 or v2"
            case .receiver: "the address under which it sees the other side"
            case .receiverPort: "the port of that address"
            case .sender: "the address that it names as its own, mostly zero"
            }
        }
    }

    struct Limits {
        /// Rows of values of one kind.
        var rows = 1_000
        /// Distinct values of one kind that are remembered: all that 10,000 connections can have.
        var values = 20_000
        /// Distinct peers that are remembered, and for each kind which of them had which value.
        var peers = 1 << 18
    }

    /// How often something was said.
    struct Count {
        /// Sides.
        var connections: UInt64 = 0
        /// Distinct addresses of these.
        var peers: UInt64 = 0
        /// In nanoseconds since 1970.
        var first = Int64.max
        var last = Int64.min

        fileprivate mutating func add(at time: Int64) {
            connections &+= 1
            first = min(first, time)
            last = max(last, time)
        }

        fileprivate mutating func add(_ other: Count) {
            connections &+= other.connections
            first = min(first, other.first)
            last = max(last, other.last)
        }
    }

    /// A value and how often it was said.
    struct Value {
        let kind: Kind
        /// Safe to print; nil of all that have no row of their own.
        let text: [UInt8]?
        var count: Count
    }

    private let limits: Limits
    private var kinds: [Values]
    /// The number of each address.
    private var addresses: [String: UInt32] = [:]
    /// Sides counted.
    private(set) var connections: UInt64 = 0
    /// Sides whose `addr_recv` is zero.
    private(set) var zeroReceivers: UInt64 = 0

    init(limits: Limits = Limits()) {
        self.limits = limits
        kinds = Kind.allCases.map { _ in Values() }
    }

    /// Distinct addresses of sides.
    var peers: UInt64 { UInt64(addresses.count) }

    /// Counts a side.
    ///
    /// - Parameters:
    ///   - peer: Its address.
    ///   - transport: How its `version` came; nil where nobody knows it.
    mutating func add(_ claims: Claims, of peer: String, transport: StaticString?) {
        connections &+= 1
        if claims.receiver?.isZero == true { zeroReceivers &+= 1 }
        let peer = number(of: peer)
        for (index, kind) in Kind.allCases.enumerated() {
            guard let text = claims.text(kind, transport) else { continue }
            kinds[index].add(text.bytes, of: peer, at: claims.time, limits)
        }
    }

    /// Nil where no more are remembered.
    private mutating func number(of peer: String) -> UInt32? {
        if let number = addresses[peer] { return number }
        guard addresses.count < limits.peers else { return nil }
        let number = UInt32(truncatingIfNeeded: addresses.count)
        addresses[peer] = number
        return number
    }

    /// The rows: by kind, the most frequent first, those beyond the limit together.
    var values: [Value] {
        zip(Kind.allCases, kinds).flatMap { kind, values in
            let (counted, rest) = values.ranked(limits.rows)
            return counted.map { Value(kind: kind, text: $0.text, count: $0.count) }
                + (rest.map { [Value(kind: kind, text: nil, count: $0)] } ?? [])
        }
    }
}

/// The values of one kind.
private struct Values {
    /// Where in ``counts`` a value is.
    private var places: [[UInt8]: UInt32] = [:]
    private var counts: ContiguousArray<(text: [UInt8], count: Census.Count)> = []
    /// Of values that are not remembered.
    private var rest = Census.Count()
    /// Place of a value and number of a peer that had it.
    private var pairs = Set<UInt64>()

    private static let restPlace = UInt32.max

    mutating func add(_ text: [UInt8], of peer: UInt32?, at time: Int64, _ limits: Census.Limits) {
        guard let place = place(of: text, limits) else {
            rest.add(at: time)
            return note(Self.restPlace, peer, limits)
        }
        counts[Int(place)].count.add(at: time)
        note(place, peer, limits)
    }

    private mutating func place(of text: [UInt8], _ limits: Census.Limits) -> UInt32? {
        if let place = places[text] { return place }
        guard counts.count < limits.values else { return nil }
        let place = UInt32(truncatingIfNeeded: counts.count)
        places[text] = place
        counts.append((text, Census.Count()))
        return place
    }

    private mutating func note(_ place: UInt32, _ peer: UInt32?, _ limits: Census.Limits) {
        guard let peer, pairs.count < limits.peers else { return }
        pairs.insert(UInt64(place) << 32 | UInt64(peer))
    }

    /// At most that number of values, the most frequent first; and what is left, if anything is.
    func ranked(_ limit: Int) -> (values: [(text: [UInt8], count: Census.Count)], rest: Census.Count?) {
        var order = counts.indices.sorted {
            let (one, other) = (counts[$0], counts[$1])
            if one.count.connections != other.count.connections {
                return one.count.connections > other.count.connections
            }
            return one.text.lexicographicallyPrecedes(other.text)
        }
        var rest = rest
        for index in order.dropFirst(limit) { rest.add(counts[index].count) }
        order = Array(order.prefix(limit))
        // Where each place has its row; what has none is one more.
        var rows = [Int](repeating: order.count, count: counts.count)
        for (row, place) in order.enumerated() { rows[place] = row }
        var peers = [UInt64](repeating: 0, count: order.count)
        var others = Set<UInt32>()
        for pair in pairs {
            let place = Int(pair >> 32)
            let row = place < rows.count ? rows[place] : order.count
            if row < order.count { peers[row] &+= 1 } else { others.insert(UInt32(truncatingIfNeeded: pair)) }
        }
        rest.peers = UInt64(others.count)
        let values = order.enumerated().map { row, place in
            var value = counts[place]
            value.count.peers = peers[row]
            return value
        }
        return (values, rest.connections > 0 ? rest : nil)
    }
}

extension Claims {
    /// What is counted of it, safe to print; nil where the message lacked it.
    fileprivate func text(_ kind: Census.Kind, _ transport: StaticString?) -> TextBuffer? {
        func decimal(_ number: some BinaryInteger) -> TextBuffer {
            var text = TextBuffer()
            text.append("\(number)")
            return text
        }
        func own(_ bytes: [UInt8]) -> TextBuffer {
            var text = TextBuffer()
            text.bytes = bytes
            return text
        }
        switch kind {
        case .userAgent: return userAgentText
        case .version: return presence.contains(.version) ? decimal(version) : nil
        case .services: return presence.contains(.services) ? own(Array(servicesText.utf8)) : nil
        case .startHeight: return startHeight.map { decimal($0) }
        case .relay: return presence.contains(.relay) ? relays.map { decimal($0 ? 1 : 0) } : nil
        case .transport:
            return transport.map { transport in
                var text = TextBuffer()
                text.append(transport)
                return text
            }
        case .receiver: return receiver.map { own($0.address) }
        case .receiverPort: return receiver?.port.map { decimal($0) }
        case .sender: return sender.map { own($0.address) }
        }
    }
}
