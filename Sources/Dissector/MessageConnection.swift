import BitcoinP2P
import Reassembly
import Records

/// What the two directions of a connection know of each other: an object that both have, so that neither needs the other.
final class MessageConnection {
    enum Transport { case undecided, v1, v2, other }

    private struct Side {
        var isOpen = false
        /// No byte is missing from the first one on, as far as anything was wanted.
        var isWhole = true
        var startWasSeen = false
        /// A byte of it has come, or was acknowledged.
        var hasBegun = false
        var hasMessages = false
        var transport = Transport.undecided
        /// Of the messages of v1.
        var network: Network?
        /// A secret may still be found by the key of this side.
        var mayFindSecret = true
    }

    private var forward = Side()
    private var backward = Side()
    private var initiator: Direction?
    private var session: V2Session?
    /// The secret, until something was decrypted by it.
    private var unusedSecret: FoundSecret?
    /// The side by whose key the secret was found.
    private var keyOwner: Direction?
    /// Its beginning has had a record, though it cannot be read.
    private var hasBeginning = false
    /// Its end has had a record.
    private var hasEnd = false

    /// What has been said of it where it was open before the capture began, and no message is found.
    enum Naming { case none, waiting, open, v2 }
    var naming = Naming.none

    private subscript(direction: Direction) -> Side {
        get { direction == .forward ? forward : backward }
        _modify { if direction == .forward { yield &forward } else { yield &backward } }
    }

    /// Bytes of a direction are wanted.
    func open(_ direction: Direction) {
        self[direction] = Side()
        self[direction].isOpen = true
        self[direction].hasBegun = true
        setWhole(false, direction)
    }

    /// A direction has ended: it is known no more but for what is missing of it.
    func close(_ direction: Direction) {
        let (isWhole, hasBegun) = (self[direction].isWhole, self[direction].hasBegun)
        self[direction] = Side()
        self[direction].isWhole = isWhole
        self[direction].hasBegun = hasBegun
    }

    // MARK: What was seen

    /// A direction begins with its first byte, or with a later one.
    func begin(_ direction: Direction, isStart: Bool) { setWhole(isStart, direction) }

    /// Bytes of a direction have come, or the other side has acknowledged some.
    func hasBegun(_ direction: Direction) -> Bool { self[direction].hasBegun }

    /// Bytes of a direction are missing.
    func noteLoss(of direction: Direction) { setWhole(false, direction) }

    private func setWhole(_ isWhole: Bool, _ direction: Direction) {
        self[direction].isWhole = isWhole
        seen = forward.isWhole && backward.isWhole ? .both : .part
    }

    /// How much was read of the conversation. Of a side of which nothing came it is known that it has said nothing.
    private(set) var seen = StreamSender.Seen.both

    /// The first byte of a direction was seen: then it is known which side opened the connection.
    func noteStart(of direction: Direction) {
        self[direction].startWasSeen = true
        initiator = .forward
    }

    /// The first byte of a direction was seen, while it was open.
    func startWasSeen(of direction: Direction) -> Bool { self[direction].startWasSeen }

    /// A side seems to have opened the connection.
    func presume(initiator direction: Direction) { if initiator == nil { initiator = direction } }

    /// Which side of the connection sends in a direction, as far as it is known by now.
    func role(of direction: Direction) -> Record.Sender {
        initiator.map { $0 == direction ? .initiator : .responder } ?? .unknown
    }

    // MARK: Transports

    func decide(_ transport: Transport, for direction: Direction) { self[direction].transport = transport }

    /// The transport of a direction; nil where none of its bytes were wanted, or it has ended.
    func transport(of direction: Direction) -> Transport? { self[direction].isOpen ? self[direction].transport : nil }

    func noteMessages(of direction: Direction) { self[direction].hasMessages = true }

    /// A message of a direction was found, and it has not ended.
    func hasMessages(_ direction: Direction) -> Bool { self[direction].hasMessages }

    func note(_ network: Network?, of direction: Direction) { self[direction].network = network }

    /// The network of a direction's messages, where they are of v1 and it has not ended.
    func network(of direction: Direction) -> Network? { self[direction].network }

    // MARK: Secrets

    var hasSecret: Bool { session != nil }

    /// A secret was found by the key of the initiator, who sends in `direction`.
    func found(_ secret: FoundSecret, _ session: V2Session, byKeyOf direction: Direction) {
        self.session = session
        unusedSecret = secret
        keyOwner = direction
        initiator = direction
    }

    /// What opens the packets of a direction, where it was found.
    func secret(of direction: Direction) -> (session: V2Session, role: KeySchedule.Role)? {
        session.map { ($0, keyOwner == direction ? .initiator : .responder) }
    }

    /// The secret, when something is decrypted by it for the first time.
    func takeUsedSecret() -> FoundSecret? { unusedSecret.take() }

    /// No secret will be found by the key of a direction.
    func noteSearched(_ direction: Direction) { self[direction].mayFindSecret = false }

    /// Whether a secret may still be found by the key of a direction.
    func mayFindSecret(by direction: Direction) -> Bool {
        guard self[direction].isOpen else { return true }
        return switch self[direction].transport {
        case .undecided: true
        case .v2: self[direction].mayFindSecret
        case .v1, .other: false
        }
    }

    /// Whether the end is yet to have a record, which it has once.
    func takeEnd() -> Bool {
        defer { hasEnd = true }
        return !hasEnd
    }

    /// Whether the beginning is yet to have a record, which it has once.
    func takeBeginning() -> Bool {
        defer { hasBeginning = true }
        return !hasBeginning
    }
}
