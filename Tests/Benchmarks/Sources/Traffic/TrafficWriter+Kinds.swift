extension TrafficWriter {
    // MARK: Relay

    mutating func relay(size: Int) throws(WriteError) {
        try openAll()
        while wire.file.byteCount < size {
            let side = wire.maker.random.below(2 * flows)
            if wire.sides[side].unsent == 0 {
                wire.enqueueOwedPong(side)
                for _ in 0..<[1, 1, 1, 2, 2, 3][wire.maker.random.below(6)] { enqueueRelayed(side) }
            }
            for _ in 0..<wire.maker.random.within(1...8) where wire.sides[side].unsent > 0 { try wire.send(side) }
        }
        try closeAll()
    }

    /// Half `inv`, a third `tx`, the rest small change.
    private mutating func enqueueRelayed(_ side: Int) {
        let kind = wire.maker.random.below(1000)
        if (833..<893).contains(kind) { return wire.enqueuePing(side) }
        wire.enqueue(side) { maker, out in
            switch kind {
            case ..<495: maker.inventory(maker.random.within(1...35), into: &out)
            case ..<500: maker.inventory(maker.random.within(36...1000), into: &out)
            case ..<833: maker.transactionMessage(into: &out)
            case ..<923: maker.feeFilter(into: &out)
            case ..<963: maker.addresses(maker.random.chance(percent: 98) ? 1 : 1000, into: &out)
            case ..<988: maker.headers(maker.random.chance(percent: 90) ? 1 : maker.random.within(2...8), into: &out)
            default: maker.compactBlock(shortIDs: maker.random.within(500...4000), into: &out)
            }
        }
    }

    // MARK: Blocks

    mutating func blocks(size: Int) throws(WriteError) {
        try openAll()
        var queued = 0
        while wire.file.byteCount + queued < size {
            let side = senderOfBlocks(wire.maker.random.below(flows))
            if wire.sides[side].unsent == 0 {
                wire.enqueue(side) { maker, out in maker.block(bytes: Self.blockSize, into: &out) }
                queued += wire.sides[side].unsent
            }
            for _ in 0..<wire.maker.random.within(2...20) where wire.sides[side].unsent > 0 {
                queued -= min(wire.sides[side].unsent, Segment.payloadLimit)
                try wire.send(side)
            }
        }
        try closeAll()
    }

    /// The side that is not the node.
    private func senderOfBlocks(_ connection: Int) -> Int {
        2 * connection + (connection.isMultiple(of: 2) ? 1 : 0)
    }

    // MARK: Handshakes

    /// A window of connections, each at its own step.
    mutating func handshakes() throws(WriteError) {
        var started = 0
        var steps: [Wire.HandshakeStep?] = []
        var live = min(200, flows)
        while started < live {
            let (client, server) = ends(started)
            wire.addConnection(client, server)
            steps.append(.syn)
            started += 1
        }
        while live > 0 {
            let slot = wire.maker.random.below(steps.count)
            guard let step = steps[slot] else { continue }
            try wire.perform(step, slot)
            steps[slot] = step.next
            guard steps[slot] == nil else { continue }
            if started < flows {
                let (client, server) = ends(started)
                wire.replaceConnection(slot, client, server)
                steps[slot] = .syn
                started += 1
            } else {
                live -= 1
            }
        }
    }

    // MARK: Stalled

    /// Every flow sends an equal share of the size, and never the whole message.
    mutating func stalled(size: Int) throws(WriteError) {
        try openAll()
        let share = min(size / max(flows, 1), Self.stalledSize - 1)
        var left = Array(repeating: share, count: flows)
        var open = Array(0..<flows)
        for connection in open {
            wire.enqueue(senderOfBlocks(connection)) { maker, out in
                maker.header(.block, length: UInt32(Self.stalledSize), checksum: 0, into: &out)
            }
        }
        while !open.isEmpty {
            let place = wire.maker.random.below(open.count)
            let connection = open[place]
            let side = senderOfBlocks(connection)
            let burst = min(left[connection], wire.maker.random.within(1...8) * Segment.payloadLimit)
            wire.enqueue(side) { maker, out in out.append(random: burst, &maker.random) }
            try wire.drain(side)
            left[connection] -= burst
            if left[connection] == 0 { open.swapAt(place, open.count - 1) }
            if left[connection] == 0 { open.removeLast() }
        }
    }
}
