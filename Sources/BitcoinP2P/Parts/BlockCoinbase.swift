import Fields

/// What a block says in its first transaction (protocol.md section 7.2).
struct BlockCoinbase {
    /// Spends nothing there is, as only a coinbase does.
    private(set) var isCoinbase = false
    /// All that its outputs pay; nil where the sum does not fit.
    private(set) var reward: Int64? = 0
    /// The signature script, which begins with the height.
    private var script = 0..<0
    /// 32 bytes of the last output that looks like a commitment to the witnesses.
    private(set) var commitment: Range<Int>?
    /// The only item of the first input's witness, where that has 32 bytes.
    private(set) var reserved: Range<Int>?

    /// Reads the transaction that begins at `start`, which was laid out before.
    init?(_ bytes: RawSpan, at start: Int, _ fields: Transaction) {
        do throws(Stop) {
            var c = Cursor(bytes, from: start, SkimSink(wantsInfo: false))
            try c.integer(fields.version, UInt32.self)
            let hasWitness = c.peek() == 0 && c.peek(1) ?? 0 != 0
            if hasWitness { try c.bytes(fields.flag, 2) }
            try readInputs(&c, fields)
            try readOutputs(&c, fields)
            if hasWitness { try readWitness(&c, fields) }
        } catch {
            return nil
        }
    }

    private mutating func readInputs(_ c: inout Cursor<SkimSink>, _ fields: Transaction) throws(Stop) {
        let inputs = try c.compactSize(fields.inputCount, of: fields.input)
        try c.list(of: fields.input, inputs, minimum: 41) { (c, index) throws(Stop) in
            let hash = try c.bytes(fields.prevHash, 32)
            let place = try c.integer(fields.prevIndex, UInt32.self)
            let length = try c.compactSize(fields.sigScriptLength, bytesOf: fields.sigScript)
            let range = try c.bytes(fields.sigScript, length)
            try c.integer(fields.sequence, UInt32.self)
            guard index == 0 else { return }
            isCoinbase = inputs == 1 && place == .max && Hash256(c.bytes, at: hash.lowerBound) == .zero
            script = range
        }
    }

    private mutating func readOutputs(_ c: inout Cursor<SkimSink>, _ fields: Transaction) throws(Stop) {
        let outputs = try c.compactSize(fields.outputCount, of: fields.output)
        try c.list(of: fields.output, outputs, minimum: 9) { (c, _) throws(Stop) in
            let value = try c.integer(fields.value, Int64.self)
            let length = try c.compactSize(fields.scriptLength, bytesOf: fields.script)
            let range = try c.bytes(fields.script, length)
            if let (sum, overflow) = reward?.addingReportingOverflow(value) { reward = overflow ? nil : sum }
            let head = c.load(littleEndian: UInt64.self, at: range.lowerBound) ?? 0
            // OP_RETURN, a push of 36 bytes, aa21a9ed.
            if length >= 38, head & 0xffff_ffff_ffff == 0xeda9_21aa_246a {
                commitment = range.lowerBound + 6..<range.lowerBound + 38
            }
        }
    }

    private mutating func readWitness(_ c: inout Cursor<SkimSink>, _ fields: Transaction) throws(Stop) {
        guard try c.compactSize(fields.componentCount, of: fields.component) == 1,
            try c.compactSize(fields.componentLength, bytesOf: fields.componentData) == 32
        else {
            return
        }
        reserved = try c.bytes(fields.componentData, 32)
    }

    /// The height that the signature script begins with (BIP 34); nil where it does not begin with the shortest push of
    /// a number. Only blocks from version 2 on promise one.
    func height(_ bytes: RawSpan) -> UInt64? {
        let script = bytes.extracting(script)
        guard let first = script.byte(0) else { return nil }
        switch first {
        case 0x00: return 0
        case 0x51...0x60: return UInt64(first) - 0x50
        case 1...5:
            var value: UInt64 = 0
            for index in (1...Int(first)).reversed() {
                guard let byte = script.byte(index) else { return nil }
                value = value << 8 | UInt64(byte)
            }
            // The top bit is the sign; the last byte is there for more than that, or for the bit below it.
            let bits = UInt64(first) * 8
            let isShortest = value >> (bits - 8) != 0 || first > 1 && value >> (bits - 9) == 1
            return value > 16 && value >> (bits - 1) == 0 && isShortest ? value : nil
        default: return nil
        }
    }
}

extension RawSpan {
    /// The byte at `index`, or nil where there is none.
    fileprivate func byte(_ index: Int) -> UInt8? {
        index >= 0 && index < byteCount ? unsafeLoad(fromUncheckedByteOffset: index, as: UInt8.self) : nil
    }
}
