/// Bytes that are being written: integers little-endian unless said otherwise.
struct Bytes {
    private(set) var storage: [UInt8] = []

    var count: Int { storage.count }

    mutating func removeAll() { storage.removeAll(keepingCapacity: true) }

    mutating func append(byte: UInt8) { storage.append(byte) }

    mutating func append(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.littleEndian) { storage.append(contentsOf: $0) }
    }

    mutating func append(bigEndian value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.bigEndian) { storage.append(contentsOf: $0) }
    }

    mutating func append(_ bytes: some Collection<UInt8>) { storage.append(contentsOf: bytes) }

    mutating func append(_ text: StaticString) {
        text.withUTF8Buffer { storage.append(contentsOf: $0) }
    }

    mutating func append(zeros count: Int) { storage.append(contentsOf: repeatElement(0, count: count)) }

    mutating func append(compactSize value: Int) {
        switch value {
        case ..<253: append(UInt8(truncatingIfNeeded: value))
        case ..<0x1_0000:
            append(byte: 0xfd)
            append(UInt16(truncatingIfNeeded: value))
        default:
            append(byte: 0xfe)
            append(UInt32(truncatingIfNeeded: value))
        }
    }

    mutating func append(random count: Int, _ random: inout SeededRandom) {
        for _ in 0..<count / 8 { append(random.next()) }
        let rest = random.next()
        withUnsafeBytes(of: rest) { storage.append(contentsOf: $0.prefix(count % 8)) }
    }

    mutating func append(_ hash: Hash) {
        withUnsafeBytes(of: hash) { storage.append(contentsOf: $0) }
    }

    /// Writes over bytes that are there.
    mutating func replace<Value: BitwiseCopyable>(at offset: Int, with value: Value) {
        precondition(offset + MemoryLayout<Value>.size <= storage.count)
        storage.withUnsafeMutableBytes { $0.storeBytes(of: value, toByteOffset: offset, as: Value.self) }
    }

    func read<Result>(_ range: Range<Int>, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        storage.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[range])) }
    }
}
