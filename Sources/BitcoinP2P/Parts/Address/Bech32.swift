import Fields

/// The addresses of witness programs: five bits a character, with a checksum that finds errors (BIP 173), in its second
/// form from version 1 on (BIP 350).
enum Bech32 {
    /// Appends the address of a witness program. Nothing where version or length are not a witness program's.
    ///
    /// - Parameter prefix: Which network, in lower case: `bc`.
    static func append(_ prefix: StaticString, _ version: Int, _ program: RawSpan, to text: inout TextBuffer) {
        guard (0...16).contains(version), (2...40).contains(program.byteCount) else { return }
        // Values of five bits, then their letters: the version, at most 64 for the program, six for the checksum.
        var values = InlineArray<72, UInt8>(repeating: 0)
        values[0] = UInt8(truncatingIfNeeded: version)
        var count = 1
        var bits: UInt32 = 0
        var waiting = 0
        for index in 0..<program.byteCount {
            bits = bits &<< 8 | UInt32(program.unsafeLoad(fromUncheckedByteOffset: index, as: UInt8.self))
            waiting &+= 8
            while waiting >= 5 {
                waiting &-= 5
                values[count] = UInt8(truncatingIfNeeded: bits &>> UInt32(waiting)) & 31
                count &+= 1
            }
        }
        if waiting > 0 {
            values[count] = UInt8(truncatingIfNeeded: bits &<< UInt32(5 &- waiting)) & 31
            count &+= 1
        }
        var checksum: UInt32 = 1
        prefix.withUTF8Buffer { letters in
            for letter in letters { step(&checksum, letter &>> 5) }
            step(&checksum, 0)
            for letter in letters { step(&checksum, letter & 31) }
        }
        for index in 0..<count { step(&checksum, values[index]) }
        for _ in 0..<6 { step(&checksum, 0) }
        checksum ^= version == 0 ? 1 : 0x2bc8_30a3
        for index in 0..<6 {
            values[count] = UInt8(truncatingIfNeeded: checksum &>> UInt32(25 &- 5 &* index)) & 31
            count &+= 1
        }
        let letters: StaticString = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
        letters.withUTF8Buffer { letters in
            for index in 0..<count { values[index] = letters[min(Int(values[index]), letters.count &- 1)] }
        }
        text.append(prefix)
        text.append(ascii: 0x31)
        text.append(ascii: values.span.bytes.extracting(first: count))
    }

    /// One step of the checksum's polynomial division.
    private static func step(_ checksum: inout UInt32, _ value: UInt8) {
        let top = checksum &>> 25
        checksum = (checksum & 0x01ff_ffff) &<< 5 ^ UInt32(value)
        // All ones where the bit is set: no branch.
        checksum ^= (0 &- (top & 1)) & 0x3b6a_57b2
        checksum ^= (0 &- (top &>> 1 & 1)) & 0x2650_8e6d
        checksum ^= (0 &- (top &>> 2 & 1)) & 0x1ea1_19fa
        checksum ^= (0 &- (top &>> 3 & 1)) & 0x3d42_33dd
        checksum ^= (0 &- (top &>> 4 & 1)) & 0x2a14_62b3
    }
}

extension TextBuffer {
    /// Bytes that are known to be ASCII.
    mutating func append(ascii span: RawSpan) {
        span.withUnsafeBytes { bytes.append(contentsOf: $0) }
    }
}
