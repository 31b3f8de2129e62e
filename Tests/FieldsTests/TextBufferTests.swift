import Fields
import Support
import Testing

@Suite struct TextBufferTests {
    @Test func decimalIsThatOfTheStandardLibrary() {
        var generator = SeededGenerator(seed: 1)
        var values: [UInt64] = [0, 9, 10, 11, 99, 100, 999_999_999, 1_000_000_000, .max, .max - 1]
        for power in 0..<20 { values.append((0..<power).reduce(1) { value, _ in value &* 10 }) }
        for _ in 0..<500 { values.append(generator.next() >> (generator.next() % 64)) }
        for value in values {
            #expect(text { $0.append(decimal: value) } == String(value))
            let signed = Int(truncatingIfNeeded: value)
            #expect(text { $0.append(decimal: signed) } == String(signed))
            #expect(text { $0.append(decimal: 0 &- signed) } == String(0 &- signed))
        }
        #expect(text { $0.append(decimal: Int.min) } == "-9223372036854775808")
        #expect(text { $0.append(decimal: Int.max) } == "9223372036854775807")
    }

    @Test func decimalFollowsWhatIsThere() {
        #expect(
            text {
                $0.append("a")
                $0.append(decimal: UInt64(1234))
                $0.append(decimal: -5)
                $0.append(decimal: UInt64(3))
            } == "a1234-53")
    }

    @Test func widthFillsWithZeros() {
        for width in 0...20 {
            for value: UInt64 in [0, 1, 9, 10, 99, 100, 12345, 999_999_999, 10_000_000_000_000_000_000, .max] {
                let digits = String(value)
                let expected = String(repeating: "0", count: max(0, width - digits.count)) + digits
                #expect(text { $0.append(decimal: value, width: width) } == expected, "\(value), \(width) digits")
            }
        }
        #expect(text { $0.append(decimal: 7, width: -3) } == "7")
    }

    @Test func hexadecimalDigits() {
        #expect(text { $0.append(hexadecimal: 0xf9be_b4d9, digits: 8) } == "f9beb4d9")
        #expect(text { $0.append(hexadecimal: 0xabc, digits: 2) } == "bc", "the low digits")
        #expect(text { $0.append(hexadecimal: 1, digits: 16) } == "0000000000000001")
        #expect(text { $0.append(hexadecimal: .max, digits: 16) } == "ffffffffffffffff")
        #expect(text { $0.append(hexadecimal: 1, digits: 0) } == "")
    }

    @Test func bytesInBothOrders() {
        let bytes: [UInt8] = [0x00, 0x01, 0x9a, 0xff]
        #expect(text { $0.append(hexadecimal: bytes.span.bytes) } == "00019aff")
        #expect(text { $0.append(reversedHexadecimal: bytes.span.bytes) } == "ff9a0100")
        #expect(text { $0.append(hexadecimal: RawSpan()) } == "")
        #expect(text { $0.append(reversedHexadecimal: RawSpan()) } == "")
    }

    @Test func theRest() {
        #expect(text { $0.append(spaces: 3) } == "   ")
        #expect(text { $0.append(spaces: -3) } == "")
        #expect(text { $0.append("×→…" as StaticString) } == "×→…")
        #expect(text { $0.append(String("×→…")) } == "×→…")
        var buffer = TextBuffer()
        #expect(buffer.isEmpty)
        buffer.append(ascii: 0x41)
        var other = TextBuffer()
        other.append(buffer)
        other.append(buffer)
        #expect(other.count == 2 && other.string == "AA")
        other.removeAll()
        #expect(other.isEmpty)
    }
}
