import BitcoinP2P
import Fields
import Keys
import Output
import Reassembly
import Records

// v2 transport (BIP 324): finds the secret of a connection, opens its packets, and sums up what cannot be opened.
extension MessageSink {
    /// Whether the bytes begin with a key of the key log, or the other direction did.
    func isKeyed(_ bytes: RawSpan, _ id: StreamID) -> Bool {
        guard let keys else { return false }
        if peer(of: id)?.encryption.session != nil { return true }
        return EllSwiftKey(bytes).map { keys[$0] != nil } ?? false
    }

    /// Takes bytes of a v2 stream: decrypted where its secret is known, else held or counted.
    mutating func decrypt(
        _ bytes: RawSpan, at offset: UInt64, of stream: MessageStream, _ id: StreamID,
        _ provenance: borrowing Provenance, _ phase: Phase
    ) -> Demand {
        if stream.encryption.state == .waiting {
            if findSession(bytes, at: offset, of: stream, id) {
                stream.encryption.state = .open
                waiting.found(id)
                prepareFramer(stream, at: offset)
            } else {
                let mayCome = phase != .end && secretMayCome(bytes, of: stream, id)
                if phase == .going { tellBeginning(bytes, at: offset, of: stream, id, provenance) }
                if mayCome {
                    if waitsForKeys { waiting.insert(id) }
                    return Demand(consumed: 0, minimum: bytes.byteCount + 1)
                }
                waiting.remove(id)
                stream.encryption.state = .closed
            }
        }
        if stream.encryption.state == .open {
            return openPackets(bytes, at: offset, of: stream, id, provenance, isLast: phase != .going)
        }
        watch(bytes, at: offset, of: stream, provenance)
        return Demand(consumed: bytes.byteCount)
    }

    // MARK: Secrets

    private func findSession(
        _ bytes: RawSpan, at offset: UInt64, of stream: MessageStream, _ id: StreamID
    ) -> Bool {
        if stream.encryption.session != nil { return true }
        let peer = self.peer(of: id)
        if let session = peer?.encryption.session {
            stream.encryption.session = session
            stream.encryption.role = .responder
            stream.senderRole = .responder
            return true
        }
        guard let keys, offset == stream.encryption.start, let key = EllSwiftKey(bytes) else { return false }
        var secret = keys[key]
        if secret == nil, waitsForKeys || !stream.encryption.isLookedUp {
            // That the file cannot be read is not this connection's trouble.
            try? keys.refresh()
            secret = keys[key]
        }
        stream.encryption.isLookedUp = true
        guard let secret else { return false }
        let session = V2Session(secret, magics: magics)
        stream.encryption.session = session
        stream.encryption.role = .initiator
        stream.senderRole = .initiator
        peer?.encryption.session = session
        peer?.senderRole = .responder
        return true
    }

    /// Whether a secret may still be found for a stream that waits.
    private func secretMayCome(_ bytes: RawSpan, of stream: MessageStream, _ id: StreamID) -> Bool {
        guard keys != nil, bytes.byteCount < Encryption.waitingLimit else { return false }
        if waitsForKeys { return true }
        // The other side may be the initiator, and its key not captured yet.
        guard let peer = self.peer(of: id) else { return true }
        switch peer.transport {
        case .undecided: return true
        case .v2: return peer.encryption.state == .waiting && !peer.encryption.isLookedUp
        case .v1, .other: return false
        }
    }

    private func prepareFramer(_ stream: MessageStream, at offset: UInt64) {
        let start = stream.encryption.start ?? offset
        // Offset 0 is behind a SYN; the initiator's key has been found where it stands.
        var framer = V2Framer(start: start, isStart: stream.encryption.role == .initiator || start == 0)
        if offset > start { framer.gap(after: RawSpan(), at: start, resumingAt: offset) }
        stream.encryption.packets = framer
    }

    // MARK: Packets

    private mutating func openPackets(
        _ bytes: RawSpan, at offset: UInt64, of stream: MessageStream, _ id: StreamID,
        _ provenance: borrowing Provenance, isLast: Bool
    ) -> Demand {
        // Taken out, since packets are told while they are in it.
        var packet = V2PacketBuffer()
        swap(&packet, &buffer)
        defer { swap(&packet, &buffer) }
        let end = offset &+ UInt64(bytes.byteCount)
        var at = 0
        while !isDone, let session = stream.encryption.session {
            if session.isRefused { return close(bytes, from: at, at: offset, stream, provenance) }
            if let from = stream.encryption.packets?.placesWanted, from < end {
                stream.encryption.packets?.add(places: provenance.starts(in: from..<end), before: end)
            }
            let rest = bytes.extracting(droppingFirst: at)
            let here = offset &+ UInt64(at)
            // Read before: what follows has the framer to itself.
            let role = stream.encryption.role
            let step = stream.encryption.packets?.next(
                rest, at: here, role, of: session, isLast: isLast, into: &packet)
            switch step {
            case .packet(let found):
                at += found.byteCount
                tell(
                    found, packet.plain.span.bytes, rest.extracting(first: found.byteCount),
                    endingAt: here &+ UInt64(found.byteCount), stream, session, id, provenance)
            case .skipped(let count):
                skip(count, stream)
                at += count
            case .failed(let failure):
                stream.isWhole = false
                if case .noTerminator = failure { session.isRefused = true }
                tell(failure, provenance.completion(at: end), stream, session, id)
            case .needMore(let minimum):
                // Without the network nothing can be opened, and this direction has not told it.
                if session.schedule == nil, rest.byteCount >= Encryption.waitingLimit {
                    return close(bytes, from: at, at: offset, stream, provenance)
                }
                if !isLast, stream.encryption.packets?.isSearching == true, rest.byteCount > V2Framer.overhead {
                    holdPending(at: here, stream, id, provenance)
                }
                return Demand(consumed: at, minimum: minimum)
            case nil: return close(bytes, from: at, at: offset, stream, provenance)
            }
        }
        return Demand(consumed: bytes.byteCount)
    }

    /// Gives a stream up: its bytes are counted from here on.
    private mutating func close(
        _ bytes: RawSpan, from at: Int, at offset: UInt64, _ stream: MessageStream, _ provenance: borrowing Provenance
    ) -> Demand {
        stream.encryption.state = .closed
        watch(bytes.extracting(droppingFirst: at), at: offset &+ UInt64(at), of: stream, provenance)
        return Demand(consumed: bytes.byteCount)
    }

    /// Takes the bytes before a gap that belong to no whole packet.
    mutating func loseEncrypted(
        _ rest: RawSpan, at offset: UInt64, resumingAt resume: UInt64, of stream: MessageStream,
        _ provenance: borrowing Provenance
    ) {
        if stream.encryption.state == .closed { return }
        stream.encryption.packets?.gap(after: rest, at: offset, resumingAt: resume)
        if stream.encryption.packets?.hasPackets == true {
            skip(rest.byteCount, stream)
        } else {
            watch(rest, at: offset, of: stream, provenance)
        }
    }

    /// Sums up what of an ended direction has not been told.
    mutating func closeEncrypted(
        _ stream: MessageStream, _ id: StreamID, _ rest: RawSpan, endingAt end: UInt64, isWhole: Bool,
        _ provenance: borrowing Provenance
    ) {
        let hasPackets = stream.encryption.packets?.hasPackets == true
        if hasPackets, stream.encryption.state == .open {
            if !rest.isEmpty { skip(rest.byteCount, stream) }
            if !stream.lost.isEmpty {
                records.take(
                    .end(stream.lost, provenance.completion(at: end)), of: sender(of: stream, id), id, at: end,
                    RawSpan())
            }
            return
        }
        if !rest.isEmpty { watch(rest, at: end &- UInt64(rest.byteCount), of: stream, provenance) }
        if let session = stream.encryption.session, session.schedule == nil, !session.hasToldFailure {
            // Where the capture ended before the longest garbage would have, the terminator may have come behind it.
            let searched = Int(clamping: stream.byteCount) - EllSwiftKey.byteCount
            if isWhole, searched >= KeySchedule.terminatorLength {
                session.isRefused = true
                tell(.noTerminator(searched: searched), stream.last, stream, session, id)
            }
        }
        tellEncrypted(stream, id)
    }

    // MARK: Secrets that come later

    /// Streams that have waited for a secret, which may be there now.
    mutating func streamsToOffer() -> [StreamID] {
        guard let keys, !waiting.isEmpty else { return [] }
        // That the file cannot be read is nothing new.
        try? keys.refresh()
        return waiting.streams(at: keys.revision)
    }

    // MARK: Records

    /// Tells in a live run, once a connection, that it is encrypted and cannot be read yet.
    private mutating func tellBeginning(
        _ bytes: RawSpan, at offset: UInt64, of stream: MessageStream, _ id: StreamID,
        _ provenance: borrowing Provenance
    ) {
        let length = TransportDetector.v2KeyLength
        guard tellsEncryptedAtOnce, !stream.encryption.isTold, bytes.byteCount >= length else { return }
        stream.encryption.isTold = true
        if let peer = self.peer(of: id) {
            if peer.encryption.isTold { return }
            peer.encryption.isTold = true
        }
        let key = bytes.extracting(first: length)
        let origin = provenance.completion(at: offset &+ UInt64(length))
        let waits = waitsForKeys && keys != nil
        records.take(.beginning(origin, waitsForKey: waits), of: sender(of: stream, id), id, at: offset, key)
    }

    private mutating func tell(
        _ packet: V2Framer.Packet, _ plain: RawSpan, _ sealed: RawSpan, endingAt end: UInt64,
        _ stream: MessageStream, _ session: V2Session, _ id: StreamID, _ provenance: borrowing Provenance
    ) {
        guard let schedule = session.schedule else { return }
        begin(stream)
        found.lostPackets &+= packet.lost
        if packet.lost > 0 { stream.isWhole = false }
        var facts = V2PacketLayout.Facts(packet, sessionID: schedule.sessionID)
        if packet.garbageLength != nil {
            facts.key = sealed.extracting(first: EllSwiftKey.byteCount).withUnsafeBytes { Array($0) }
        }
        if showsCiphertext {
            let count = plain.byteCount + V2Framer.overhead - PacketContents.headerLength
            facts.ciphertext = sealed.extracting(last: count).withUnsafeBytes { Array($0) }
        }
        let range = end &- UInt64(packet.byteCount)..<end
        var arrival = PacketArrival(
            origin: provenance.completion(at: end), frames: records.wantsFrames ? provenance.origins(of: range) : [],
            before: stream.lost, doubts: doubts(of: sealed, endingAt: end, nil, stream, provenance))
        stream.lost = Loss()
        let isMessage = !packet.isVersion && !PacketContents.isDecoy(plain)
        found.bytes.v2Overhead &+= UInt64(packet.byteCount)
        if isMessage, let message = PacketContents.message(plain, of: schedule.network) {
            var finding = RecordBuilder.Finding(
                message: message, offset: range.lowerBound, origin: arrival.origin, frames: arrival.frames,
                before: arrival.before, doubts: arrival.doubts)
            finding.packet = facts
            found.bytes.v2Overhead &-= UInt64(plain.byteCount)
            write(finding, plain, stream, id)
            return
        }
        arrival.segment = segments?[arrival.origin.frame]
        records.take(.packet(facts, arrival), of: sender(of: stream, id), id, at: range.lowerBound, plain)
    }

    /// A direction's first packet that was opened.
    private mutating func begin(_ stream: MessageStream) {
        if stream.byteCount > 0 {
            // Counted while it was not known whether anything could be read.
            skip(Int(clamping: stream.byteCount), stream)
            stream.byteCount = 0
        }
        guard !stream.encryption.isCounted else { return }
        stream.encryption.isCounted = true
        found.decryptedStreams += 1
    }

    /// Tells once a connection that something does not authenticate.
    private mutating func tell(
        _ failure: V2Framer.Failure, _ origin: Origin, _ stream: MessageStream, _ session: V2Session,
        _ id: StreamID
    ) {
        guard !session.hasToldFailure else { return }
        session.hasToldFailure = true
        if session.isRefused { found.wrongSecrets += 1 }
        records.take(.failure(failure, origin), of: sender(of: stream, id), id, at: stream.next, RawSpan())
    }

    private mutating func tellEncrypted(_ stream: MessageStream, _ id: StreamID) {
        found.encryptedStreams += 1
        found.bytes.unread &+= stream.byteCount
        if stream.encryption.session == nil { found.streamsWithoutKey += 1 }
        let direction = EncryptedDirection(
            key: stream.key, byteCount: stream.byteCount, missing: stream.lost.missing,
            startTime: stream.first?.time ?? stream.last.time, last: stream.last)
        records.take(.encrypted(direction), of: sender(of: stream, id), id, at: stream.next, direction.key.span.bytes)
    }
}
