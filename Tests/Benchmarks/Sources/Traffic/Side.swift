/// One end of a TCP connection: where it is, and what it sends.
struct Side {
    let address: UInt32
    let port: UInt16
    /// Sequence number of the next byte it sends.
    var next: UInt32
    var identification: UInt16
    /// Added to the clock in its TCP timestamps.
    let clockOffset: UInt32
    /// The other side's latest TCP timestamp.
    var echo: UInt32 = 0
    /// Segments that came in and are not acknowledged yet.
    var unacknowledged = 0
    /// Bytes to be sent, of which `sent` have been.
    var queue = Bytes()
    var sent = 0
    /// Bytes that it has sent before those of the queue.
    var sentBefore = 0
    /// What it has yet to say to the other side, the oldest first.
    var duties: [OwedDuty] = []
    /// Pings it has sent.
    var pings: UInt64 = 0

    init(address: UInt32, port: UInt16, _ random: inout SeededRandom) {
        self.address = address
        self.port = port
        next = UInt32(truncatingIfNeeded: random.next())
        identification = UInt16(truncatingIfNeeded: random.next())
        clockOffset = UInt32(truncatingIfNeeded: random.next())
    }

    var unsent: Int { queue.count - sent }

    mutating func didSend(_ count: Int) {
        sent += count
        if unsent == 0 {
            sentBefore += sent
            queue.removeAll()
            sent = 0
        }
    }
}
