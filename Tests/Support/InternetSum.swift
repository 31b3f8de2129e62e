/// RFC 1071's sum, word by word.
public func internetSum(_ bytes: some Sequence<UInt8>) -> UInt16 {
    var sum = 0
    for (index, byte) in bytes.enumerated() { sum += index % 2 == 0 ? Int(byte) * 256 : Int(byte) }
    while sum > 0xffff { sum = sum / 0x10000 + sum % 0x10000 }
    return UInt16(sum)
}
