import BitcoinP2P
import Reassembly

/// What a ``V1Reader`` knows and does.
///
/// A message that a gap has cut is held until the stream has passed its declared end, so that its record says all that it
/// lost.
struct V1Reading {
    private let stream: MessageStream
    private var framer: MessageFramer
    /// The network that was noted last for the other direction.
    private var notedNetwork: Network?
    /// Bytes were offered before.
    private var hasReceived = false
    private var held: HeldMessage?
    /// Bytes up to the declared end of a cut message: they belong to no other.
    private var passing = 0

    /// - Parameters:
    ///   - network: Of the other direction's messages, where it is known.
    ///   - isSynchronised: Whether the first byte is known to begin a header.
    init(_ stream: MessageStream, network: Network? = nil, isSynchronised: Bool) {
        self.stream = stream
        framer = MessageFramer(network: network, synchronised: isSynchronised)
    }

    /// See ``TransportReader/receive(_:_:into:)``.
    mutating func receive(
        _ visit: borrowing Visit, _ provenance: borrowing Provenance, into outlet: inout MessageOutlet
    ) -> Demand {
        let (bytes, offset) = (visit.bytes, visit.offset)
        // What begins with a header says its own network first.
        if hasReceived, framer.network == nil { adoptNetwork() }
        hasReceived = true
        defer { noteNetwork() }
        var at = 0
        if held != nil, passing == 0, !bytes.isEmpty {
            // What came after the gap shows that the rest of the message will not come.
            held?.origin = provenance.completion(at: offset &+ 1)
            release(into: &outlet)
        }
        while !outlet.isDone {
            if passing > 0 {
                let count = min(passing, bytes.byteCount - at)
                pass(offset &+ UInt64(at)..<offset &+ UInt64(at + count), provenance, into: &outlet)
                at += count
                if at == bytes.byteCount { return Demand(consumed: at) }
            }
            let rest = bytes.extracting(droppingFirst: at)
            switch framer.next(rest, isLast: visit.isLast, leavesVerdict: outlet.leavesVerdict) {
            case .needMore(let minimum):
                if !visit.isLast, framer.mayHoldMessage(rest) {
                    outlet.holdPending(at: offset &+ UInt64(at), of: stream, provenance)
                }
                return Demand(consumed: at, minimum: minimum)
            case .skipped(let count):
                outlet.skip(count, of: stream)
                at += count
            case .message(let message):
                let own = rest.extracting(first: message.byteCount)
                at += message.byteCount
                write(message, own, endingAt: offset &+ UInt64(at), provenance, into: &outlet)
            }
        }
        return Demand(consumed: bytes.byteCount)
    }

    /// Takes the network of the other direction's messages.
    private mutating func adoptNetwork() {
        framer.network = stream.connection.network(of: stream.id.direction.opposite)
    }

    /// Gives the network to the other direction.
    private mutating func noteNetwork() {
        guard framer.network != notedNetwork else { return }
        notedNetwork = framer.network
        stream.connection.note(notedNetwork, of: stream.id.direction)
    }

    /// See ``TransportReader/lose(_:after:_:_:into:)``.
    mutating func lose(
        _ missing: Range<UInt64>, after rest: RawSpan, _ reason: GapReason, _ provenance: borrowing Provenance,
        into outlet: inout MessageOutlet
    ) {
        let lost = missing.upperBound &- missing.lowerBound
        if held != nil, passing == 0 { release(into: &outlet) }
        if passing > 0 {
            loseWithinCutMessage(lost, reason, into: &outlet)
        } else if let message = framer.cut(rest) {
            cut(message, rest, before: missing, reason, provenance, into: &outlet)
        } else {
            outlet.skip(rest.byteCount, of: stream)
            stream.lose(lost, reason)
        }
        framer.resume()
    }

    /// See ``TransportReader/close(_:endingAt:_:_:into:)``.
    mutating func close(
        _ rest: RawSpan, endingAt end: UInt64, _ reason: CloseReason, _ provenance: borrowing Provenance,
        into outlet: inout MessageOutlet
    ) {
        if held != nil {
            release(into: &outlet)
        } else if let message = framer.cut(rest) {
            let own = Loss(isLimited: reason == .evicted)
            write(message, rest, endingAt: end, own: own, provenance, into: &outlet)
        } else {
            outlet.skip(rest.byteCount, of: stream)
        }
        if !stream.hasMessages { outlet.count { $0.streamsWithoutMessages += 1 } }
    }

    private func write(
        _ message: MessageFramer.Message, _ bytes: RawSpan, endingAt end: UInt64, own: Loss = Loss(),
        _ provenance: borrowing Provenance, into outlet: inout MessageOutlet
    ) {
        let start = end &- UInt64(bytes.byteCount)
        let arrival = outlet.arrival(start..<end, provenance)
        let finding = Finding(
            message: message, offset: start, origin: provenance.completion(at: end), beginning: arrival.first,
            isReordered: arrival.isReordered, overhead: arrival.overhead,
            frames: outlet.frames(start..<end, provenance), before: stream.takeLoss(), own: own,
            doubts: outlet.doubts(of: bytes, endingAt: end, message, stream, provenance))
        outlet.write(finding, bytes, of: stream)
    }

    // MARK: Cut messages

    /// A message ends in the gap `missing`; `bytes` are what there is before it.
    private mutating func cut(
        _ message: MessageFramer.Message, _ bytes: RawSpan, before missing: Range<UInt64>, _ reason: GapReason,
        _ provenance: borrowing Provenance, into outlet: inout MessageOutlet
    ) {
        // A length that cannot be true leads nowhere: the next message is sought right after the gap.
        let isTrusted = message.header.length <= MessageFramer.oldLengthLimit
        passing = isTrusted ? message.header.byteCount + Int(message.header.length) - bytes.byteCount : 0
        let own = Loss(isLimited: reason == .limit)
        if !hold(message, bytes, before: missing.lowerBound, own: own, provenance, into: &outlet) {
            write(message, bytes, endingAt: missing.lowerBound, own: own, provenance, into: &outlet)
        }
        loseWithinCutMessage(missing.upperBound &- missing.lowerBound, reason, into: &outlet)
    }

    /// Bytes of a cut message, captured after its gap.
    private mutating func pass(
        _ range: Range<UInt64>, _ provenance: borrowing Provenance, into outlet: inout MessageOutlet
    ) {
        let count = range.upperBound &- range.lowerBound
        passing -= Int(count)
        if held != nil {
            outlet.count { $0.skippedBytes &+= count }
            held?.own.skipped &+= count
            held?.origin = provenance.completion(at: range.upperBound)
            addFrames(of: range, provenance, into: &outlet)
        } else {
            outlet.skip(Int(count), of: stream)
        }
        if passing == 0 { release(into: &outlet) }
    }

    /// Bytes of a cut message that are missing, and of what comes after it.
    ///
    /// A message whose end is missing is written with the next bytes, whose frame proves that; but where the snap length cut
    /// it off, at once: the segment at hand had it.
    private mutating func loseWithinCutMessage(
        _ lost: UInt64, _ reason: GapReason, into outlet: inout MessageOutlet
    ) {
        let own = min(lost, UInt64(passing))
        passing -= Int(own)
        if held != nil { held?.own.missing &+= own } else { stream.lose(own) }
        if passing == 0, reason == .cut { release(into: &outlet) }
        stream.lose(lost - own)
    }

    /// Writes the message that is held, if one is.
    private mutating func release(into outlet: inout MessageOutlet) {
        guard let message = held.take() else { return }
        outlet.release(message.cost)
        outlet.write(message.finding, message.bytes.span.bytes, of: stream)
    }

    /// Keeps the beginning of a cut message until its declared end is passed; answers whether there is room for it.
    private mutating func hold(
        _ message: MessageFramer.Message, _ bytes: RawSpan, before end: UInt64, own: Loss,
        _ provenance: borrowing Provenance, into outlet: inout MessageOutlet
    ) -> Bool {
        guard bytes.byteCount <= HeldMessage.byteLimit,
            outlet.hold(bytes.byteCount, atMost: HeldMessage.totalLimit)
        else { return false }
        let start = end &- UInt64(bytes.byteCount)
        let message = HeldMessage(
            message: message, bytes: bytes.withUnsafeBytes { Array($0) }, offset: start,
            frames: outlet.frames(start..<end, provenance), origin: provenance.completion(at: end),
            arrival: outlet.arrival(start..<end, provenance), before: stream.takeLoss(), own: own,
            doubts: outlet.doubts(of: bytes, endingAt: end, nil, stream, provenance))
        _ = outlet.hold(HeldMessage.cost(of: message.frames), atMost: .max)
        held = message
        return true
    }

    private mutating func addFrames(
        of range: Range<UInt64>, _ provenance: borrowing Provenance, into outlet: inout MessageOutlet
    ) {
        guard let last = held?.frames.last else { return }
        let more = provenance.origins(of: range).filter { $0.frame > last.frame }
        held?.frames += more
        let isRoom = outlet.hold(HeldMessage.cost(of: more), atMost: HeldMessage.totalLimit)
        if !isRoom {
            _ = outlet.hold(HeldMessage.cost(of: more), atMost: .max)
            release(into: &outlet)
        }
    }
}
