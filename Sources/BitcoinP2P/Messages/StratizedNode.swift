import Fields

// Stratized nodes (BIP 33, closed, never deployed): clients that ask services for the history of an address.

/// `getoutputs` (BIP 33): asks for the outputs that pay to an address.
struct GetOutputs: Payload {
    let message = Field(
        "bitcoin.getoutputs", "Getoutputs message", .group, "asks for the outputs that pay to an address")
    let destination = DecodedAddress("bitcoin.getoutputs")

    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ context: MessageContext) throws(Stop) {
        try destination.layout(&c)
    }
}

/// `outputs` (BIP 33): answers `getoutputs`.
struct Outputs: Payload {
    let message = Field("bitcoin.outputs", "Outputs message", .group, "the outputs that pay to an address")
    let destination = DecodedAddress("bitcoin.outputs")
    let count = Field("bitcoin.outputs.number_outputs", "Number of outputs", .count, "how many outpoints follow")
    let outpoint = Outpoint("bitcoin.outputs.outpoints", "Outpoint", "an output that pays to the address")

    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ context: MessageContext) throws(Stop) {
        try destination.layout(&c)
        let outputs = try c.compactSize(count, of: outpoint.group, limit: Limits.size)
        c.info(outputs, "output", "outputs")
        try outpoint.list(&c, outputs)
    }
}

/// `getspend` (BIP 33): asks which input spends an output.
struct GetSpend: Payload {
    let message = Field("bitcoin.getspend", "Getspend message", .group, "asks which input spends an output")
    let outpoint = Outpoint("bitcoin.getspend.outpoint", "Outpoint", "the output asked about")

    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ context: MessageContext) throws(Stop) {
        outpoint.appendInfo(&c, " ", at: c.offset)
        try outpoint.layout(&c)
    }
}

/// `spend` (BIP 33): answers `getspend`.
struct Spend: Payload {
    let message = Field("bitcoin.spend", "Spend message", .group, "which input spends an output")
    let outpoint = Outpoint("bitcoin.spend.outpoint", "Outpoint", "the output that is spent")
    let inpoint = Outpoint("bitcoin.spend.inpoint", "Inpoint", of: "input", "the input that spends it")

    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ context: MessageContext) throws(Stop) {
        outpoint.appendInfo(&c, " ", at: c.offset)
        try outpoint.layout(&c)
        inpoint.appendInfo(&c, " by ", at: c.offset)
        try inpoint.layout(&c)
    }
}

/// An address without its text form, as BIP 33 writes it.
struct DecodedAddress: Sendable {
    let group: Field
    let type: Field
    let hash: Field

    init(_ prefix: String) {
        group = Field("\(prefix).dest", "Destination", .group, "the address asked about")
        type = Field("\(prefix).dest.payment_type", "Payment type", .unsigned(bits: 8), "the kind of address")
        hash = Field(
            "\(prefix).dest.address_hash", "Address hash", .bytes,
            "what the address stands for; BIP 33 gives it 16 bytes")
    }

    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>) throws(Stop) {
        try c.group(group) { (c) throws(Stop) in
            try c.integer(type, UInt8.self)
            let range = try c.bytes(hash, 16)
            guard c.sink.wantsInfo else { return }
            let bytes = c.bytes.extracting(range)
            c.sink.info.append(" ")
            c.sink.info.append(hexadecimal: bytes)
        }
    }
}
