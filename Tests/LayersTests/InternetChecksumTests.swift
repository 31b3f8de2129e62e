import Layers
import Support
import Testing

@Suite struct InternetChecksumTests {
    /// RFC 1071, 3.
    @Test func exampleOfTheRFC() {
        let bytes: [UInt8] = [0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7]
        #expect(InternetChecksum.sum(bytes.span.bytes) % 0xffff == 0xddf2)
        #expect(InternetChecksum.sum(bytes.span.bytes.extracting(first: 3)) % 0xffff == 0xf201)
    }

    @Test func lengthsAndAlignments() {
        var random = SeededGenerator(seed: 5)
        let noise = random.bytes(400)
        // Sums with as many carries as there can be, and with none.
        for bytes in [noise, [UInt8](repeating: 0xff, count: 400), [UInt8](repeating: 0, count: 400)] {
            for start in 0..<8 {
                for count in 0...200 {
                    let range = start..<start + count
                    let sum = InternetChecksum.sum(bytes.span.bytes.extracting(range))
                    #expect(sum % 0xffff == UInt64(internetSum(bytes[range])) % 0xffff, "\(count) bytes at \(start)")
                }
            }
        }
    }

    @Test func longOnes() {
        var random = SeededGenerator(seed: 6)
        for count in [65_495, 65_496, 65_535] {
            let noise = random.bytes(count)
            #expect(InternetChecksum.sum(noise.span.bytes) % 0xffff == UInt64(internetSum(noise)) % 0xffff)
            let ones = [UInt8](repeating: 0xff, count: count)
            #expect(InternetChecksum.sum(ones.span.bytes) % 0xffff == UInt64(internetSum(ones)) % 0xffff)
        }
    }
}
