import Fields

/// Writes scripts as Bitcoin Core does (`asm`): numbers for pushes of up to four bytes, longer ones in hexadecimal,
/// names for all else, `[error]` where a push runs past the end.
struct Disassembly {
    /// What is said of a script beside its words.
    enum Form {
        case plain
        /// A signature's last byte is written as `[ALL]`, as Core does for scriptSigs.
        case signatures
        /// Opcodes that BIP 342 makes succeed have its names, `OP_SUCCESS80`; Core's own `asm` knows none of them.
        case tapscript
    }

    /// More characters than this are not written: `…` follows.
    static var limit: Int { 8192 }

    /// Where the script could not be read any more, if so.
    private(set) var overrun: Range<Int>?
    /// OP_SUCCESSx was met in a tapscript: bytes after it need not be instructions.
    private(set) var succeeds = false

    /// Appends the script at `range` of `bytes`.
    init(_ range: Range<Int>, of bytes: RawSpan, _ form: Form, to text: inout TextBuffer, limit: Int = Self.limit) {
        let start = text.count
        // As in Core, data that cannot be spent is not taken for signatures.
        let first = ScriptReader(range, of: bytes).peek(bytes)
        let decodes = form == .signatures && first != Opcode.return && range.count <= 10_000
        var reader = ScriptReader(range, of: bytes)
        while true {
            let step = reader.next(bytes)
            if case .end = step { return }
            let length = text.count &- start
            if length > 0 { text.append(ascii: 0x20) }
            switch step {
            case .end: return
            case .overrun(let rest):
                text.append("[error]")
                overrun = rest
                return
            case .instruction(let instruction):
                guard length < limit else {
                    text.append("…")
                    finish(&reader, bytes, form)
                    return
                }
                if instruction.isPush {
                    guard Self.append(instruction.data, bytes, decodes, room: limit &- length, to: &text) else {
                        finish(&reader, bytes, form)
                        return
                    }
                } else if form == .tapscript, Opcode.isSuccess(instruction.opcode) {
                    succeeds = true
                    text.append("OP_SUCCESS")
                    text.append(decimal: UInt64(instruction.opcode))
                } else {
                    text.append(Opcode.name(instruction.opcode))
                }
            }
        }
    }

    /// Reads on without writing: whether a push runs past the end is worth knowing of long scripts too.
    private mutating func finish(_ reader: inout ScriptReader, _ bytes: RawSpan, _ form: Form) {
        while true {
            switch reader.next(bytes) {
            case .end: return
            case .overrun(let rest):
                overrun = rest
                return
            case .instruction(let instruction):
                if form == .tapscript, Opcode.isSuccess(instruction.opcode) { succeeds = true }
            }
        }
    }

    /// Answers whether all of it was written.
    private static func append(
        _ data: Range<Int>, _ bytes: RawSpan, _ decodes: Bool, room: Int, to text: inout TextBuffer
    ) -> Bool {
        if data.count <= 4 {
            text.append(decimal: number(data, bytes))
            return true
        }
        if decodes, let signature = DERSignature(data, of: bytes), signature.isStrict,
            let name = SighashType.coreName(signature.sighash)
        {
            text.append(hexadecimal: bytes.extracting(data.dropLast()))
            text.append("[")
            text.append(name)
            text.append("]")
        } else if data.count > room / 2 &+ 1 {
            text.append(hexadecimal: bytes.extracting(data.prefix(max(1, room / 2))))
            text.append("…")
            return false
        } else {
            text.append(hexadecimal: bytes.extracting(data))
        }
        return true
    }

    /// A script number of up to four bytes: little-endian, the highest bit is the sign.
    static func number(_ data: Range<Int>, _ bytes: RawSpan) -> Int {
        guard data.count <= 8, data.lowerBound >= 0, data.upperBound <= bytes.byteCount, !data.isEmpty else { return 0 }
        var value: UInt64 = 0
        for at in data.reversed() {
            value = value << 8 | UInt64(bytes.unsafeLoad(fromUncheckedByteOffset: at, as: UInt8.self))
        }
        let sign = UInt64(1) << UInt64(data.count * 8 - 1)
        let magnitude = Int(truncatingIfNeeded: value & ~sign)
        return value & sign == 0 ? magnitude : 0 - magnitude
    }
}

extension ScriptReader {
    /// The opcode of the instruction that ``next(_:)`` will read; nil at the end.
    func peek(_ bytes: RawSpan) -> UInt8? {
        guard position < end, end <= bytes.byteCount else { return nil }
        return bytes.unsafeLoad(fromUncheckedByteOffset: position, as: UInt8.self)
    }
}
