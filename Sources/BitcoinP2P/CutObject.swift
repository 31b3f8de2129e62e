import Fields

/// What bytes are that are nearly a transaction, a block or a block header: some are missing at the end, or too many.
public struct CutObject: Sendable, Equatable {
    /// What is said of the bytes: `begin as a transaction and end within output 0`.
    public let text: String
    /// The message that has such an object as its payload.
    public let command: Command

    /// Nil where the bytes are nothing of the kind, or complete.
    public init?(_ bytes: RawSpan) {
        let length = BlockHeader.byteCount
        if let text = Self.transaction(bytes) {
            self.init(text, BareObject.transaction)
        } else if bytes.byteCount > length, BareObject.provesWork(bytes.extracting(first: length)),
            let transactions = TransactionScout(bytes, listAt: length), transactions.entries > 0
        {
            let all = transactions.entries == 1 ? "1 transaction" : "\(transactions.entries) transactions"
            self.init("begin as a block of \(all), and are no complete one", BareObject.block)
        } else if (length - Self.shortage..<length).contains(bytes.byteCount) {
            let missing = length - bytes.byteCount
            self.init("are \(missing == 1 ? "1 byte" : "\(missing) bytes") short of a block header", .blockHeader)
        } else {
            return nil
        }
    }

    private init(_ text: String, _ object: BareObject) {
        self.text = text
        command = object.command
    }

    /// With more missing nobody would see that it was a header.
    private static let shortage = 8

    private static func transaction(_ bytes: RawSpan) -> String? {
        guard let version = bytes.loadBigEndian32(at: 0)?.byteSwapped, (1...3).contains(version),
            let start = bytes.loadBigEndian32(at: 4)
        else { return nil }
        // No input, and the flag of the form with witnesses (BIP 144).
        let hasWitness = start >> 16 == 1
        let list = hasWitness ? 6 : 4
        guard var inputs = TransactionScout(bytes, listAt: list), inputs.entries > 0,
            isInput(bytes, at: inputs.position)
        else { return nil }
        let count = inputs.entries
        func cut(_ place: String) -> String { "begin as a transaction and end within \(place)" }
        for index in 0..<count where inputs.nextInput(bytes) == nil { return cut("input \(index)") }
        guard var outputs = TransactionScout(bytes, listAt: inputs.position) else {
            return cut("the number of outputs")
        }
        for index in 0..<outputs.entries where outputs.nextOutput(bytes) == nil { return cut("output \(index)") }
        var end = outputs.position
        if hasWitness {
            var commitment: Int?
            guard
                var stacks = TransactionScout.witnesses(bytes, inputsAt: list, lastCommitment: &commitment)
            else { return nil }
            for index in 0..<count where stacks.nextStack(bytes) == nil { return cut("the witness of input \(index)") }
            end = stacks.position
        }
        let left = bytes.byteCount - end - 4
        if left < 0 { return cut("the lock time") }
        return left == 0 ? nil : "are a transaction and \(left == 1 ? "1 byte" : "\(left) bytes") after it"
    }

    /// Whether a first input begins here: a coinbase's, or one with an outpoint that there may be, and its script.
    private static func isInput(_ bytes: RawSpan, at place: Int) -> Bool {
        guard place >= 0, let index = bytes.loadBigEndian32(at: place + 32)?.byteSwapped,
            let script = bytes.compactSize(at: place + 36, before: bytes.byteCount)
        else { return false }
        let isCoinbase = stride(from: place, to: place + 32, by: 4).allSatisfy { bytes.loadBigEndian32(at: $0) == 0 }
        // A block has room for no more outputs, and no script may be longer.
        return (isCoinbase ? index == .max : index < 500_000) && script.value <= 10_000
    }
}
