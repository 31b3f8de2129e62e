/// Bytes that are looked for in others, in time linear in those (Knuth, Morris and Pratt).
struct Needle: Sendable {
    private let bytes: [UInt8]
    /// Where to go on when the byte at an index differs: as many bytes of the needle are known to be there already.
    private let fallback: [Int]

    /// - Parameter bytes: At least one.
    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        var fallback = Array(repeating: 0, count: bytes.count)
        var known = 0
        for index in bytes.indices.dropFirst() {
            while known > 0, bytes[index] != bytes[known] { known = fallback[known - 1] }
            if bytes[index] == bytes[known] { known += 1 }
            fallback[index] = known
        }
        self.fallback = fallback
    }

    func isFound(in span: RawSpan) -> Bool {
        guard let first = bytes.first, span.byteCount >= bytes.count else { return false }
        return span.withUnsafeBytes { source in
            var known = 0
            for byte in source {
                if known == 0, byte != first { continue }
                while known > 0, byte != bytes[known] { known = fallback[known &- 1] }
                if byte == bytes[known] { known &+= 1 }
                if known == bytes.count { return true }
            }
            return false
        }
    }
}
