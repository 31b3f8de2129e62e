import Fields

/// The signature script of a coinbase: nothing runs it, so miners write into it what they like, after the height that
/// BIP 34 asks for (protocol.md section 7.2).
struct CoinbaseScript: Sendable {
    let height = Field(
        "bitcoin.tx.coinbase.height", "Block height", .unsigned(bits: 32),
        "how many blocks are below (BIP 34); not shown where the network did not yet demand it")
    let text = Field(
        "bitcoin.tx.coinbase.text", "Text", .text, "four or more printable characters in a row: a name, a message",
        repeats: true)

    /// No more texts than these are listed.
    private static var most: Int { 16 }

    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ range: Range<Int>, _ network: Network) {
        var at = range.lowerBound
        if let found = Self.height(range, of: c.bytes), found.value >= network.coinbaseHeightFrom {
            c.part(height, found.range, value: found.value)
            at = found.range.upperBound
        }
        var count = 0
        while count < Self.most, let run = PrintableText.nextRun(range, from: at, of: c.bytes) {
            c.part(text, run)
            at = run.upperBound
            count &+= 1
        }
    }

    /// The number that the script begins with, written as BIP 34 asks for, and its bytes.
    ///
    /// Of four bytes it is none: so high no chain is yet, but the first client began with the four bytes of `bits`.
    static func height(_ range: Range<Int>, of bytes: RawSpan) -> (value: UInt64, range: Range<Int>)? {
        var reader = ScriptReader(range, of: bytes)
        guard let first = reader.nextInstruction(bytes) else { return nil }
        if let small = Opcode.smallInteger(first.opcode) {
            return (UInt64(small), range.lowerBound..<reader.position)
        }
        let data = first.data
        guard first.isPush, Int(first.opcode) == data.count, (1...3).contains(data.count) else { return nil }
        let value = Disassembly.number(data, bytes)
        // As short as can be: 16 and less have opcodes, and a zero on top is there only to keep the sign away.
        guard value > 16, value >= 1 << (8 * data.count - 9) || data.count == 1 else { return nil }
        return (UInt64(value), data)
    }
}

/// The output of a coinbase that binds all witnesses of the block to its header (BIP 141).
struct WitnessCommitment: Sendable {
    let commitment = Field(
        "bitcoin.tx.out.witness_commitment", "Witness commitment", .bytes,
        "double SHA-256 of the merkle root of all wtxids and the reserved value (BIP 141)")
    let solution = Field(
        "bitcoin.tx.out.signet_solution", "Signet solution", .bytes,
        "what satisfies the signet's challenge: a signature script and a witness (BIP 325)")

    /// The four bytes that begin a signet solution.
    private static var signetHeader: UInt32 { 0xecc7_daa2 }

    /// Whether the output script at `range` begins `6a24aa21a9ed` and has 32 bytes after it.
    static func isOne(_ range: Range<Int>, _ bytes: RawSpan) -> Bool {
        guard range.count >= 38, range.lowerBound >= 0, range.upperBound <= bytes.byteCount else { return false }
        let start = range.lowerBound
        let head = bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: start, as: UInt32.self)
        let tail = bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: start &+ 4, as: UInt16.self)
        return UInt32(bigEndian: head) == 0x6a24_aa21 && UInt16(bigEndian: tail) == 0xa9ed
    }

    /// - Parameter range: Of a script of which ``isOne(_:_:)`` is true.
    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ range: Range<Int>) {
        let start = range.lowerBound
        c.part(commitment, start &+ 6..<start &+ 38)
        var reader = ScriptReader(range.dropFirst(38), of: c.bytes)
        while let instruction = reader.nextInstruction(c.bytes) {
            let data = instruction.data
            guard data.count >= 4, let head = c.load(littleEndian: UInt32.self, at: data.lowerBound),
                UInt32(bigEndian: UInt32(littleEndian: head)) == Self.signetHeader
            else { continue }
            c.part(solution, data.dropFirst(4))
            return
        }
    }
}
