extension TextBuffer {
    /// `16.66666333 BTC`, or without zeros at the end, `0.5 BTC`.
    public mutating func append(bitcoin satoshi: Int64, trimmed: Bool = false) {
        if satoshi < 0 { append(ascii: 0x2d) }
        let whole = satoshi.magnitude / 100_000_000
        var fraction = satoshi.magnitude % 100_000_000
        append(decimal: whole)
        var width = 8
        while trimmed, width > 0, fraction % 10 == 0 {
            fraction /= 10
            width &-= 1
        }
        if width > 0 {
            append(ascii: 0x2e)
            append(decimal: fraction, width: width)
        }
        append(" BTC")
    }
}
