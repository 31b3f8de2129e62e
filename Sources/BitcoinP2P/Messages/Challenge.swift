import Fields

/// `challenge` (BIP 154, closed): refuses a connection until its initiator has done some work.
struct Challenge: Payload {
    let message = Field(
        "bitcoin.challenge", "Challenge message", .group, "sets a proof of work as the price of a connection")
    let work = WorkChallenge("bitcoin.challenge")

    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ context: MessageContext) throws(Stop) {
        try work.layout(&c)
    }
}

/// `solution` (BIP 154, closed): a challenge, whole, and what solves it. It may come before `version`.
struct Solution: Payload {
    let message = Field("bitcoin.solution", "Solution message", .group, "a challenge and what solves it")
    let work = WorkChallenge("bitcoin.solution")
    let solution = Field(
        "bitcoin.solution.solution", "Solution", .bytes, "the input that solves the last algorithm: a nonce, edges …")

    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ context: MessageContext) throws(Stop) {
        try work.layout(&c)
        c.info(c.left, "byte", "bytes")
        if !c.rest(solution).isEmpty { c.annotate(.common.layoutUnsettled) }
    }
}

/// Proofs of work to be chained, what for, until when, and the signature by which the challenger knows its challenge.
struct WorkChallenge: Sendable {
    let count: Field
    let step: Field
    let id: Field
    let configLength: Field
    let target: Field
    let nonceSize: Field
    let nonceOffset: Field
    let sizeShift: Field
    let proofSizeMin: Field
    let proofSizeMax: Field
    let config: Field
    let payload: VarBytes
    let purpose: Field
    let expiration: Field
    let signature: VarBytes

    init(_ prefix: String) {
        count = Field("\(prefix).pow_count", "Number of algorithms", .unsigned(bits: 8), "how many follow, 1 to 255")
        step = Field(
            "\(prefix).pow", "Algorithm", .group, "a proof of work; the output of each is input to the one before")
        id = Field(
            "\(prefix).pow_id", "Algorithm id", .enumeration(Self.algorithms, bits: 32), "which proof of work this is")
        configLength = Field("\(prefix).config_length", "Configuration length", .count, "how many bytes it has")
        target = Field(
            "\(prefix).sha256.target", "Target", .hexadecimal(bits: 32),
            "the hash must not exceed it; written as the bits of a block")
        nonceSize = Field("\(prefix).sha256.nonce_size", "Nonce size", .unsigned(bits: 8), "0, 4 or 8 bytes")
        nonceOffset = Field(
            "\(prefix).sha256.nonce_offset", "Nonce offset", .unsigned(bits: 32), "where in the input the nonce stands")
        sizeShift = Field("\(prefix).cuckoo.sizeshift", "Size shift", .unsigned(bits: 8), "the size of the graph: 28")
        proofSizeMin = Field(
            "\(prefix).cuckoo.proofsize_min", "Minimal proof size", .unsigned(bits: 16), "least edges of the cycle")
        proofSizeMax = Field(
            "\(prefix).cuckoo.proofsize_max", "Maximal proof size", .unsigned(bits: 16), "most edges of the cycle")
        config = Field("\(prefix).config", "Configuration", .bytes, "the parameters of an algorithm not known here")
        payload = VarBytes("\(prefix).payload", "Payload", .bytes, "the input of the algorithm")
        purpose = Field(
            "\(prefix).purpose_id", "Purpose", .enumeration(Self.purposes, bits: 32), "what the work gives a right to")
        expiration = Field("\(prefix).expiration", "Expiration", .seconds, "when the challenge ends")
        signature = VarBytes(
            "\(prefix).sign", "Signature", .bytes,
            "the challenger's signature over all before it, so that it need not remember"
        )
    }

    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>) throws(Stop) {
        let steps = try c.byte(count, of: step)
        try c.list(of: step, steps, minimum: 6) { (c, _) throws(Stop) in
            let algorithm = try c.integer(id, UInt32.self)
            appendInfo(&c, algorithm)
            let size = try c.compactSize(
                configLength, bytesOf: config, otherwise: Self.configLength(of: algorithm), limit: Limits.size)
            switch (algorithm, size) {
            case (1, 9):
                try c.integer(target, UInt32.self)
                try c.integer(nonceSize, UInt8.self)
                try c.integer(nonceOffset, UInt32.self)
            case (2, 5):
                try c.integer(sizeShift, UInt8.self)
                try c.integer(proofSizeMin, UInt16.self)
                try c.integer(proofSizeMax, UInt16.self)
            default: try c.bytes(config, size)
            }
            try payload.layout(&c)
        }
        try c.integer(purpose, UInt32.self)
        try c.integer(expiration, Int64.self)
        try signature.layout(&c)
    }

    /// How many bytes the parameters have of an algorithm that is known.
    private static func configLength(of algorithm: UInt32) -> Int { algorithm == 1 ? 9 : algorithm == 2 ? 5 : 0 }

    private func appendInfo(_ c: inout Cursor<some FieldSink & ~Copyable>, _ algorithm: UInt32) {
        guard c.sink.wantsInfo else { return }
        c.sink.info.append(" ")
        if let name = Self.algorithms.name(of: UInt64(algorithm)) {
            c.sink.info.append(name)
        } else {
            c.sink.info.append("algorithm ")
            c.sink.info.append(decimal: UInt64(algorithm))
        }
    }

    static let algorithms = ValueNames(
        (1, "sha256", "a SHA-256 below a target"), (2, "cuckoo-cycle", "a cycle in a large random graph"))
    static let purposes = ValueNames((1, "connect", "a connection"))
}
