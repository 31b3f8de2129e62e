import BitcoinP2P
import Reassembly

/// Chooses who reads a direction: by its first bytes, by the key log, and by what the other direction is.
struct TransportChooser {
    private let ports: Set<UInt16>
    private let workshop: V2Reader.Workshop

    init(_ options: PipelineOptions, _ workshop: V2Reader.Workshop) {
        ports = Network.ports.union(options.ports)
        self.workshop = workshop
    }

    // MARK: Ports

    /// Whether a stream is taken for Bitcoin's whatever its bytes are.
    func hasKnownPort(_ one: Endpoint, _ other: Endpoint) -> Bool {
        ports.contains(one.port) || ports.contains(other.port)
    }

    /// The side that seems to have opened a connection: the one whose port is not one of Bitcoin's, if only one is.
    ///
    /// - Parameter direction: Its ends are given.
    func initiator(_ ends: Ends, _ direction: Direction) -> Direction? {
        let isSourceListed = isListed(ends.source)
        if isSourceListed == isListed(ends.destination) { return nil }
        return isSourceListed ? direction.opposite : direction
    }

    private func isListed(_ end: Endpoint?) -> Bool { end.map { ports.contains($0.port) } ?? false }

    // MARK: Transports

    /// Whether the bytes begin with a key of the key log, or the other direction did.
    func isKeyed(_ bytes: RawSpan, _ connection: MessageConnection?) -> Bool {
        workshop.finder.hasKeys && (connection?.hasSecret == true || workshop.finder.isKeyed(bytes))
    }

    /// Who reads a stream whose first bytes are given; undecided where more must come before that can be said.
    ///
    /// - Parameters:
    ///   - isStart: The first byte is the first of the direction.
    ///   - isLast: No byte follows these for now.
    func choose(_ bytes: RawSpan, isStart: Bool, isLast: Bool, for stream: MessageStream) -> StreamReader {
        let other = stream.otherTransport
        if isKeyed(bytes, stream.connection) { return .v2(V2Reader(stream, workshop)) }
        // Its first bytes may be a key that is known.
        if workshop.finder.hasKeys, !isStart, !isLast, bytes.byteCount < EllSwiftKey.byteCount,
            !TransportDetector.beginsWithHeader(bytes)
        {
            return .undecided
        }
        if !isStart, other == .v2 { return .v2(V2Reader(stream, workshop)) }
        switch TransportDetector.verdict(bytes, isStart: isStart, isLast: isLast) {
        case .undecided: return isLast ? .other(OtherReader(stream)) : .undecided
        case .v1: return .v1(V1Reader(stream, isSynchronised: true))
        case .unclear where other == .v2: return .v2(V2Reader(stream, workshop))
        case .v1Later, .unclear: return lateV1(stream)
        // One side cannot be encrypted when the other is not: its beginning is damaged.
        case .v2 where stream.connection.hasMessages(stream.id.direction.opposite): return lateV1(stream)
        case .v2: return .v2(V2Reader(stream, workshop))
        case .other: return .other(OtherReader(stream))
        }
    }

    /// A reader of v1 for bytes of which the first need not begin a header.
    private func lateV1(_ stream: MessageStream) -> StreamReader {
        let network = stream.connection.network(of: stream.id.direction.opposite)
        return .v1(V1Reader(stream, network: network, isSynchronised: false))
    }
}
