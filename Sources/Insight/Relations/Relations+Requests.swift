import BitcoinP2P
import Fields
import Reassembly

// What one side asks the other for, and what it is given.
extension Relations {
    /// Core's MAX_LOCATOR_SZ: longer ones have no answer.
    private static let locatorLimit = 101

    mutating func relateRequest(
        _ fact: MessageFact, _ bytes: RawSpan, from start: Int, _ entry: RelationReader.Entry, at place: Int32
    ) {
        let fields = reader.fields
        switch entry.role {
        case .getaddr: requests.ask(RequestKey(.addr), fact, number: number, at: place, in: &states)
        case .notfound: answer(fields.notFound, fact, bytes, at: place)
        case .getheaders: askForHeaders(fact, bytes, at: place)
        case .headers: answerHeaders(fact, bytes, from: start, at: place)
        case .tx:
            let names = [fields.txid, fields.wtxid].compactMap { key(.tx, $0, bytes) }
            // Without a witness both names are the same.
            requests.answer(names.first == names.last ? Array(names.prefix(1)) : names, fact, at: place, in: &states)
        case .block(let hash, let kind):
            guard let key = key(kind, hash, bytes) else { return }
            // A block answers those who asked for parts of it, too.
            let keys = kind == .block ? [key, key.of(.cmpctblock), key.of(.blocktxn)] : [key]
            requests.answer(keys, fact, at: place, in: &states)
        case .getblocktxn:
            guard let key = key(.blocktxn, fields.missingOfBlock, bytes) else { return }
            requests.ask(key, fact, number: number, at: place, in: &states)
        case .blocktxn:
            guard let key = key(.blocktxn, fields.missingBlockHash, bytes) else { return }
            requests.answer([key], fact, at: place, in: &states)
        case .asksFilters(let name, let kind):
            guard let type = type(name), let key = key(kind, name.hash, bytes, type: type) else { return }
            requests.ask(key, fact, number: number, at: place, in: &states)
        case .filters(let name, let kind):
            guard let type = type(name), let key = key(kind, name.hash, bytes, type: type) else { return }
            if kind == .cfilters {
                requests.answer(partOf: key, fact, at: place, in: &states)
            } else {
                requests.answer([key], fact, at: place, in: &states)
            }
        default: break
        }
    }

    private func key(_ kind: RequestKind, _ field: Field, _ bytes: RawSpan, type: UInt8 = 0) -> RequestKey? {
        reader.first(field).flatMap { RequestKey(kind, type: type, hash: reader.bytes($0, in: bytes)) }
    }

    private func type(_ name: MessageFields.FilterName) -> UInt8? {
        reader.first(name.type).map { UInt8(truncatingIfNeeded: reader.value($0)) }
    }

    mutating func ask(
        for vectors: MessageFields.Vectors, _ fact: MessageFact, _ bytes: RawSpan, at place: Int32
    ) {
        forEachVector(vectors, bytes) { relations, kind, hash, _ in
            guard let key = RequestKey(kind, hash: hash.bytes) else { return }
            if kind == .tx { relations.states[place][fact.side].deeds.insert(.transactions) }
            relations.requests.ask(key, fact, number: relations.number, at: place, in: &relations.states)
        }
    }

    private mutating func answer(
        _ vectors: MessageFields.Vectors, _ fact: MessageFact, _ bytes: RawSpan, at place: Int32
    ) {
        forEachVector(vectors, bytes) { relations, kind, hash, _ in
            guard let key = RequestKey(kind, hash: hash.bytes) else { return }
            relations.requests.answer([key], as: .notFound, fact, at: place, in: &relations.states)
        }
    }

    private mutating func askForHeaders(_ fact: MessageFact, _ bytes: RawSpan, at place: Int32) {
        var digests: [UInt64] = []
        var stop: UInt64?
        for index in 0..<reader.count where reader.isWhole(index) {
            let isStop = reader.field(index) == reader.fields.hashStop
            guard isStop || digests.count < Self.locatorLimit,
                let key = RequestKey(.headers, hash: reader.bytes(index, in: bytes))
            else { continue }
            if isStop { stop = key.digest } else { digests.append(key.digest) }
        }
        guard let stop else { return }
        let isEmpty = digests.isEmpty
        requests.askForHeaders(
            isEmpty ? [stop] : digests, isEmpty: isEmpty, fact, number: number, at: place, in: &states)
    }

    private mutating func answerHeaders(
        _ fact: MessageFact, _ bytes: RawSpan, from start: Int, at place: Int32
    ) {
        guard reader.first(reader.fields.headerCount) != nil else { return }
        let parent = key(.headers, reader.fields.previousBlock, bytes)?.digest
        var first: UInt64?
        if parent != nil, requests.waitsForOneHeader(states[place][fact.side.opposite]),
            let entry = reader.headersByHash
        {
            reader.readAgain(bytes, from: start, as: entry, fact.context)
            first = key(.headers, reader.fields.headerHash, bytes)?.digest
        }
        requests.answerHeaders(parent: parent, first: first, fact, at: place, in: &states)
    }
}
