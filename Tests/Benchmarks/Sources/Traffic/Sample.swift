/// Payloads to measure with, the same in every run.
public enum Sample {
    /// An `inv` of so many MSG_WTX.
    public static func inventory(_ entries: Int) -> [UInt8] {
        make { maker, out in maker.inventoryPayload(entries, into: &out) }
    }

    /// A `block` of at least so many bytes, and the number of its transactions.
    public static func block(bytes: Int) -> (payload: [UInt8], transactions: Int) {
        var transactions = 0
        let payload = make { maker, out in transactions = maker.blockPayload(bytes: bytes, into: &out) }
        return (payload, transactions)
    }

    /// A segwit `tx` of one P2WPKH input and two outputs: 222 bytes or a little more, as most are.
    public static func transaction() -> [UInt8] {
        make { maker, out in maker.transaction(.witnessKeyHash, inputs: 1, outputs: 2, into: &out) }
    }

    private static func make(_ write: (inout MessageMaker, inout Bytes) -> Void) -> [UInt8] {
        var maker = MessageMaker(seed: 1)
        var out = Bytes()
        write(&maker, &out)
        return out.storage
    }
}
