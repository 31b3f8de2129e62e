import Reassembly

/// The frames of one connection that are to be kept with any message of it that is selected.
struct ConnectionTrail {
    /// TCP's handshake: the first SYN, the first SYN that acknowledges, and the client's first segment after it.
    private var handshake: (syn: UInt64, answer: UInt64, acknowledgement: UInt64) = (0, 0, 0)
    /// Further frames without which a reader would not find the messages; see ``note(_:_:isRecognition:)``.
    private var guides: [UInt64] = []
    /// Every frame, while the connection may turn out to be encrypted.
    private var all: FrameList?
    private var stones: (forward: Stone, backward: Stone) = (Stone(), Stone())
    private(set) var isEncrypted = false
    private(set) var isSelected = false

    /// - Parameter mayBeEncrypted: Its ports are Bitcoin's.
    init(mayBeEncrypted: Bool) {
        if mayBeEncrypted { all = FrameList() }
    }

    /// A segment that leads readers on, of one direction.
    ///
    /// They take for a stray what lies more than a window ahead (``Reassembly/Limits/window``), so of a long connection
    /// a segment is kept every ``Stone/stride`` bytes, with its acknowledgement, by which they know the hole before it for a
    /// gap.
    private struct Stone {
        static let stride: Int32 = 8 << 20
        /// The sequence number of the last one.
        var sequence: UInt32?
        /// What the other side is to acknowledge.
        var end: UInt32?

        mutating func isNext(_ segment: FrameCollector.Shown) -> Bool {
            guard segment.wireLength > 0 else { return false }
            let distance = sequence.map { Int32(bitPattern: segment.sequence &- $0) } ?? .max
            guard distance >= Self.stride else { return false }
            defer { sequence = segment.sequence }
            if sequence == nil { return false }
            end = segment.sequence &+ UInt32(truncatingIfNeeded: segment.wireLength)
            return true
        }

        mutating func isAcknowledged(by segment: FrameCollector.Shown) -> Bool {
            guard let end, segment.flags.contains(.ack), Int32(bitPattern: segment.acknowledgement &- end) >= 0 else {
                return false
            }
            self.end = nil
            return true
        }
    }

    /// Takes a frame of the connection; answers whether it is known by now to be kept.
    ///
    /// - Parameter isRecognition: The frame by which the stream was recognised as Bitcoin's, not by its port: readers
    ///   need it, too.
    mutating func note(_ frame: UInt64, _ segment: FrameCollector.Shown, isRecognition: Bool) -> Bool {
        let direction = segment.stream.direction
        let isFirst = isHandshake(frame, segment, direction) || isRecognition
        let isLeading = isStone(segment, direction)
        let isGuide = isFirst || isLeading || isAcknowledgement(segment, direction)
        if isGuide, !isSelected { guides.append(frame) }
        guard isEncrypted, isSelected else {
            all?.append(frame)
            return isGuide && isSelected
        }
        return true
    }

    private mutating func isHandshake(_ frame: UInt64, _ segment: FrameCollector.Shown, _ direction: Direction) -> Bool
    {
        let acknowledges = segment.flags.contains(.ack)
        if segment.flags.contains(.syn) {
            if acknowledges ? handshake.answer != 0 : handshake.syn != 0 { return false }
            if acknowledges { handshake.answer = frame } else { handshake.syn = frame }
            return true
        }
        let isThird =
            acknowledges && direction == .forward && handshake.acknowledgement == 0
            && (handshake.syn != 0 || handshake.answer != 0)
        if isThird { handshake.acknowledgement = frame }
        return isThird
    }

    private mutating func isStone(_ segment: FrameCollector.Shown, _ direction: Direction) -> Bool {
        direction == .forward ? stones.forward.isNext(segment) : stones.backward.isNext(segment)
    }

    private mutating func isAcknowledgement(_ segment: FrameCollector.Shown, _ direction: Direction) -> Bool {
        direction == .forward
            ? stones.backward.isAcknowledged(by: segment) : stones.forward.isAcknowledged(by: segment)
    }

    /// A message of the connection is selected: hands on what is to be kept with it.
    mutating func select(into selection: inout FrameSelection) {
        guard !isSelected else { return }
        isSelected = true
        for frame in guides { selection.insert(frame) }
        guides = []
        if isEncrypted { takeAll(into: &selection) }
    }

    /// A direction was found to be encrypted: its ciphers have state, so nothing of it can be read without the rest.
    mutating func encrypt(into selection: inout FrameSelection) {
        isEncrypted = true
        if isSelected { takeAll(into: &selection) }
        if !isSelected, all == nil { all = FrameList() }
    }

    /// A direction was found to be in clear.
    mutating func clear() {
        if !isEncrypted { all = nil }
    }

    private mutating func takeAll(into selection: inout FrameSelection) {
        all?.forEach { selection.insert($0) }
        all = nil
    }
}
