import Layers
import Reassembly
import Records

/// The connections that are made up for original ones, as many as are open at once.
///
/// No more than ``limit`` are kept, and of half as many none is closed early. Of more, those that were idle longest are
/// closed; a message that comes after all opens its connection anew.
struct CleanConnections {
    /// One that is made up.
    struct Connection {
        var packets: SyntheticConnection
        /// The original direction that the side which opens the connection sends in.
        let initiator: Direction
        private var ended: (forward: Bool, backward: Bool) = (false, false)

        init(_ packets: SyntheticConnection, initiator: Direction) {
            self.packets = packets
            self.initiator = initiator
        }

        func direction(of side: Direction) -> SyntheticConnection.Direction {
            side == initiator ? .fromInitiator : .fromResponder
        }

        func hasEnded(_ side: Direction) -> Bool { side == .forward ? ended.forward : ended.backward }
        var hasEnded: Bool { ended.forward && ended.backward }

        /// What ends the direction, if it has not ended yet.
        mutating func end(_ side: Direction) -> [[UInt8]] {
            if hasEnded(side) { return [] }
            if side == .forward { ended.forward = true } else { ended.backward = true }
            return packets.end(direction(of: side))
        }
    }

    static let limit = 131_072

    /// Those that had a message lately, by the number of the original; together with ``older`` no more than ``limit``.
    private var recent: [UInt64: Connection] = [:]
    private var older: [UInt64: Connection] = [:]
    private let half: Int
    /// Each connection that was opened has another.
    private var opened: UInt32 = 0

    init(limit: Int = Self.limit) { half = max(1, limit / 2) }

    /// Takes out a connection; nil where it is not open.
    mutating func take(_ number: UInt64) -> Connection? {
        recent.removeValue(forKey: number) ?? older.removeValue(forKey: number)
    }

    /// A connection that is new, between the two ends of a message, of which one is known to have opened it, or is presumed
    /// to.
    mutating func make(from source: Endpoint, to destination: Endpoint, of sender: StreamSender) -> Connection {
        let source = SyntheticConnection.End(source.address, port: source.port)
        let destination = SyntheticConnection.End(destination.address, port: destination.port)
        let isInitiator =
            switch sender.role {
            case .initiator: true
            case .responder: false
            case .unknown: sender.side == .forward
            }
        defer { opened &+= 1 }
        return Connection(
            SyntheticConnection(
                from: isInitiator ? source : destination, to: isInitiator ? destination : source, number: opened),
            initiator: isInitiator ? sender.side : sender.side.opposite)
    }

    /// Puts back a connection that had a message now.
    ///
    /// - Returns: Those that are open no more, since there are too many.
    mutating func put(_ connection: Connection, _ number: UInt64) -> [Connection] {
        recent[number] = connection
        guard recent.count >= half else { return [] }
        let closed = older.sorted { $0.key < $1.key }.map(\.value)
        older = recent
        recent = [:]
        return closed
    }
}
