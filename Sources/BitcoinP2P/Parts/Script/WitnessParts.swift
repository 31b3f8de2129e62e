import Fields

/// What the items of a witness stack are (protocol.md sections 7.4, 7.5, 7.6 and 7.7).
struct WitnessParts: Sendable {
    let input = InputScript()
    let witnessScript = InnerScript(
        "bitcoin.tx.in.witness_script", "Witness script", "the script whose hash is in the output that is spent (P2WSH)"
    )
    let tapscript = InnerScript(
        "bitcoin.tx.in.tapscript", "Tapscript", "the script that the output's key hides, and that is run (BIP 342)")
    let inscriptions = FieldSet.declared(by: InscriptionParts.init)
    let controlBlock = ControlBlock()
    let annex = Field(
        "bitcoin.tx.in.annex", "Annex", .bytes, "an item that begins with 50, reserved for later use (BIP 341)")
    let reserved = Field(
        "bitcoin.tx.coinbase.witness_reserved_value", "Witness reserved value", .bytes,
        "hashed together with the root of all witnesses; what for is left to later rules (BIP 141)")

    /// What one item of a stack is.
    enum Role {
        case plain, schnorr, witnessScript, tapscript, controlBlock, annex, reserved
    }

    /// - Parameter index: From 0, the annex included.
    static func role(_ index: Int, of stack: WitnessStack, _ type: InputType) -> Role {
        if stack.hasAnnex, index == stack.count &- 1 {
            return type == .taprootKey || type == .taprootScript ? .annex : .plain
        }
        let fromEnd = stack.arguments &- 1 &- index
        switch type {
        case .p2wsh, .p2shP2wsh: return fromEnd == 0 ? .witnessScript : .plain
        case .taprootKey: return .schnorr
        case .taprootScript: return fromEnd == 0 ? .controlBlock : fromEnd == 1 ? .tapscript : .schnorr
        case .coinbase: return stack.count == 1 ? .reserved : .plain
        default: return .plain
        }
    }

    /// Explains the item at `range`, which is the leaf just read, and heads its group.
    func layout(
        _ c: inout Cursor<some FieldSink & ~Copyable>, _ mark: Int, _ range: Range<Int>, _ role: Role,
        _ stack: WitnessStack
    ) {
        guard c.keepsFields else { return }
        if range.isEmpty { return head(&c, mark, "empty") }
        let bytes = c.bytes
        switch role {
        case .plain:
            if DERSignature(range, of: bytes) != nil {
                head(&c, mark, "signature")
            } else if PublicKeyForm(range, of: bytes) != nil {
                head(&c, mark, "public key")
            } else {
                return
            }
            c.parts { c in _ = input.item(&c, range) }
        case .schnorr:
            guard range.count == 64 || range.count == 65 else { return }
            head(&c, mark, "signature")
            c.parts { c in input.signatures.schnorr(&c, range) }
        case .witnessScript:
            head(&c, mark, "witness script")
            c.parts { c in witnessScript.layout(&c, range, .plain, keys: input.keys) }
        case .tapscript:
            head(&c, mark, "tapscript")
            // Other leaf versions have no rules yet, so what the script says is not known.
            let isTapscript = ControlBlock.version(stack.last, bytes) == 0xc0
            c.parts { c in
                if isTapscript {
                    tapscript.layout(&c, range, .tapscript, keys: input.keys)
                    if c.wantsAny(of: inscriptions.1) { inscriptions.0.layout(&c, range) }
                } else {
                    c.part(tapscript.script, range)
                }
            }
        case .controlBlock:
            head(&c, mark, "control block")
            c.parts { c in controlBlock.layout(&c, range) }
        case .annex:
            head(&c, mark, "annex")
            c.parts { c in c.part(annex, range) }
        case .reserved:
            guard range.count == 32 else { return }
            head(&c, mark, "reserved value")
            c.parts { c in c.part(reserved, range) }
        }
    }

    private func head(_ c: inout Cursor<some FieldSink & ~Copyable>, _ mark: Int, _ text: StaticString) {
        c.head(mark) { $0.append(text) }
    }
}
