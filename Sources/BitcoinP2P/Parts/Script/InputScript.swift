import Fields

/// What the signature script of an input holds (protocol.md sections 7.4 and 7.5).
struct InputScript: Sendable {
    let type = Field(
        "bitcoin.tx.in.type", "Spends", .enumeration(InputType.names, bits: 8),
        "what kind of output; guessed from script and witness, as the output itself is elsewhere")
    let words = ScriptWords("bitcoin.tx.in")
    let signatures = SignatureParts()
    let keys = PublicKeyParts("bitcoin.tx.in")
    let redeemScript = InnerScript(
        "bitcoin.tx.in.redeem_script", "Redeem script", "the script whose hash is in the output that is spent (P2SH)")
    let coinbase = CoinbaseScript()

    /// Of a long script no more signatures and keys than these are listed.
    private static var most: Int { 2 * Multisig.most }

    /// Explains the script at `range`, which is the leaf just read.
    func layout(
        _ c: inout Cursor<some FieldSink & ~Copyable>, _ range: Range<Int>, _ type: InputType, _ network: Network
    ) {
        guard c.keepsFields, !range.isEmpty else { return }
        c.parts { c in
            words.layout(&c, range, .signatures, isCode: type != .coinbase)
            if type == .coinbase {
                coinbase.layout(&c, range, network)
            } else {
                pushes(&c, range, type)
            }
        }
    }

    private func pushes(_ c: inout Cursor<some FieldSink & ~Copyable>, _ range: Range<Int>, _ type: InputType) {
        var reader = ScriptReader(range, of: c.bytes)
        var count = 0
        while count < Self.most, let instruction = reader.nextInstruction(c.bytes) {
            let data = instruction.data
            if data.isEmpty { continue }
            if reader.position == range.upperBound, type.hasRedeemScript {
                redeemScript.layout(&c, data, .plain, keys: keys)
            } else if item(&c, data) {
                count &+= 1
            }
        }
    }

    /// Explains bytes that look like a signature or a public key; answers whether they do.
    func item(_ c: inout Cursor<some FieldSink & ~Copyable>, _ data: Range<Int>) -> Bool {
        if let signature = DERSignature(data, of: c.bytes) {
            signatures.ecdsa(&c, data, signature)
        } else if let form = PublicKeyForm(data, of: c.bytes) {
            keys.layout(&c, data, form)
        } else {
            return false
        }
        return true
    }

    /// `e6a3…d9fa:0, P2WPKH`.
    func heading(
        _ c: inout Cursor<some FieldSink & ~Copyable>, _ mark: Int, _ outpoint: Range<Int>, _ type: InputType
    ) {
        guard c.keepsFields, outpoint.count == 36 else { return }
        let bytes = c.bytes
        let index = c.load(littleEndian: UInt32.self, at: outpoint.lowerBound &+ 32) ?? 0
        c.head(mark) { text in
            if type != .coinbase {
                text.append(shortHash: bytes.extracting(outpoint.prefix(32)))
                text.append(":")
                text.append(decimal: UInt64(index))
                text.append(", ")
            }
            text.append(InputType.name(type))
        }
    }
}

extension InputType {
    /// The last push of the signature script is a script.
    var hasRedeemScript: Bool {
        switch self {
        case .p2shMultisig, .p2sh, .p2shP2wpkh, .p2shP2wsh: true
        default: false
        }
    }
}
