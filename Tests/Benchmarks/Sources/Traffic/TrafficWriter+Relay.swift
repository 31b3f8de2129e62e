extension TrafficWriter {
    /// A node and its peers, who announce transactions and blocks, ask for what they lack, and answer.
    mutating func relay(size: Int) throws(WriteError) {
        wire.maker.mineHeaders(16)
        try openAll()
        var state = RelayState(connections: flows)
        while wire.file.byteCount < size {
            let side = wire.maker.random.below(2 * flows)
            if wire.sides[side].unsent == 0 {
                pay(side, state)
                for _ in 0..<[1, 1, 1, 2, 2, 3][wire.maker.random.below(6)] { enqueueRelayed(side, &state) }
            }
            for _ in 0..<wire.maker.random.within(1...8) where wire.sides[side].unsent > 0 { try wire.send(side) }
        }
        // Nothing stays without an answer, and what answers give rise to is sent, too.
        for side in 0..<2 * flows { try wire.drain(side) }
        while (0..<2 * flows).contains(where: { !wire.sides[$0].duties.isEmpty }) {
            for side in 0..<2 * flows {
                pay(side, state)
                try wire.drain(side)
            }
        }
        try closeAll()
    }

    /// Most of all `inv`; what is asked for and answered makes as many messages again.
    private mutating func enqueueRelayed(_ side: Int, _ state: inout RelayState) {
        switch wire.maker.random.below(667) {
        case ..<495: announce(wire.maker.random.within(1...35), from: side, &state)
        case ..<500: announce(wire.maker.random.within(36...1000), from: side, &state)
        case ..<560: wire.enqueuePing(side)
        case ..<590: wire.enqueue(side) { maker, out in maker.feeFilter(into: &out) }
        case ..<630: enqueueAddresses(side, &state)
        case ..<655:
            let count = wire.maker.random.chance(percent: 90) ? 1 : wire.maker.random.within(2...8)
            var answer: [[UInt8]] = []
            wire.enqueue(side) { maker, out in answer = maker.headersRequest(count, into: &out) }
            wire.owe(side ^ 1, .headers(answer))
        default: announceBlock(side, &state)
        }
    }

    private func isNode(_ side: Int) -> Bool { side != senderOfBlocks(side / 2) }

    // MARK: Transactions

    /// A peer announces some that the node has and a few new ones, the node what it has not announced to the peer yet. The
    /// other side asks for those that it lacks.
    private mutating func announce(_ count: Int, from side: Int, _ state: inout RelayState) {
        var announced: [Int] = []
        var lacked: [Int] = []
        if isNode(side) {
            // What is older may be forgotten before the peer gets it.
            let first = max(state.announced[side / 2], state.transactionCount - RelayState.transactionLimit / 2)
            announced += first..<min(first + count, state.transactionCount)
            state.announced[side / 2] = first + announced.count
            for number in announced where wire.maker.random.chance(percent: 4) { lacked.append(number) }
        } else {
            for _ in 0..<count {
                let known = state.transactionCount - state.firstTransaction
                if known == 0 || wire.maker.random.chance(percent: 4) {
                    let number = state.add(wire.maker.relayedTransaction())
                    announced.append(number)
                    lacked.append(number)
                } else {
                    announced.append(state.firstTransaction + wire.maker.random.below(known))
                }
            }
        }
        let hashes = announced.compactMap { state.transaction($0)?.wtxid }
        guard !hashes.isEmpty else { return wire.enqueuePing(side) }
        wire.enqueue(side) { maker, out in maker.inventory(.inv, hashes, into: &out) }
        if !lacked.isEmpty { wire.owe(side ^ 1, .request(lacked)) }
    }

    // MARK: Blocks

    /// Each connection hears of a block once.
    private mutating func announceBlock(_ side: Int, _ state: inout RelayState) {
        let number = state.blockToAnnounce(&wire.maker)
        guard state.announcedBlock[side / 2] != number, let block = state.block(number) else {
            return wire.enqueuePing(side)
        }
        state.announcedBlock[side / 2] = number
        wire.enqueue(side) { maker, out in maker.compactBlock(block, into: &out) }
        guard wire.maker.random.chance(percent: 40), !block.transactions.isEmpty else { return }
        var places = Set<Int>()
        for _ in 0..<wire.maker.random.within(1...8) {
            places.insert(wire.maker.random.below(block.transactions.count))
        }
        wire.owe(side ^ 1, .completeBlock(number, places.sorted()))
    }

    // MARK: Addresses

    /// One that somebody has heard of, or once a connection a thousand that were asked for.
    private mutating func enqueueAddresses(_ side: Int, _ state: inout RelayState) {
        // Who opened the connection may ask.
        guard side.isMultiple(of: 2), !state.hasAskedForAddresses[side / 2] else {
            return wire.enqueue(side) { maker, out in maker.addresses(1, into: &out) }
        }
        state.hasAskedForAddresses[side / 2] = true
        wire.enqueue(side) { maker, out in maker.empty(.getaddr, into: &out) }
        wire.owe(side ^ 1, .addresses(1000))
    }

    // MARK: Answers

    /// Queues all that a side has yet to say.
    private mutating func pay(_ side: Int, _ state: RelayState) {
        for duty in wire.takeDuties(side) {
            switch duty {
            case .pong(let nonce): wire.enqueue(side) { maker, out in maker.pong(nonce, into: &out) }
            case .request(let numbers):
                let asked = numbers.compactMap { number in
                    state.transaction(number).map { Asked(number: number, wtxid: $0.wtxid) }
                }
                if asked.isEmpty { continue }
                wire.enqueue(side) { maker, out in maker.inventory(.getdata, asked.map(\.wtxid), into: &out) }
                wire.owe(side ^ 1, .transactions(asked))
            case .transactions(let asked): deliver(asked, side, state)
            case .completeBlock(let number, let places):
                guard let block = state.block(number) else { continue }
                wire.enqueue(side) { maker, out in maker.blockTransactionRequest(block, places, into: &out) }
                wire.owe(side ^ 1, .blockTransactions(number, places))
            case .blockTransactions(let number, let places):
                guard let block = state.block(number) else { continue }
                wire.enqueue(side) { maker, out in maker.blockTransactions(block, places, into: &out) }
            case .headers(let headers): wire.enqueue(side) { maker, out in maker.headers(headers, into: &out) }
            case .addresses(let count): wire.enqueue(side) { maker, out in maker.addresses(count, into: &out) }
            }
        }
    }

    /// Sends transactions; of those that are forgotten, and of a hundredth of the others, it says that they are gone.
    private mutating func deliver(_ asked: [Asked], _ side: Int, _ state: RelayState) {
        for one in asked {
            let transaction = wire.maker.random.chance(percent: 1) ? nil : state.transaction(one.number)
            wire.enqueue(side) { maker, out in
                if let transaction {
                    maker.transactionMessage(transaction, into: &out)
                } else {
                    maker.inventory(.notfound, [one.wtxid], into: &out)
                }
            }
        }
    }
}
