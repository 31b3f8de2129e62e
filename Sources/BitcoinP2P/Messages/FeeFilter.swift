import Fields

/// `feefilter` (BIP 133): asks not to announce transactions below a fee rate.
struct FeeFilter: Payload {
    let feeRateOutOfRange = Remark(
        "bitcoin.fee_rate.out_of_range", .warning, .protocol,
        "No fee rate may be negative or more than 21 million bitcoin: receivers ignore it")

    let message = Field(
        "bitcoin.feefilter", "Feefilter message", .group, "asks not to announce transactions that pay less")
    let value = Field(
        "bitcoin.feefilter.value", "Minimal fee", .signed(bits: 64), "satoshi per 1000 virtual bytes")

    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ context: MessageContext) throws(Stop) {
        let rate = try c.integer(value, Int64.self)
        if !(0...Limits.money).contains(rate) { c.annotate(feeRateOutOfRange) }
        guard c.sink.wantsInfo else { return }
        c.sink.info.append(" ")
        c.sink.info.append(decimal: Int(rate))
        c.sink.info.append(" sat/kvB")
    }
}
