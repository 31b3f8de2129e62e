extension Wire {
    /// What happens in a connection that does nothing but begin and end, in order.
    enum HandshakeStep: Int, CaseIterable {
        case syn, synAcknowledge, acknowledge, clientVersion, serverVersion, clientVerack, pong
        case clientFinish, serverFinish, lastAcknowledge

        var next: HandshakeStep? { HandshakeStep(rawValue: rawValue + 1) }
    }

    /// Sends one step's frame.
    ///
    /// - Parameter negotiates: With the messages that must come before `verack` for wtxid relay and addrv2.
    mutating func perform(_ step: HandshakeStep, _ connection: Int, negotiates: Bool = false) throws(WriteError) {
        let client = 2 * connection
        let server = client + 1
        switch step {
        case .syn: try emit(client, Segment.synchronise)
        case .synAcknowledge: try emit(server, Segment.synchronise | Segment.acknowledge)
        case .acknowledge, .lastAcknowledge: try emit(client, Segment.acknowledge)
        case .clientVersion:
            enqueueVersion(client)
            try drain(client)
        case .serverVersion:
            enqueueVersion(server)
            enqueueVerack(server, negotiates)
            try drain(server)
        case .clientVerack:
            enqueueVerack(client, negotiates)
            enqueuePing(client)
            try drain(client)
        case .pong:
            enqueueOwedPongs(server)
            try drain(server)
        case .clientFinish: try emit(client, Segment.finish | Segment.acknowledge)
        case .serverFinish: try emit(server, Segment.finish | Segment.acknowledge)
        }
    }

    /// All steps up to the first `pong`.
    mutating func open(_ connection: Int) throws(WriteError) {
        var step: HandshakeStep? = .syn
        while let current = step, current != .clientFinish {
            try perform(current, connection, negotiates: true)
            step = current.next
        }
    }

    mutating func close(_ connection: Int) throws(WriteError) {
        for step in [HandshakeStep.clientFinish, .serverFinish, .lastAcknowledge] { try perform(step, connection) }
    }

    /// Queues a ping, and the other side's duty to answer.
    mutating func enqueuePing(_ side: Int) {
        let nonce = nextNonce(side)
        enqueue(side) { maker, out in maker.ping(nonce, into: &out) }
        owe(side ^ 1, .pong(nonce))
    }

    /// At the beginning of a connection nothing else is owed.
    private mutating func enqueueOwedPongs(_ side: Int) {
        for case .pong(let nonce) in takeDuties(side) {
            enqueue(side) { maker, out in maker.pong(nonce, into: &out) }
        }
    }

    private mutating func enqueueVersion(_ side: Int) {
        let address = sides[side ^ 1].address
        let port = sides[side ^ 1].port
        enqueue(side) { maker, out in maker.version(receiver: address, port: port, into: &out) }
    }

    private mutating func enqueueVerack(_ side: Int, _ negotiates: Bool) {
        enqueue(side) { maker, out in
            if negotiates {
                maker.empty(.wtxidrelay, into: &out)
                maker.empty(.sendaddrv2, into: &out)
            }
            maker.empty(.verack, into: &out)
            if negotiates {
                maker.sendCompact(into: &out)
                maker.feeFilter(into: &out)
            }
        }
    }
}
