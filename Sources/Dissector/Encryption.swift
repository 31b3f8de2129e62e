import BitcoinP2P

/// What is known of the encryption of one direction of a v2 connection.
struct Encryption {
    enum State {
        /// Its key has not been found yet, or its first bytes have not come.
        case waiting
        /// Its packets are read.
        case open
        /// It cannot be read: its bytes are counted.
        case closed
    }

    var state = State.waiting
    /// The offset of the direction's first byte, captured or not.
    var start: UInt64?
    /// The direction's own key has been looked for in the key log.
    var isLookedUp = false
    var role = KeySchedule.Role.responder
    /// Shared with the other direction.
    var session: V2Session?
    var packets: V2Framer?
    /// It is among the streams that were decrypted.
    var isCounted = false
    /// The connection's beginning has had a record.
    var isTold = false

    /// Bytes of one direction that wait for a key: a later key is of no use.
    static let waitingLimit = 1 << 20
}
