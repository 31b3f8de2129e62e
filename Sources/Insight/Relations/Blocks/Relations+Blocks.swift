import BitcoinP2P
import Fields
import Reassembly

// Who announces blocks, asks for them, and sends them, and what short ids stand for.
extension Relations {
    /// Core's MAX_BLOCKS_TO_ANNOUNCE: more at once are no announcement.
    private static let mostAnnounced = 8

    /// Takes what the message at hand says of blocks. Whether it answers a request is known by then.
    mutating func tellBlocks(
        _ fact: MessageFact, _ bytes: RawSpan, from start: Int, _ entry: RelationReader.Entry, at place: Int32
    ) {
        switch entry.role {
        case .sendcmpct:
            read(fact, bytes, from: start, entry)
            if let index = reader.first(reader.fields.compactVersion) {
                states[place][fact.side].compactVersions.insert(reader.value(index) == 1 ? .first : .other)
            }
        case .inventory(let vectors):
            read(fact, bytes, from: start, entry)
            if tellsEarlier { tellAnnouncedBlocks(vectors, fact, bytes) }
            announceBlocks(vectors, fact, bytes)
        case .headers: announceHeaders(fact, bytes, from: start)
        case .getdata:
            read(fact, bytes, from: start, entry)
            askForBlocks(fact, bytes)
        case .getblocktxn:
            guard let hash = hash(reader.fields.missingOfBlock, bytes) else { return }
            let count = reader.first(reader.fields.missingCount).map { reader.value($0) } ?? 0
            blocks.askForTransactions(count, of: hash, by: side(fact), messagePlace(fact))
        case .tx: seeTransaction(fact, bytes)
        case .block(let field, let kind):
            noteAnswer(fact)
            guard reader.isComplete, let hash = hash(field, bytes) else { return }
            if tellsEarlier, kind == .block || kind == .cmpctblock { tellAnnouncements(of: hash, fact) }
            if kind == .block { deliverBlock(hash, fact) }
            if kind == .cmpctblock { receiveCompactBlock(hash, fact, at: place) }
        case .blocktxn:
            if let compact = noteAnswer(fact), tellsEarlier { tellFilled(compact, fact, bytes, from: start) }
        default: break
        }
    }

    /// Whether anything that the receiver said was captured: else nobody knows what it has asked for.
    private func isReceiverHeard(_ fact: MessageFact) -> Bool {
        states.place(of: fact.connection).map { states[$0].isHeard(fact.side.opposite) } ?? false
    }

    private func side(_ fact: MessageFact) -> ConnectionSide { ConnectionSide(fact.connection, fact.side) }

    private func messagePlace(_ fact: MessageFact) -> MessagePlace {
        MessagePlace(order: number, first: fact.first, complete: fact.complete)
    }

    private func hash(_ field: Field, _ bytes: RawSpan) -> Hash256? {
        reader.first(field).flatMap { Hash256(reader.bytes($0, in: bytes), at: 0) }
    }

    // MARK: Announcements

    private mutating func announceBlocks(_ vectors: MessageFields.Vectors, _ fact: MessageFact, _ bytes: RawSpan) {
        guard reader.isComplete else { return }
        var hashes: [Hash256] = []
        forEachVector(vectors, bytes) { _, kind, hash, _ in
            if kind == .block, hashes.count <= Self.mostAnnounced { hashes.append(hash) }
        }
        guard hashes.count <= Self.mostAnnounced else { return }
        announce(hashes, .inv, fact)
    }

    private mutating func announceHeaders(_ fact: MessageFact, _ bytes: RawSpan, from start: Int) {
        guard requests.related.isEmpty, isReceiverHeard(fact), let count = reader.first(reader.fields.headerCount),
            reader.value(count) <= UInt64(Self.mostAnnounced), let entry = reader.headersByHash
        else { return }
        reader.readAgain(bytes, from: start, as: entry, fact.context)
        guard reader.isComplete else { return }
        var hashes: [Hash256] = []
        for index in 0..<reader.count where reader.field(index) == reader.fields.headerHash {
            if let hash = Hash256(reader.bytes(index, in: bytes), at: 0) { hashes.append(hash) }
        }
        announce(hashes, .headers, fact)
    }

    private mutating func announce(_ hashes: [Hash256], _ form: BlockForm, _ fact: MessageFact) {
        for hash in hashes { blocks.announce(hash, by: side(fact), form, messagePlace(fact)) }
    }

    // MARK: Requests

    private mutating func askForBlocks(_ fact: MessageFact, _ bytes: RawSpan) {
        let (side, message) = (side(fact), messagePlace(fact))
        forEachVector(reader.fields.wanted, bytes) { relations, kind, hash, _ in
            guard kind == .block || kind == .cmpctblock else { return }
            if relations.tellsEarlier, relations.earlier.asked == nil,
                let told = relations.blocks.announcements(of: hash, by: side.opposite)?.own,
                told.announced.frame < fact.first.frame
            {
                relations.earlier.asked = AskedAnnouncement(
                    frame: told.announced.frame, time: max(0, fact.first.time &- told.announced.time))
            }
            relations.blocks.ask(for: hash, by: side, isWhole: kind == .block, message)
        }
    }

    /// The message may answer a request of transactions.
    ///
    /// - Returns: The compact block that it fills.
    @discardableResult
    private mutating func noteAnswer(_ fact: MessageFact) -> CompactBlockFact? {
        guard let request = requests.related.first(where: { $0.kind == .blocktxn }) else { return nil }
        let answer = CompactBlockFact.Answer(
            isBlock: fact.command == Self.block, wait: request.responseTime, length: UInt64(clamping: fact.length),
            complete: fact.complete, order: number)
        return blocks.answer(request.requestMessage, answer)
    }

    private static let block = Command("block")

    // MARK: Blocks

    private mutating func deliverBlock(_ hash: Hash256, _ fact: MessageFact) {
        let fields = reader.fields
        // One without it is a header alone.
        guard let count = reader.first(fields.blockCount) else { return }
        if requests.related.isEmpty, isReceiverHeard(fact) { announce([hash], .block, fact) }
        blocks.deliver(
            hash,
            BlockDelivery(
                side: side(fact), transactions: UInt32(clamping: reader.value(count)),
                headerTime: UInt32(truncatingIfNeeded: reader.first(fields.blockTime).map { reader.value($0) } ?? 0),
                length: UInt64(clamping: fact.length), first: fact.first, complete: fact.complete, order: number))
    }

    private mutating func receiveCompactBlock(_ hash: Hash256, _ fact: MessageFact, at place: Int32) {
        let fields = reader.fields
        guard let k0 = reader.first(fields.compactKey.0), let k1 = reader.first(fields.compactKey.1),
            let prefilled = reader.first(fields.prefilledCount)
        else { return }
        let key = ShortIDKey(k0: reader.value(k0), k1: reader.value(k1))
        var ids: ContiguousArray<UInt64> = []
        for index in 0..<reader.count where reader.field(index) == fields.shortID { ids.append(reader.value(index)) }
        let known = resolve(
            ids, key, byTxid: states[place][fact.side.opposite].compactVersions == .first, fact.complete.time)
        if tellsEarlier { earlier.shortIDs = known }
        let isReceiverHeard = isReceiverHeard(fact)
        if requests.related.isEmpty, isReceiverHeard { announce([hash], .compactBlock, fact) }
        blocks.receive(
            CompactBlockFact(
                hash: hash, side: side(fact), place: messagePlace(fact), length: UInt64(clamping: fact.length),
                headerTime: UInt32(
                    truncatingIfNeeded: reader.first(fields.compactBlockTime).map { reader.value($0) } ?? 0),
                isReceiverHeard: isReceiverHeard, isAsked: requests.related.contains { $0.kind == .cmpctblock },
                shortIDs: UInt64(ids.count),
                prefilled: reader.value(prefilled), seen: known?.seen, ambiguous: known?.ambiguous, key: key))
    }

    // MARK: Short ids

    private mutating func seeTransaction(_ fact: MessageFact, _ bytes: RawSpan) {
        guard reader.isComplete, let txid = hash(reader.fields.txid, bytes) else { return }
        seen.add(
            SeenTransactions.Transaction(
                txid: txid, wtxid: hash(reader.fields.wtxid, bytes) ?? txid, frame: fact.complete.frame))
    }

    /// How many short ids stand for one transaction that was seen, and how many for several; nil where finding out would
    /// take too long.
    private mutating func resolve(
        _ ids: ContiguousArray<UInt64>, _ key: ShortIDKey, byTxid: Bool, _ time: Int64
    ) -> (seen: UInt64, ambiguous: UInt64)? {
        guard !ids.isEmpty, seen.count > 0 else { return (0, 0) }
        var table = ShortIDs(ids)
        guard seen.resolve(&table, key, byTxid: byTxid, &hashAllowance) else {
            blocks.leaveUnresolved(time)
            return nil
        }
        var counts = (seen: UInt64(0), ambiguous: UInt64(0))
        for id in ids {
            if table.place(of: id) != nil { counts.seen &+= 1 } else if table.isAmbiguous(id) { counts.ambiguous &+= 1 }
        }
        if tellsEarlier, counts.seen > 0 {
            earlier.transactions = ContiguousArray(ids.map { id in table.place(of: id).map { earlierTransaction($0) } })
        }
        return counts
    }

    // MARK: What earlier messages tell

    private func earlierTransaction(_ place: Int) -> EarlierTransaction {
        EarlierTransaction(wtxid: seen[place].wtxid, frame: seen[place].frame)
    }

    /// Who announced the blocks of an inventory.
    private mutating func tellAnnouncedBlocks(
        _ vectors: MessageFields.Vectors, _ fact: MessageFact, _ bytes: RawSpan
    ) {
        forEachVector(vectors, bytes) { relations, kind, hash, place in
            guard kind == .block, let told = relations.blocks.announcements(of: hash, by: relations.side(fact)) else {
                return
            }
            let lag = fact.complete.time &- told.first.announced.time
            relations.earlier.note(relations.announcement(told.first, lag: lag < 0 ? nil : lag), at: place)
        }
    }

    private mutating func tellAnnouncements(of hash: Hash256, _ fact: MessageFact) {
        guard let told = blocks.announcements(of: hash, by: side(fact)) else { return }
        earlier.announcedIn = told.own?.announced.frame
        earlier.first = announcement(told.first, lag: nil)
    }

    private func announcement(_ part: BlockPart, lag: Int64?) -> EarlierAnnouncement {
        let ends = states.place(of: part.side.connection).map { states[$0].ends }
        let announcer = part.side.side == .forward ? ends?.forward : ends?.backward
        return EarlierAnnouncement(frame: part.announced.frame, announcer: announcer ?? [], lag: lag)
    }

    /// Where the transactions were seen before that fill a compact block.
    private mutating func tellFilled(
        _ compact: CompactBlockFact, _ fact: MessageFact, _ bytes: RawSpan, from start: Int
    ) {
        earlier.shortIDKey = compact.key
        guard seen.count > 0, let entry = reader.filledByName else { return }
        reader.readAgain(bytes, from: start, as: entry, fact.context)
        for index in 0..<reader.count where reader.field(index) == reader.fields.wtxid {
            guard let name = Hash256(reader.bytes(index, in: bytes), at: 0) else { return }
            earlier.transactions.append(seen.place(of: name).map { earlierTransaction($0) })
        }
    }
}
