import Fields

/// What kind of output an input spends, judged by the shape of its script and witness (protocol.md section 7.4). A
/// guess: the output itself is not in the message.
enum InputType: UInt64 {
    case unknown = 0
    case coinbase, p2pk, p2pkh, multisig, p2shMultisig, p2sh, p2wpkh, p2shP2wpkh, p2wsh, p2shP2wsh
    case taprootKey, taprootScript, empty

    static let names = ValueNames(
        (unknown.rawValue, "unknown", "no shape that is known"),
        (coinbase.rawValue, "coinbase", "spends nothing: makes the block's new coins"),
        (p2pk.rawValue, "P2PK", "a signature alone"),
        (p2pkh.rawValue, "P2PKH", "a signature and a public key"),
        (multisig.rawValue, "multisig", "an empty push and signatures"),
        (p2shMultisig.rawValue, "P2SH multisig", "signatures, and the script that asks for them"),
        (p2sh.rawValue, "P2SH", "pushes, the last of them a script"),
        (p2wpkh.rawValue, "P2WPKH", "a witness of a signature and a public key"),
        (p2shP2wpkh.rawValue, "P2SH-P2WPKH", "the same, wrapped in a script hash"),
        (p2wsh.rawValue, "P2WSH", "a witness whose last item is a script"),
        (p2shP2wsh.rawValue, "P2SH-P2WSH", "the same, wrapped in a script hash"),
        (taprootKey.rawValue, "P2TR key path", "a witness of one Schnorr signature"),
        (taprootScript.rawValue, "P2TR script path", "a witness whose last items are a script and a control block"),
        (empty.rawValue, "empty", "an anchor (P2A), an output that anybody may spend, or a witness not sent along"))

    static func name(_ type: InputType) -> StaticString {
        switch type {
        case .unknown: "unknown"
        case .coinbase: "coinbase"
        case .p2pk: "P2PK"
        case .p2pkh: "P2PKH"
        case .multisig: "multisig"
        case .p2shMultisig: "P2SH multisig"
        case .p2sh: "P2SH"
        case .p2wpkh: "P2WPKH"
        case .p2shP2wpkh: "P2SH-P2WPKH"
        case .p2wsh: "P2WSH"
        case .p2shP2wsh: "P2SH-P2WSH"
        case .taprootKey: "P2TR key path"
        case .taprootScript: "P2TR script path"
        case .empty: "empty"
        }
    }

    /// The type of an input that is no coinbase.
    ///
    /// - Parameters:
    ///   - script: Where the signature script stands.
    ///   - stack: The input's witness, empty where it has none; nil where it was not captured.
    init(_ script: Range<Int>, _ stack: WitnessStack?, of bytes: RawSpan) {
        if script.isEmpty {
            self = stack.map { Self.bare($0, bytes) } ?? .unknown
        } else {
            self = Self.scripted(script, stack, bytes)
        }
    }

    /// A transaction id of zeros and the highest index: no output.
    static func isNull(_ outpoint: Range<Int>, _ bytes: RawSpan) -> Bool {
        guard outpoint.count == 36, outpoint.lowerBound >= 0, outpoint.upperBound <= bytes.byteCount else {
            return false
        }
        let start = outpoint.lowerBound
        guard bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: start &+ 32, as: UInt32.self) == .max else {
            return false
        }
        for index in 0..<4 {
            let word = bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: start &+ index &* 8, as: UInt64.self)
            if word != 0 { return false }
        }
        return true
    }

    /// Without a signature script: all is in the witness.
    private static func bare(_ stack: WitnessStack, _ bytes: RawSpan) -> InputType {
        switch stack.arguments {
        case 0: return .empty
        case 1 where stack.last.count == 64 || stack.last.count == 65: return .taprootKey
        case 2... where ControlBlock.isOne(stack.last, bytes): return .taprootScript
        default: break
        }
        // Before taproot nothing could begin with 0x50, OP_RESERVED, so an annex is taproot's.
        if stack.hasAnnex { return .unknown }
        if isKeyAndSignature(stack, bytes) { return .p2wpkh }
        return ScriptShape.isReadable(stack.last, bytes) ? .p2wsh : .unknown
    }

    private static func isKeyAndSignature(_ stack: WitnessStack, _ bytes: RawSpan) -> Bool {
        stack.count == 2 && PublicKeyForm(stack.second, of: bytes) != nil
            && (stack.first.isEmpty || DERSignature(stack.first, of: bytes) != nil)
    }

    private static func scripted(_ script: Range<Int>, _ stack: WitnessStack?, _ bytes: RawSpan) -> InputType {
        guard let shape = ScriptShape(script, of: bytes) else { return .unknown }
        if shape.pushes == 1, let program = WitnessProgram(shape.last, of: bytes), program.version == 0 {
            if program.type == .witnessKeyHash { return .p2shP2wpkh }
            if program.type == .witnessScriptHash { return .p2shP2wsh }
        }
        if let stack, stack.count > 0 { return .unknown }
        switch shape.pushes {
        case 1 where shape.signatures == 1: return .p2pk
        case 2 where PublicKeyForm(shape.last, of: bytes) != nil && shape.signatures + shape.empties == 1:
            return .p2pkh
        case 2... where shape.beginsEmpty && shape.signatures > 0 && shape.signatures + shape.empties == shape.pushes:
            return .multisig
        default: break
        }
        if Multisig(shape.last, of: bytes) != nil { return .p2shMultisig }
        if WitnessProgram(shape.last, of: bytes) != nil { return .p2sh }
        return ScriptShape.isScript(shape.last, bytes) ? .p2sh : .unknown
    }
}

/// What a signature script pushes, counted.
struct ScriptShape {
    private(set) var pushes = 0
    private(set) var signatures = 0
    private(set) var empties = 0
    private(set) var beginsEmpty = false
    /// The last push; empty where that was a number.
    private(set) var last = 0..<0

    /// Nil where the script does more than push, or cannot be read to its end.
    init?(_ script: Range<Int>, of bytes: RawSpan) {
        var reader = ScriptReader(script, of: bytes)
        while true {
            switch reader.next(bytes) {
            case .end: return
            case .overrun: return nil
            case .instruction(let instruction):
                guard instruction.opcode <= Opcode.sixteen else { return nil }
                last = instruction.data
                if instruction.opcode == Opcode.zero {
                    empties &+= 1
                    if pushes == 0 { beginsEmpty = true }
                } else if DERSignature(instruction.data, of: bytes) != nil {
                    signatures &+= 1
                }
                pushes &+= 1
            }
        }
    }

    /// Whether all of it are instructions, and the first does not fail whatever follows.
    static func isReadable(_ script: Range<Int>, _ bytes: RawSpan) -> Bool {
        var reader = ScriptReader(script, of: bytes)
        var isEmpty = true
        while true {
            switch reader.next(bytes) {
            case .end: return !isEmpty
            case .overrun: return false
            case .instruction(let instruction):
                if isEmpty, Opcode.isMeaningless(instruction.opcode) { return false }
                isEmpty = false
            }
        }
    }

    /// Whether it looks like a script rather than other data: instructions that mean something, the last no push.
    static func isScript(_ script: Range<Int>, _ bytes: RawSpan) -> Bool {
        var reader = ScriptReader(script, of: bytes)
        var endsInPush = true
        while true {
            switch reader.next(bytes) {
            case .end: return !endsInPush
            case .overrun: return false
            case .instruction(let instruction):
                if Opcode.isMeaningless(instruction.opcode) { return false }
                endsInPush = instruction.isPush
            }
        }
    }
}
