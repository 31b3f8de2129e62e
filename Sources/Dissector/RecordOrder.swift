import Reassembly

/// Holds records back until none with a lower frame can come, and gives them out in the order of the capture: by frame,
/// then by stream, then by offset.
///
/// Records are held only while a stream may yet have one with a frame that has gone by; see ``HoldingStreams``. The bytes
/// of what is held are copied.
struct RecordOrder {
    /// The place of a record in the capture.
    struct Place: Comparable {
        /// Of the frame that completed it.
        let frame: UInt64
        /// Number of the connection, and which of its directions.
        let stream: UInt64
        /// Of its first byte.
        let offset: UInt64

        init(_ frame: UInt64, _ stream: StreamID, _ offset: UInt64) {
            self.frame = frame
            self.stream = stream.connection &* 2 &+ UInt64(stream.direction.rawValue)
            self.offset = offset
        }

        static func < (left: Place, right: Place) -> Bool {
            (left.frame, left.stream, left.offset) < (right.frame, right.stream, right.offset)
        }
    }

    /// What a record is to be made of.
    struct Held {
        let source: RecordSource
        let sender: StreamSender
        /// Of the connection.
        let number: UInt64
        let bytes: [UInt8]
    }

    private struct Node: Comparable {
        let place: Place
        /// Of two at the same place the one that came first is the first.
        let turn: UInt64
        /// Where in `held` it is.
        let index: Int

        static func < (left: Node, right: Node) -> Bool {
            left.place == right.place ? left.turn < right.turn : left.place < right.place
        }
    }

    private var nodes = MinHeap<Node>()
    private var held: ContiguousArray<Held?> = []
    private var free: ContiguousArray<Int> = []
    private var turn: UInt64 = 0
    private var byteCount = 0
    private let byteLimit: Int
    /// How long a record may be held; nil for as long as need be.
    private let longestWait: Duration?
    /// When each was taken, in that order, where their time is limited.
    private var arrivals: ContiguousArray<(time: ContinuousClock.Instant, place: Place)> = []
    private var firstArrival = 0

    init(byteLimit: Int, longestWait: Duration?) {
        self.byteLimit = byteLimit
        self.longestWait = longestWait
    }

    var isEmpty: Bool { nodes.isEmpty }
    /// More is held than may be.
    var isOverfull: Bool { byteCount > byteLimit && !nodes.isEmpty }
    /// The frame of the first that is held.
    var firstFrame: UInt64? { nodes.first?.place.frame }

    /// Takes a record in; its bytes are copied.
    mutating func insert(
        _ source: RecordSource, at place: Place, of sender: StreamSender, number: UInt64, _ bytes: RawSpan
    ) {
        let record = Held(source: source, sender: sender, number: number, bytes: bytes.withUnsafeBytes { Array($0) })
        byteCount += Self.cost(of: record)
        turn &+= 1
        if let index = free.popLast() {
            held[index] = record
            nodes.insert(Node(place: place, turn: turn, index: index))
        } else {
            held.append(record)
            nodes.insert(Node(place: place, turn: turn, index: held.count - 1))
        }
        if longestWait != nil { arrivals.append((ContinuousClock.now, place)) }
    }

    /// Gives out the first in the order of the capture.
    mutating func removeFirst() -> Held? {
        guard let node = nodes.removeFirst(), let record = held[node.index] else { return nil }
        byteCount -= Self.cost(of: record)
        held[node.index] = nil
        free.append(node.index)
        if nodes.isEmpty { removeAll() }
        return record
    }

    mutating func removeAll() {
        nodes.removeAll()
        held.removeAll()
        free.removeAll()
        arrivals.removeAll()
        firstArrival = 0
        byteCount = 0
    }

    /// Whether the first must be given out, since it or one of a later place has been held for the longest time allowed.
    mutating func isFirstOverdue() -> Bool {
        guard let first = nodes.first, firstArrival < arrivals.count, let longestWait else { return false }
        let now = ContinuousClock.now
        while firstArrival < arrivals.count {
            let (time, place) = arrivals[firstArrival]
            guard now - time >= longestWait else { return false }
            if first.place <= place { return true }
            firstArrival += 1
            if firstArrival > 1024, firstArrival > arrivals.count / 2 {
                arrivals.removeSubrange(..<firstArrival)
                firstArrival = 0
            }
        }
        return false
    }

    private static func cost(of record: Held) -> Int {
        var frames = 0
        if case .message(let finding) = record.source { frames = finding.frames.count }
        return record.bytes.count &+ frames &* MemoryLayout<Origin>.stride &+ MemoryLayout<Held>.stride
            &+ MemoryLayout<Node>.stride
    }
}
