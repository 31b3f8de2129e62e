import Fields
import Output

/// The `census` of peers that were asked, each in a connection of its own, instead of those of a capture.
public struct PeerCensus {
    private var census = Census()
    private var withoutVersion: UInt64 = 0
    private var first: Int64?

    public init() {}

    /// What a peer said in its `version`.
    public struct Answer {
        public var version: Int64?
        public var services: UInt64?
        public var startHeight: Int64?
        public var relays: Bool?
        /// As it came: not safe to print.
        public var userAgent: [UInt8]?
        /// As whom the peer sees us, and what it calls itself, safe to print.
        public var receiver: [UInt8]?
        public var receiverPort: UInt16?
        public var sender: [UInt8]?

        public init() {}
    }

    /// Counts a peer.
    ///
    /// - Parameters:
    ///   - answer: Nil of one that sent no `version`.
    ///   - address: The peer's.
    ///   - isV2: How its `version` came.
    ///   - time: When it did, in nanoseconds since 1970.
    public mutating func add(_ answer: Answer?, of address: String, isV2: Bool, at time: Int64) {
        first = min(first ?? time, time)
        guard let answer else {
            withoutVersion &+= 1
            return
        }
        census.add(Claims(answer, at: time), of: address, transport: isV2 ? "v2" : "v1")
    }

    /// Writes it, as ``QuestionName/census`` is written of a capture.
    public func answer(as format: AnswerFormat, to output: ByteOutput) {
        var facts = CaptureFacts()
        facts.start = first
        facts.timeDecimals = 9
        // Nothing was captured: all that is counted was asked for, by one node.
        let view = Inquiry([.census], node: Node([], .option)).view(facts)
        CensusQuestion(census, withoutVersion: withoutVersion, view).append(view, as: format, to: output)
    }
}

extension Claims {
    fileprivate init(_ answer: PeerCensus.Answer, at time: Int64) {
        self.time = time
        if let version = answer.version {
            self.version = version
            presence.insert(.version)
        }
        if let services = answer.services {
            self.services = services
            presence.insert(.services)
        }
        if answer.relays != nil { presence.insert(.relay) }
        relays = answer.relays
        startHeight = answer.startHeight
        userAgent = answer.userAgent
        receiver = answer.receiver.map { Place(address: $0, port: answer.receiverPort) }
        sender = answer.sender.map { Place(address: $0) }
    }
}
