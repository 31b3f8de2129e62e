/// What the reader of a Linux socket reads of segments, written after `tcp_data_queue`, `tcp_data_queue_ofo` and
/// `tcp_ofo_queue` (net/ipv4/tcp_input.c), with a plain array for the out-of-order queue.
///
/// Linux also unites adjoining segments of the queue where their memory allows it; that is left out, since it depends on
/// the network card.
struct LinuxReader {
    struct Piece {
        var start: Int
        var bytes: [UInt8]
        var frame: UInt64

        var end: Int { start + bytes.count }
    }

    /// `rcv_nxt`.
    var next = 0
    /// In order of start.
    var queue: [Piece] = []
    /// What was read, in order.
    var read: [Piece] = []

    mutating func receive(_ start: Int, _ bytes: [UInt8], frame: UInt64 = 0) {
        let piece = Piece(start: start, bytes: bytes, frame: frame)
        if piece.end <= next { return }
        if start > next { return hold(piece) }
        deliver(piece)
        drain()
    }

    private mutating func deliver(_ piece: Piece) {
        guard piece.end > next else { return }
        read.append(Piece(start: next, bytes: Array(piece.bytes[(next - piece.start)...]), frame: piece.frame))
        next = piece.end
    }

    private mutating func hold(_ piece: Piece) {
        var place = queue.count
        while place > 0, queue[place - 1].start > piece.start { place -= 1 }
        if place > 0 {
            let before = queue[place - 1]
            if piece.end <= before.end { return }
            if before.start == piece.start {
                queue.remove(at: place - 1)
                place -= 1
            }
        }
        while place < queue.count, queue[place].end <= piece.end { queue.remove(at: place) }
        queue.insert(piece, at: place)
    }

    private mutating func drain() {
        while let first = queue.first, first.start <= next { deliver(queue.removeFirst()) }
    }

    /// Goes on behind each hole, as nothing more will come.
    mutating func finish() {
        while let first = queue.first {
            next = max(next, first.start)
            drain()
        }
    }

    var bytes: [UInt8] { read.flatMap(\.bytes) }
}
