extension TrafficWriter {
    // MARK: Blocks

    mutating func blocks(size: Int) throws(WriteError) {
        try openAll()
        var queued = 0
        while wire.file.byteCount + queued < size {
            let side = senderOfBlocks(wire.maker.random.below(flows))
            if wire.sides[side].unsent == 0 {
                try enqueueBlock(side)
                queued += wire.sides[side].unsent
            }
            for _ in 0..<wire.maker.random.within(2...20) where wire.sides[side].unsent > 0 {
                queued -= min(wire.sides[side].unsent, Segment.payloadLimit)
                try wire.send(side)
            }
        }
        try closeAll()
    }

    /// Announces a block, has the other side ask for it, and queues it.
    private mutating func enqueueBlock(_ side: Int) throws(WriteError) {
        var block = Bytes()
        wire.maker.block(bytes: Self.blockSize, into: &block)
        wire.enqueue(side) { maker, out in maker.announcement(ofBlock: block, into: &out) }
        try wire.drain(side)
        wire.enqueue(side ^ 1) { maker, out in maker.blockRequest(into: &out) }
        try wire.drain(side ^ 1)
        wire.enqueue(side) { _, out in out.append(block.storage) }
    }

    /// The side that is not the node.
    func senderOfBlocks(_ connection: Int) -> Int {
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
