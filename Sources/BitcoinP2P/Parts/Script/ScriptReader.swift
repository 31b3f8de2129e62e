import Fields

/// Goes through a script, one instruction at a time, as Core's `GetScriptOp` does.
///
/// It holds positions only, so that nothing is allocated; they count from the first byte of the message.
struct ScriptReader {
    private(set) var position: Int
    let end: Int

    struct Instruction {
        var opcode: UInt8
        /// The bytes it pushes; empty where it pushes none.
        var data: Range<Int>
        /// 0x00 to 0x4e: it puts ``data`` on the stack.
        var isPush: Bool { opcode <= Opcode.pushData4 }
    }

    enum Step {
        case instruction(Instruction)
        /// A push runs past the end of the script: what is left cannot be read.
        case overrun(Range<Int>)
        case end
    }

    /// - Parameter script: Its range in the bytes that ``next(_:)`` is given; what lies outside them is left out.
    init(_ script: Range<Int>, of bytes: RawSpan) {
        let script = script.clamped(to: 0..<bytes.byteCount)
        position = script.lowerBound
        end = script.upperBound
    }

    /// - Parameter bytes: Those of the initialiser.
    mutating func next(_ bytes: RawSpan) -> Step {
        // The unchecked loads rest on this: positions stay under `end`, and that within the bytes.
        guard position < end, end <= bytes.byteCount else { return .end }
        let start = position
        let opcode = bytes.unsafeLoad(fromUncheckedByteOffset: start, as: UInt8.self)
        var at = start &+ 1
        var length = 0
        switch opcode {
        case 0: break
        case 1..<Opcode.pushData1: length = Int(opcode)
        case Opcode.pushData1:
            guard end &- at >= 1 else { return overrun(start) }
            length = Int(bytes.unsafeLoad(fromUncheckedByteOffset: at, as: UInt8.self))
            at &+= 1
        case Opcode.pushData2:
            guard end &- at >= 2 else { return overrun(start) }
            length = Int(UInt16(littleEndian: bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: at, as: UInt16.self)))
            at &+= 2
        case Opcode.pushData4:
            guard end &- at >= 4 else { return overrun(start) }
            length = Int(UInt32(littleEndian: bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: at, as: UInt32.self)))
            at &+= 4
        default: break
        }
        guard end &- at >= length else { return overrun(start) }
        position = at &+ length
        return .instruction(Instruction(opcode: opcode, data: at..<at &+ length))
    }

    private mutating func overrun(_ start: Int) -> Step {
        position = end
        return .overrun(start..<end)
    }

    /// The next instruction, or nil at the end and where a push runs past it.
    mutating func nextInstruction(_ bytes: RawSpan) -> Instruction? {
        guard case .instruction(let instruction) = next(bytes) else { return nil }
        return instruction
    }
}
