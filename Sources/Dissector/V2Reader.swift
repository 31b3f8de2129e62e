import BitcoinP2P
import Keys
import Reassembly

/// Reads v2 transport (BIP 324): finds the secret of the connection, opens its packets, and sums up what cannot be opened.
final class V2Reader: TransportReader {
    /// What all readers of v2 share.
    final class Workshop {
        let finder: SecretFinder
        /// A connection that cannot be read yet has a record at once.
        let tellsBeginning: Bool
        let showsCiphertext: Bool
        /// Nil where nobody wants to know.
        let usedSecrets: UsedSecrets?
        private var buffer = V2PacketBuffer()

        init(_ options: PipelineOptions, _ finder: SecretFinder) {
            self.finder = finder
            tellsBeginning = options.tellsEncryptedAtOnce
            showsCiphertext = options.showsCiphertext
            usedSecrets = options.usedSecrets
        }

        /// Lends memory for packets, or takes it back.
        func swap(_ buffer: inout V2PacketBuffer) { Swift.swap(&buffer, &self.buffer) }
    }

    private enum State {
        /// Its key has not been found yet, or its first bytes have not come.
        case waiting
        /// Its packets are read.
        case open
        /// It cannot be read: its bytes are counted.
        case closed
    }

    private let stream: MessageStream
    private let workshop: Workshop
    private var state = State.waiting
    /// The direction's own key has been looked for in the key log.
    private var isLookedUp = false
    private var session: V2Session?
    private var role = KeySchedule.Role.responder
    private var framer: V2Framer?
    /// It is among the streams that were decrypted.
    private var isCounted = false
    /// Bytes of it are missing.
    private var hasLost = false
    private var unread = UnreadBytes()

    /// Bytes of one direction that wait for a key: a later key is of no use.
    private static let waitingLimit = 1 << 20

    init(_ stream: MessageStream, _ workshop: Workshop) {
        self.stream = stream
        self.workshop = workshop
    }

    /// What waits for a key, or has none, will not.
    var mayRead: Bool { state == .open }

    // MARK: TransportReader

    func receive(
        _ visit: borrowing Visit, _ provenance: borrowing Provenance, into outlet: inout MessageOutlet
    ) -> Demand {
        if state == .waiting {
            if findSession(visit) {
                state = .open
                workshop.finder.found(stream.id)
                prepareFramer(at: visit.offset)
            } else {
                let mayCome = visit.phase != .end && secretMayCome(visit.bytes)
                if visit.phase == .going { writeBeginning(visit, provenance, into: &outlet) }
                if mayCome {
                    workshop.finder.wait(stream.id)
                    return Demand(consumed: 0, minimum: visit.bytes.byteCount + 1)
                }
                workshop.finder.forget(stream.id)
                state = .closed
            }
            stream.connection.noteSearched(stream.id.direction)
        }
        if state == .open { return openPackets(visit, provenance, into: &outlet) }
        unread.add(visit.bytes, at: visit.offset, provenance)
        outlet.tellUnread(visit.offset..<visit.end, provenance, of: stream)
        return Demand(consumed: visit.bytes.byteCount)
    }

    func lose(
        _ missing: Range<UInt64>, after rest: RawSpan, _ reason: GapReason, _ provenance: borrowing Provenance,
        into outlet: inout MessageOutlet
    ) {
        stream.lose(missing.upperBound &- missing.lowerBound, reason)
        hasLost = true
        if state == .closed { return }
        let start = missing.lowerBound &- UInt64(rest.byteCount)
        framer?.gap(after: rest, at: start, resumingAt: missing.upperBound)
        if framer?.hasPackets == true {
            outlet.skip(rest.byteCount, of: stream)
        } else {
            unread.add(rest, at: start, provenance)
            outlet.tellUnread(start..<missing.lowerBound, provenance, of: stream)
        }
    }

    func close(
        _ rest: RawSpan, endingAt end: UInt64, _ reason: CloseReason, _ provenance: borrowing Provenance,
        into outlet: inout MessageOutlet
    ) {
        if state == .open, framer?.hasPackets == true {
            if !rest.isEmpty { outlet.skip(rest.byteCount, of: stream) }
            let lost = stream.takeLoss()
            if !lost.isEmpty { outlet.write(.end(lost, provenance.completion(at: end)), at: end, of: stream) }
            return
        }
        if !rest.isEmpty {
            let start = end &- UInt64(rest.byteCount)
            unread.add(rest, at: start, provenance)
            outlet.tellUnread(start..<max(start, end), provenance, of: stream)
        }
        if let session = knownSession(), !session.hasToldFailure, reason == .fin { writeEnd(session, into: &outlet) }
        writeEncrypted(isUnanswered: isUnanswered(reason), into: &outlet)
    }

    /// Writes why nothing could be opened of a direction that its sender has closed.
    private func writeEnd(_ session: V2Session, into outlet: inout MessageOutlet) {
        // Else the terminator may be among what was not captured.
        guard framer?.hasTerminator != true, !hasLost, stream.start == 0, !isUnanswered(.fin) else { return }
        let searched = Int(clamping: unread.count) - EllSwiftKey.byteCount
        if session.schedule != nil {
            write(.endedInGarbage(searched: max(searched, 0)), unread.last, session, into: &outlet)
        } else if searched >= KeySchedule.terminatorLength {
            // Of neither side a terminator was found.
            session.isRefused = true
            write(.noTerminator(searched: searched), unread.last, session, into: &outlet)
        }
    }

    /// It is no more than a key and garbage, the other side has said nothing, and one of them has closed the connection: as
    /// peers do that speak only v1.
    private func isUnanswered(_ reason: CloseReason) -> Bool {
        (reason == .fin || reason == .reset) && stream.start == 0 && !hasLost
            && unread.count <= UInt64(EllSwiftKey.byteCount + V2Framer.garbageLimit)
            && !stream.connection.hasBegun(stream.id.direction.opposite)
    }

    // MARK: Secrets

    /// The session, once the secret was found by either side's key.
    private func knownSession() -> V2Session? {
        if session == nil, let secret = stream.connection.secret(of: stream.id.direction) {
            (session, role) = secret
        }
        return session
    }

    private func findSession(_ visit: borrowing Visit) -> Bool {
        if knownSession() != nil { return true }
        guard visit.offset == stream.start else { return false }
        let (found, isKey) = workshop.finder.secret(visit.bytes, isAgain: isLookedUp)
        if isKey {
            isLookedUp = true
            stream.connection.noteSearched(stream.id.direction)
        }
        guard let found else { return false }
        stream.connection.found(found, workshop.finder.makeSession(found), byKeyOf: stream.id.direction)
        return knownSession() != nil
    }

    /// Whether a secret may still be found for a stream that waits.
    private func secretMayCome(_ bytes: RawSpan) -> Bool {
        guard workshop.finder.hasKeys, bytes.byteCount < Self.waitingLimit else { return false }
        // The other side may be the initiator, and its key not captured yet.
        return workshop.finder.waits || stream.connection.mayFindSecret(by: stream.id.direction.opposite)
    }

    private func prepareFramer(at offset: UInt64) {
        let start = stream.start ?? offset
        // Offset 0 comes after a SYN; the initiator's key has been found where it stands.
        var framer = V2Framer(start: start, isStart: role == .initiator || start == 0)
        if offset > start { framer.gap(after: RawSpan(), at: start, resumingAt: offset) }
        self.framer = framer
    }

    // MARK: Packets

    private func openPackets(
        _ visit: borrowing Visit, _ provenance: borrowing Provenance, into outlet: inout MessageOutlet
    ) -> Demand {
        // Taken out, since packets are written while they are in it.
        var packet = V2PacketBuffer()
        workshop.swap(&packet)
        defer { workshop.swap(&packet) }
        let (bytes, end) = (visit.bytes, visit.end)
        var at = 0
        while !outlet.isDone, let session {
            if session.isRefused { return giveUp(visit, from: at, provenance, into: &outlet) }
            if let from = framer?.placesWanted, from < end {
                framer?.add(places: provenance.starts(in: from..<end), before: end)
            }
            let rest = bytes.extracting(droppingFirst: at)
            let here = visit.offset &+ UInt64(at)
            let step = framer?.next(rest, at: here, role, of: session, isLast: visit.isLast, into: &packet)
            switch step {
            case .packet(let found):
                at += found.byteCount
                let sealed = Visit(rest.extracting(first: found.byteCount), at: here, visit.phase)
                write(found, packet.plain.span.bytes, sealed, session, provenance, into: &outlet)
            case .skipped(let count):
                outlet.skip(count, of: stream)
                at += count
            case .failed(let failure):
                stream.connection.noteLoss(of: stream.id.direction)
                if case .noTerminator = failure { session.isRefused = true }
                write(failure, provenance.completion(at: end), session, into: &outlet)
                if case .garbageTooLong = failure { return giveUp(visit, from: at, provenance, into: &outlet) }
            case .needMore(let minimum):
                // Without the network nothing can be opened, and this direction has not shown it.
                if session.schedule == nil, rest.byteCount >= Self.waitingLimit {
                    return giveUp(visit, from: at, provenance, into: &outlet)
                }
                if !visit.isLast, framer?.isSearching == true, rest.byteCount > V2Framer.overhead {
                    outlet.holdPending(at: here, of: stream, provenance)
                }
                return Demand(consumed: at, minimum: minimum)
            case nil: return giveUp(visit, from: at, provenance, into: &outlet)
            }
        }
        return Demand(consumed: bytes.byteCount)
    }

    /// Bytes are counted from here on.
    private func giveUp(
        _ visit: borrowing Visit, from at: Int, _ provenance: borrowing Provenance, into outlet: inout MessageOutlet
    ) -> Demand {
        state = .closed
        let start = visit.offset &+ UInt64(at)
        unread.add(visit.bytes.extracting(droppingFirst: at), at: start, provenance)
        outlet.tellUnread(start..<max(start, visit.end), provenance, of: stream)
        return Demand(consumed: visit.bytes.byteCount)
    }

    /// A direction's first packet that was opened.
    private func begin(into outlet: inout MessageOutlet) {
        if unread.count > 0 {
            // Counted while it was not known whether anything could be read.
            outlet.skip(Int(clamping: unread.takeCount()), of: stream)
        }
        guard !isCounted else { return }
        isCounted = true
        if let used = stream.connection.takeUsedSecret() {
            workshop.usedSecrets?.note(used.key, used.secret, of: stream.id.connection)
        }
        outlet.count { $0.decryptedStreams += 1 }
    }

    // MARK: Records

    /// - Parameter sealed: The packet as it was captured.
    private func write(
        _ packet: V2Framer.Packet, _ plain: RawSpan, _ sealed: borrowing Visit, _ session: V2Session,
        _ provenance: borrowing Provenance, into outlet: inout MessageOutlet
    ) {
        guard let schedule = session.schedule else { return }
        begin(into: &outlet)
        if packet.lost > 0 { stream.connection.noteLoss(of: stream.id.direction) }
        let keyLength = packet.garbageLength == nil ? 0 : EllSwiftKey.byteCount
        let sealedLength =
            workshop.showsCiphertext ? plain.byteCount + V2Framer.overhead - PacketContents.headerLength : 0
        let facts = V2PacketLayout.Facts(
            packet, sessionID: schedule.sessionID,
            key: sealed.bytes.extracting(first: keyLength).withUnsafeBytes { Array($0) },
            ciphertext: sealed.bytes.extracting(last: sealedLength).withUnsafeBytes { Array($0) })
        var arrival = PacketArrival(
            origin: provenance.completion(at: sealed.end),
            frames: outlet.frames(sealed.offset..<sealed.end, provenance),
            before: stream.takeLoss(),
            doubts: outlet.doubts(of: sealed.bytes, endingAt: sealed.end, nil, stream, provenance))
        let isMessage = !packet.isVersion && !PacketContents.isDecoy(plain)
        let message = isMessage ? PacketContents.message(plain, of: schedule.network) : nil
        let overhead = packet.byteCount - (message == nil ? 0 : plain.byteCount)
        outlet.count {
            $0.lostPackets &+= packet.lost
            $0.bytes.v2Overhead &+= UInt64(overhead)
        }
        if let message {
            let own = outlet.arrival(sealed.offset..<sealed.end, provenance)
            var finding = Finding(
                message: message, offset: sealed.offset, origin: arrival.origin, beginning: own.first,
                isReordered: own.isReordered, overhead: own.overhead, frames: arrival.frames,
                before: arrival.before, doubts: arrival.doubts)
            finding.packet = facts
            outlet.write(finding, plain, of: stream)
            return
        }
        arrival.segment = outlet.segment(arrival.origin.frame)
        arrival.packetNote = outlet.packet(arrival.origin.frame)
        outlet.write(.packet(facts, arrival), at: sealed.offset, plain, of: stream)
    }

    /// Writes in a live run, once a connection, that it is encrypted and cannot be read yet.
    private func writeBeginning(
        _ visit: borrowing Visit, _ provenance: borrowing Provenance, into outlet: inout MessageOutlet
    ) {
        let length = TransportDetector.v2KeyLength
        guard workshop.tellsBeginning, visit.bytes.byteCount >= length, stream.connection.takeBeginning() else {
            return
        }
        let origin = provenance.completion(at: visit.offset &+ UInt64(length))
        outlet.write(
            .beginning(origin, waitsForKey: workshop.finder.waits), at: visit.offset,
            visit.bytes.extracting(first: length), of: stream)
    }

    /// Writes once a connection that something does not authenticate.
    private func write(
        _ failure: V2Framer.Failure, _ origin: Origin, _ session: V2Session, into outlet: inout MessageOutlet
    ) {
        guard !session.hasToldFailure else { return }
        session.hasToldFailure = true
        if session.isRefused { outlet.count { $0.wrongSecrets += 1 } }
        outlet.write(.failure(failure, origin), at: stream.next, of: stream)
    }

    /// Sums up a direction that could not be read.
    private func writeEncrypted(isUnanswered: Bool, into outlet: inout MessageOutlet) {
        var direction = unread.direction(missing: stream.takeLoss().missing)
        direction.isUnanswered = isUnanswered
        outlet.count {
            $0.encryptedStreams += 1
            $0.bytes.unread &+= direction.byteCount
            // No secret can have come of an attempt that was not answered.
            if session == nil, !isUnanswered { $0.streamsWithoutKey += 1 }
        }
        outlet.write(.encrypted(direction), at: stream.next, direction.key.span.bytes, of: stream)
    }
}
