/// Bytes like `original` with up to four changes: replaced, inserted, removed, cut off at the end.
public func mutated(_ original: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
    var bytes = original
    for _ in 0...Int.random(in: 0..<4, using: &random) {
        let byte = UInt8.random(in: 0...255, using: &random)
        guard !bytes.isEmpty else {
            bytes = [byte]
            continue
        }
        let at = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<6, using: &random) {
        case 0: bytes[at] = byte
        case 1: bytes[at] = [0x00, 0x01, 0x7f, 0xfc, 0xfd, 0xfe, 0xff][Int(byte) % 7]
        case 2: bytes[at] ^= 1 << (byte & 7)
        case 3: bytes.insert(byte, at: at)
        case 4: bytes.remove(at: at)
        default: bytes.removeLast(min(bytes.count, Int(byte)))
        }
    }
    return bytes
}
