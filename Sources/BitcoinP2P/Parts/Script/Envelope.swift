import Fields

/// Data in a script that nothing runs: `OP_FALSE OP_IF "ord"`, pushes, `OP_ENDIF` (protocol.md section 7.7).
struct Envelope {
    /// From OP_FALSE to OP_ENDIF.
    let range: Range<Int>
    /// What stands after the name: pushes and small numbers, nothing else.
    let contents: Range<Int>
}

/// Finds the envelopes of a script, one after another, in one pass: what began like one and is none is not read again.
struct EnvelopeReader {
    /// What began like an envelope, and has no end or holds more than pushes.
    private(set) var malformed = 0
    /// A push runs past the end of the script: nobody reads envelopes in it.
    private(set) var isUnreadable = false
    private var reader: ScriptReader

    init(_ script: Range<Int>, of bytes: RawSpan) { reader = ScriptReader(script, of: bytes) }

    /// - Parameter bytes: Those of the initialiser.
    mutating func next(_ bytes: RawSpan) -> Envelope? {
        while true {
            let start = reader.position
            guard let instruction = step(bytes) else { return nil }
            guard instruction.isPush, instruction.data.isEmpty, reader.peek(bytes) == Opcode.if else { continue }
            _ = step(bytes)
            guard takeName(bytes) else { continue }
            if let contents = contents(bytes) { return Envelope(range: start..<reader.position, contents: contents) }
            malformed &+= 1
        }
    }

    /// Reads the name, if it comes next.
    private mutating func takeName(_ bytes: RawSpan) -> Bool {
        var ahead = reader
        guard let instruction = ahead.nextInstruction(bytes), instruction.isPush,
            bytes.extracting(instruction.data).withUnsafeBytes({ $0.elementsEqual("ord".utf8) })
        else { return false }
        reader = ahead
        return true
    }

    /// Reads to the end of the envelope; nil where it is none.
    private mutating func contents(_ bytes: RawSpan) -> Range<Int>? {
        let start = reader.position
        while true {
            let end = reader.position
            guard let instruction = step(bytes) else { return nil }
            if instruction.opcode == Opcode.endIf { return start..<end }
            guard instruction.isPush || Pushed.number(instruction.opcode) != nil else { return nil }
        }
    }

    private mutating func step(_ bytes: RawSpan) -> ScriptReader.Instruction? {
        switch reader.next(bytes) {
        case .instruction(let instruction): return instruction
        case .overrun:
            isUnreadable = true
            return nil
        case .end: return nil
        }
    }
}

/// What one instruction of an envelope pushes.
struct Pushed {
    /// Where the instruction begins.
    let start: Int
    /// The bytes that are pushed; of a number the instruction itself.
    let data: Range<Int>
    /// What an instruction without data pushes: one byte.
    let number: UInt8?

    /// How many bytes are pushed.
    var count: Int { number == nil ? data.count : 1 }

    /// Nil at the end of the contents.
    init?(_ reader: inout ScriptReader, _ bytes: RawSpan) {
        start = reader.position
        guard let instruction = reader.nextInstruction(bytes) else { return nil }
        number = Self.number(instruction.opcode)
        data = number == nil ? instruction.data : start..<reader.position
    }

    /// The byte that OP_1NEGATE and OP_1 to OP_16 push.
    static func number(_ opcode: UInt8) -> UInt8? {
        if opcode == Opcode.oneNegate { return 0x81 }
        return opcode >= Opcode.one && opcode <= Opcode.sixteen ? opcode &- 0x50 : nil
    }

    /// The byte at `index` of what is pushed.
    func byte(_ index: Int, _ bytes: RawSpan) -> UInt8? {
        guard index >= 0, index < count else { return nil }
        if let number { return number }
        let at = data.lowerBound &+ index
        return at >= 0 && at < bytes.byteCount ? bytes.unsafeLoad(fromUncheckedByteOffset: at, as: UInt8.self) : nil
    }

    /// The bytes from `index` on as a little-endian number; nil where that has more than 64 bits.
    func integer(from index: Int, _ bytes: RawSpan) -> UInt64? {
        var value: UInt64 = 0
        var place = index
        while let byte = byte(place, bytes) {
            let shift = 8 &* (place &- index)
            if shift < 64 {
                value |= UInt64(byte) << UInt64(shift)
            } else if byte != 0 {
                return nil
            }
            place &+= 1
        }
        return value
    }
}
