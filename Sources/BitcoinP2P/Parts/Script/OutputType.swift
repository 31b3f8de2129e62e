import Fields

/// The templates of output scripts, in the order in which Core's `Solver` tries them (protocol.md section 8.2).
enum OutputType: UInt64 {
    case nonstandard = 0
    case scriptHash, witnessKeyHash, witnessScriptHash, taproot, anchor, witnessUnknown, nullData, pubkey, pubkeyHash
    case multisig

    static let names = ValueNames(
        (nonstandard.rawValue, "nonstandard", "no template: any other condition"),
        (scriptHash.rawValue, "scripthash", "P2SH: who shows the script of this hash, and what satisfies it"),
        (witnessKeyHash.rawValue, "witness_v0_keyhash", "P2WPKH: who shows the key of this hash, and its signature"),
        (
            witnessScriptHash.rawValue, "witness_v0_scripthash",
            "P2WSH: who shows the script of this hash, and what satisfies it"
        ),
        (taproot.rawValue, "witness_v1_taproot", "P2TR: a signature of this key, or one of the scripts it hides"),
        (anchor.rawValue, "anchor", "P2A: anybody, so that anybody can raise the fee"),
        (witnessUnknown.rawValue, "witness_unknown", "a witness version that has no rules yet"),
        (nullData.rawValue, "nulldata", "OP_RETURN: nobody, but it carries data"),
        (pubkey.rawValue, "pubkey", "P2PK: a signature of this key"),
        (pubkeyHash.rawValue, "pubkeyhash", "P2PKH: who shows the key of this hash, and its signature"),
        (multisig.rawValue, "multisig", "m of these n keys"))

    /// The type of the script at `range`.
    init(_ range: Range<Int>, of bytes: RawSpan) {
        let range = range.clamped(to: 0..<bytes.byteCount)
        let script = bytes.extracting(range)
        let count = range.count
        // Each index is under the count that its case asks for.
        func byte(_ at: Int) -> UInt8 { script.unsafeLoad(fromUncheckedByteOffset: at, as: UInt8.self) }
        self = .nonstandard
        guard count > 0 else { return }
        let first = byte(0)
        if count == 23, first == 0xa9, byte(1) == 20, byte(22) == 0x87 {
            self = .scriptHash
        } else if let program = WitnessProgram(range, of: bytes) {
            self = program.type
        } else if first == Opcode.return {
            if Self.isPushOnly(range.dropFirst(), bytes) { self = .nullData }
        } else if byte(count - 1) == Opcode.checkSig {
            if count == 25, first == 0x76, byte(1) == 0xa9, byte(2) == 20, byte(23) == 0x88 {
                self = .pubkeyHash
            } else if count == 35 || count == 67, Int(first) == count - 2,
                PublicKeyForm(range.dropFirst().dropLast(), of: bytes) != nil
            {
                self = .pubkey
            }
        } else if byte(count - 1) == Opcode.checkMultisig, Multisig(range, of: bytes) != nil {
            self = .multisig
        }
    }

    /// Whether the script only puts values on the stack: Core's `IsPushOnly`, for which OP_RESERVED is a push.
    static func isPushOnly(_ range: Range<Int>, _ bytes: RawSpan) -> Bool {
        var reader = ScriptReader(range, of: bytes)
        while true {
            switch reader.next(bytes) {
            case .end: return true
            case .overrun: return false
            case .instruction(let instruction): if instruction.opcode > Opcode.sixteen { return false }
            }
        }
    }
}

/// A version and 2 to 40 bytes that only its rules give a meaning (BIP 141).
struct WitnessProgram {
    let version: Int
    let program: Range<Int>
    let type: OutputType

    init?(_ range: Range<Int>, of bytes: RawSpan) {
        guard (4...42).contains(range.count), range.lowerBound >= 0, range.upperBound <= bytes.byteCount else {
            return nil
        }
        let start = range.lowerBound
        guard let version = Opcode.smallInteger(bytes.unsafeLoad(fromUncheckedByteOffset: start, as: UInt8.self)),
            Int(bytes.unsafeLoad(fromUncheckedByteOffset: start &+ 1, as: UInt8.self)) == range.count &- 2
        else { return nil }
        self.version = version
        program = start &+ 2..<range.upperBound
        switch (version, program.count) {
        case (0, 20): type = .witnessKeyHash
        case (0, 32): type = .witnessScriptHash
        case (0, _): type = .nonstandard
        case (1, 32): type = .taproot
        case (1, 2):
            let word = bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: start &+ 2, as: UInt16.self)
            type = UInt16(bigEndian: word) == 0x4e73 ? .anchor : .witnessUnknown
        default: type = .witnessUnknown
        }
    }
}

/// `m <key> … n OP_CHECKMULTISIG`, as Core's `MatchMultisig`.
struct Multisig {
    let required: Int
    let keys: Int

    /// MAX_PUBKEYS_PER_MULTISIG.
    static var most: Int { 20 }

    init?(_ range: Range<Int>, of bytes: RawSpan) {
        var reader = ScriptReader(range, of: bytes)
        guard let first = reader.nextInstruction(bytes),
            let required = Self.number(first, bytes), (1...Self.most).contains(required)
        else { return nil }
        var found = 0
        while let instruction = reader.nextInstruction(bytes) {
            if instruction.isPush, PublicKeyForm(instruction.data, of: bytes) != nil {
                found &+= 1
                continue
            }
            guard let count = Self.number(instruction, bytes), count == found, count >= required, count <= Self.most,
                reader.nextInstruction(bytes)?.opcode == Opcode.checkMultisig, reader.position == reader.end
            else { return nil }
            self.required = required
            self.keys = count
            return
        }
        return nil
    }

    /// A number as Core takes it here: OP_1 to OP_16, or what can only be written as a push.
    private static func number(_ instruction: ScriptReader.Instruction, _ bytes: RawSpan) -> Int? {
        if instruction.isPush {
            let data = instruction.data
            guard data.count == 1, instruction.opcode == 1 else { return nil }
            let value = Disassembly.number(data, bytes)
            return value > 16 ? value : nil
        }
        return Opcode.smallInteger(instruction.opcode)
    }
}
