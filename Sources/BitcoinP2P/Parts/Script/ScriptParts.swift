import Fields

/// A script in words: `<prefix>.asm`, and what of it cannot be read.
struct ScriptWords: Sendable {
    let scriptOverrun = Remark(
        "bitcoin.script.overrun", .warning, .malformed,
        "A push runs past the end of the script: it cannot be run from here on")

    let asm: Field
    let unread: Field

    init(_ prefix: String) {
        asm = Field(
            "\(prefix).asm", "Disassembly", .text,
            "the script in words, as Bitcoin Core prints it; … after \(Disassembly.limit) characters")
        unread = Field(
            "\(prefix).unread", "Unread bytes", .bytes,
            "the rest of the script, where a push is longer than what is left")
    }

    /// Writes the script at `range` under the node that is open. Nothing for an empty one.
    func layout(
        _ c: inout Cursor<some FieldSink & ~Copyable>, _ range: Range<Int>, _ form: Disassembly.Form,
        isCode: Bool = true
    ) {
        guard !range.isEmpty, c.keepsFields else { return }
        var overrun: Range<Int>?
        let bytes = c.bytes
        c.generate(asm) { text in
            let disassembly = Disassembly(range, of: bytes, form, to: &text)
            if !disassembly.succeeds { overrun = disassembly.overrun }
        }
        guard let overrun, isCode else { return }
        c.annotate(scriptOverrun)
        c.part(unread, overrun)
    }
}

/// A script that an input shows, as the last push or in its witness: the hash of it is in the output that is spent.
struct InnerScript: Sendable {
    let script: Field
    let words: ScriptWords
    let type: Field
    let multisig: Field

    init(_ name: String, _ label: String, _ meaning: String) {
        script = Field(name, label, .bytes, meaning)
        words = ScriptWords(name)
        type = Field(
            "\(name).type", "Script type", .enumeration(OutputType.names, bits: 8), "which template the script follows")
        multisig = Field("\(name).multisig", "Multisig", .text, "how many signatures, of how many keys")
    }

    /// Shows the script at `range` as part of the node that is open.
    func layout(
        _ c: inout Cursor<some FieldSink & ~Copyable>, _ range: Range<Int>, _ form: Disassembly.Form,
        keys: PublicKeyParts
    ) {
        guard c.keepsFields else { return }
        c.part(script, range) { c in
            words.layout(&c, range, form)
            guard form != .tapscript else { return }
            let type = OutputType(range, of: c.bytes)
            c.generate(self.type, type.rawValue)
            if type == .multisig, let multisig = Multisig(range, of: c.bytes) {
                c.generate(self.multisig) { $0.append(multisig) }
            }
            if type == .multisig || type == .pubkey || type == .nonstandard { keys.layout(&c, pushedBy: range) }
        }
    }
}

extension TextBuffer {
    /// `2 of 3`.
    mutating func append(_ multisig: Multisig) {
        append(decimal: multisig.required)
        append(" of ")
        append(decimal: multisig.keys)
    }
}
