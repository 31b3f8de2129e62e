import Fields

/// What of a transaction must be known before its inputs can be explained. Looked up only where somebody wants to be told
/// what its parts mean.
struct TransactionOutline {
    let version: UInt32
    let hasWitness: Bool
    /// It has one input, which spends nothing.
    private(set) var isCoinbase = false
    /// The output that is the witness commitment, if it is a coinbase.
    private(set) var commitment: Int?
    /// Goes over the witness stacks; nil where there are none, or the bytes end before them.
    private(set) var witnesses: TransactionScout?
    private var inputs: TransactionScout?

    init(version: UInt32, hasWitness: Bool) {
        self.version = version
        self.hasWitness = hasWitness
    }

    mutating func look(_ bytes: RawSpan, inputsAt: Int) {
        inputs = TransactionScout(bytes, listAt: inputsAt)
        var first = inputs
        if let scout = first, scout.entries == 1, let outpoint = first?.nextInput(bytes)?.outpoint {
            isCoinbase = InputType.isNull(outpoint, bytes)
        }
        guard hasWitness || isCoinbase else { return }
        var last: Int?
        let stacks = TransactionScout.witnesses(bytes, inputsAt: inputsAt, lastCommitment: &last)
        commitment = last
        if hasWitness { witnesses = stacks }
    }

    /// The next input's stack, taken from `stacks`: empty where the transaction has none, nil where it is cut off.
    func nextStack(_ stacks: inout TransactionScout?, _ bytes: RawSpan) -> WitnessStack? {
        hasWitness ? stacks?.nextStack(bytes) : WitnessStack()
    }

    /// Stack and type of the next input, for going over the stacks themselves.
    mutating func nextWitness(_ bytes: RawSpan) -> (stack: WitnessStack, type: InputType)? {
        guard let input = inputs?.nextInput(bytes), let stack = witnesses?.nextStack(bytes) else { return nil }
        return (stack, isCoinbase ? .coinbase : InputType(input.script, stack, of: bytes))
    }
}
