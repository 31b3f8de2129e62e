import Fields
import Glibc

/// Bytes that are looked for in a payload: a value, and what must stand before and after it.
struct BytePattern: Sendable {
    let bytes: [UInt8]
    /// Which of them are the value.
    let value: Range<Int>
    /// The value must be a field, not a part of one: other bytes may be the same by chance.
    let isField: Bool
    /// Where the byte is with which a search begins: one that is rare.
    private let pivot: Int

    /// A value that is so long that it stands nowhere by chance.
    init(_ value: [UInt8]) { self.init(value, 0..<value.count, isField: false) }

    init(field value: [UInt8], after head: [UInt8] = []) {
        self.init(head + value, head.count..<head.count + value.count, isField: true)
    }

    private init(_ bytes: [UInt8], _ value: Range<Int>, isField: Bool) {
        self.bytes = bytes
        self.value = value
        self.isField = isField
        pivot = bytes.firstIndex { !Self.common.contains($0) } ?? 0
    }

    private static let common: Set<UInt8> = [0x00, 0x01, 0x02, 0x04, 0x20, 0xff]

    func followed(by tail: [UInt8]) -> BytePattern { BytePattern(bytes + tail, value, isField: isField) }

    /// Calls `body` with the start of each match, until that answers false. Linear: each byte is compared with one of the
    /// pattern, and where that is the same, no more follow than the pattern has.
    func forEachMatch(in span: RawSpan, from start: Int, _ body: (Int) -> Bool) {
        let count = bytes.count
        guard count > 0, span.byteCount - start >= count else { return }
        span.withUnsafeBytes { source in
            guard let base = source.baseAddress else { return }
            bytes.withUnsafeBytes { pattern in
                guard let first = pattern.baseAddress else { return }
                // The pivots of matches are in start + pivot ..< end.
                let end = source.count - count + pivot + 1
                var at = start + pivot
                while at < end, let found = memchr(base + at, Int32(pattern[pivot]), end - at) {
                    let place = UnsafeRawPointer(found) - base
                    if memcmp(base + place - pivot, first, count) == 0, !body(place - pivot) { return }
                    at = place + 1
                }
            }
        }
    }
}
