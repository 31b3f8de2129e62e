import Fields

/// The parts of a signature, under the push or witness item that it is.
struct SignatureParts: Sendable {
    let signatureNotStrict = Remark(
        "bitcoin.signature.not_strict", .note, .protocol,
        "The signature is not strict DER: blocks may not have such since July 2015 (BIP 66)")
    let sighashUndefined = Remark(
        "bitcoin.sighash.undefined", .warning, .protocol,
        "No signature hash type of this number is defined for this kind of signature")

    let signature = Field(
        "bitcoin.tx.in.signature", "Signature", .bytes,
        "proves the right to spend: ECDSA in DER, or Schnorr in taproot", repeats: true
    )
    let r = Field(
        "bitcoin.tx.in.signature.r", "R", .bytes, "the signature's first number: X of a point made for this signature",
        repeats: true)
    let s = Field("bitcoin.tx.in.signature.s", "S", .bytes, "the signature's second number", repeats: true)
    let sighash = Field(
        "bitcoin.tx.in.signature.sighash", "Sighash type",
        .enumeration(SighashType.names, bits: 8, hexadecimal: true),
        "what of the transaction is signed, so what may not change", repeats: true)

    /// - Parameter range: Of an item that is this signature.
    func ecdsa(_ c: inout Cursor<some FieldSink & ~Copyable>, _ range: Range<Int>, _ parsed: DERSignature) {
        c.part(signature, range) { c in
            c.part(r, parsed.r)
            c.part(s, parsed.s)
            c.part(sighash, range.suffix(1), value: UInt64(parsed.sighash))
            if !parsed.isStrict { c.annotate(signatureNotStrict) }
            if SighashType.coreName(parsed.sighash) == nil { c.annotate(sighashUndefined) }
        }
    }

    /// - Parameter range: 64 or 65 bytes.
    func schnorr(_ c: inout Cursor<some FieldSink & ~Copyable>, _ range: Range<Int>) {
        guard range.count == 64 || range.count == 65 else { return }
        let start = range.lowerBound
        c.part(signature, range) { c in
            c.part(r, start..<start &+ 32)
            c.part(s, start &+ 32..<start &+ 64)
            if range.count == 64 {
                c.generate(sighash, 0)
            } else {
                let type = c.load(littleEndian: UInt8.self, at: start &+ 64) ?? 0
                c.part(sighash, range.suffix(1), value: UInt64(type))
                if !SighashType.isTaproot(type) { c.annotate(sighashUndefined) }
            }
        }
    }
}

/// A public key and how it is written, under the bytes that hold it: `bitcoin.tx.in.pubkey`, `bitcoin.tx.out.pubkey`.
struct PublicKeyParts: Sendable {
    let key: Field
    let form: Field

    init(_ prefix: String) {
        key = Field("\(prefix).pubkey", "Public key", .bytes, "the key whose signatures count", repeats: true)
        form = Field(
            "\(prefix).pubkey.form", "Form", .enumeration(PublicKeyForm.names, bits: 8), "how the key is written",
            repeats: true)
    }

    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ range: Range<Int>, _ form: PublicKeyForm) {
        c.part(key, range) { c in c.generate(self.form, form.rawValue) }
    }

    /// All keys that the script at `range` pushes; at most as many as a multisig can have.
    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, pushedBy range: Range<Int>) {
        var reader = ScriptReader(range, of: c.bytes)
        var count = 0
        while count < Multisig.most, let instruction = reader.nextInstruction(c.bytes) {
            guard instruction.isPush, let form = PublicKeyForm(instruction.data, of: c.bytes) else { continue }
            layout(&c, instruction.data, form)
            count &+= 1
        }
    }
}
