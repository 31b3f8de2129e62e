/// What a message is about, coarsely: pictures colour it by this.
public enum MessageFamily: String, Sendable, CaseIterable {
    case block, header, tx
    /// Announcements, and what asks for what they announce.
    case ask
    case addr
    /// Bloom filters, and block filters (BIP 157).
    case filter
    /// The handshake, what is negotiated, pings.
    case talk
    case other

    /// The family of a command, also of one that nobody knows.
    public init(of command: Command) { self = MessageTypes.standard[command]?.family ?? .other }
}
