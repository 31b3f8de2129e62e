/// How a meeting ended. Each end has one word, for people and for programs.
public enum MeetingOutcome: Hashable, Sendable, Error {
    /// What is waited for, in this order.
    public enum Stage: String, Sendable, CaseIterable {
        case version
        case verack
        /// To a `ping` sent after our `verack`: nodes ignore it before, so it proves that they have read that.
        case pong
    }

    /// Both sides said `version` and `verack`, and our `ping` was answered.
    case complete
    case refused
    case unreachable
    /// No connection in time.
    case noConnection
    /// The name has no address.
    case unresolved
    /// The proxy did not connect us.
    case proxyFailed
    case timeout(Stage)
    case closed(Stage)
    /// The peer closed the connection after the handshake, before we did: no outcome, but what came after one.
    case left
    case notBitcoin
    /// The magic is that of another network.
    case wrongNetwork
    /// A message that claims more bytes than it may have.
    case tooLong
    /// More bytes than a peer may send before its handshake is over.
    case tooMuch
    case badChecksum
    /// A packet of v2 that is not what its sender encrypted.
    case notAuthentic
    /// A `version` that ends too early.
    case badVersion
    /// The peer's nonce is ours: we called ourselves.
    case ourselves
    /// A failure of this machine, not of the peer.
    case localFailure
    /// Not called: an address that a survey of a public network has no business with.
    case skipped

    public var word: String {
        switch self {
        case .complete: "ok"
        case .refused: "refused"
        case .unreachable: "unreachable"
        case .noConnection: "timeout-connect"
        case .unresolved: "unresolved"
        case .proxyFailed: "proxy-failed"
        case .timeout(let stage): "timeout-\(stage.rawValue)"
        case .closed(let stage): "closed-before-\(stage.rawValue)"
        case .left: "left"
        case .notBitcoin: "not-bitcoin"
        case .wrongNetwork: "wrong-network"
        case .tooLong: "too-long"
        case .tooMuch: "too-much"
        case .badChecksum: "bad-checksum"
        case .notAuthentic: "not-authentic"
        case .badVersion: "bad-version"
        case .ourselves: "ourselves"
        case .localFailure: "local-failure"
        case .skipped: "skipped"
        }
    }

    /// One phrase for people, after "the peer …" or on its own.
    public var meaning: String {
        switch self {
        case .complete: "both sides shook hands, and the peer answered a ping after that"
        case .refused: "the host refused the connection: nothing listens there"
        case .unreachable: "the network has no way there, or the host is down"
        case .noConnection: "no connection came about in time"
        case .unresolved: "the name has no address"
        case .proxyFailed: "the proxy did not connect"
        case .timeout(let stage): "the time was over before the peer's \(stage.rawValue) came"
        case .closed(let stage): "the peer closed or reset the connection before its \(stage.rawValue)"
        case .left: "the peer closed the connection after the handshake"
        case .notBitcoin: "what the peer sent is not Bitcoin's protocol"
        case .wrongNetwork: "the peer is of another Bitcoin network"
        case .tooLong: "the peer sent a message that claims more bytes than a message may have"
        case .tooMuch: "the peer sent more than it may before the handshake was over"
        case .badChecksum: "the peer sent a message whose checksum is wrong"
        case .notAuthentic: "the peer sent an encrypted packet that is not authentic"
        case .badVersion: "the peer's version message ends too early"
        case .ourselves: "the peer's nonce is our own: we called ourselves"
        case .localFailure: "this machine could not make the connection"
        case .skipped: "not called: no address of the public network"
        }
    }

    /// All there are, in the order in which a meeting may come to them.
    public static let all: [MeetingOutcome] =
        [.complete, .skipped, .unresolved, .proxyFailed, .refused, .unreachable, .noConnection]
        + Stage.allCases.map { .timeout($0) } + Stage.allCases.map { .closed($0) }
        + [
            .notBitcoin, .wrongNetwork, .tooLong, .tooMuch, .badChecksum, .notAuthentic, .badVersion, .ourselves,
            .localFailure,
        ]
}
