import Support
import Testing

@testable import BitcoinP2P

/// Arithmetic modulo secp256k1's p.
@Suite struct FieldElementTests {
    static let minusOne = FieldElement(UInt256(.max, .max, .max, 0xffff_fffe_ffff_fc2e))
    /// 2²⁵⁶ − p.
    static let excess: UInt64 = 0x1_0000_03d1
    /// Numbers at which a carry begins or ends.
    static let edges: [FieldElement] =
        [0, 1, 2, FieldElement(excess - 1), FieldElement(excess), FieldElement(excess + 1), FieldElement(.max)]
        + [minusOne, FieldElement(UInt256(1, 0, 0, 0)), FieldElement(UInt256(.max, 0, 0, 0))]
        + [FieldElement(UInt256(0, .max, .max, .max)), FieldElement(UInt256(0, 0, 7, 0))]

    @Test func `numbers from p on begin anew`() {
        #expect(FieldElement(FieldElement.modulus) == 0)
        #expect(FieldElement(UInt256(.max, .max, .max, .max)) == FieldElement(Self.excess - 1))
        #expect(Self.minusOne + 1 == 0)
        #expect(0 - 1 == Self.minusOne)
        #expect(-FieldElement(0) == 0)
        #expect(Self.minusOne + Self.minusOne == 0 - 2)
        #expect(Self.minusOne * Self.minusOne == 1)
    }

    /// Computed with Python's integers.
    @Test func `products`() throws {
        let left = try element("8760583f01debd3ab1b0db79c607ac693a7f57f42584fedc615da9c60be6b4ff")
        let right = try element("eac926d6c7b6ad76dea66985ca7fc532c0bfbe660932c0f3aa44ea6a7efca088")
        #expect(left * right == (try element("2995479318b0d91fa489ad0063a78ce589db5c5f331724e9c10e2c7e81613c81")))
        #expect(left + right == (try element("72297f15c9956ab1905744ff9087719bfb3f165a2eb7bfd00ba294318ae35958")))
        #expect(right.inverse == (try element("19c1da4fc4a62e4a2bc7286850d3893854147d22bb85c5eb0e907dffc1f893d2")))
    }

    /// A product of a random number and that number's inverse times a small one is the small one: in between it is more
    /// than 2²⁵⁶ by little, where the last carries are.
    @Test func `products around every carry`() {
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<20 {
            let number = FieldElement(UInt256.random(using: &generator))
            let inverse = number.inverse
            #expect(number * inverse == 1)
            for edge in Self.edges {
                #expect(inverse * edge * number == edge)
                #expect(edge + number - number == edge)
                #expect(edge - number + number == edge)
                #expect((edge + 1) * number == edge * number + number)
                #expect(edge.halved + edge.halved == edge)
            }
        }
    }

    @Test func `square roots`() {
        var generator = SeededGenerator(seed: 2)
        var without = 0
        for _ in 0..<50 {
            let number = FieldElement(UInt256.random(using: &generator))
            let root = number.squared.squareRoot
            #expect(root == number || root == -number)
            // −1 is no square, so of a number and its negative one is.
            #expect((number.squareRoot == nil) != ((-number).squareRoot == nil))
            if number.squareRoot == nil { without += 1 }
        }
        #expect((10...40).contains(without))
        #expect(FieldElement(0).squareRoot == 0)
        #expect(FieldElement(4).squareRoot.map { $0 == 2 || $0 == 0 - 2 } == true)
        #expect(Self.minusOne.squareRoot == nil)
    }

    @Test func `bytes and bits`() throws {
        let bytes = (1...32).map { UInt8($0) }
        let number = try number(bytes)
        #expect(number.bigEndian == bytes)
        #expect(
            number
                == UInt256(0x0102_0304_0506_0708, 0x090a_0b0c_0d0e_0f10, 0x1112_1314_1516_1718, 0x191a_1b1c_1d1e_1f20))
        let short = UInt256(bigEndian: bytes.span.bytes.extracting(1...))
        #expect(short == nil)
        #expect((0..<256).filter { UInt256(1 << 63, 0, 0, 5).bit($0) } == [0, 2, 255])
    }
}

/// The number of 64 hexadecimal digits.
func element(_ digits: String) throws -> FieldElement {
    FieldElement(try number(Array(hex: digits)))
}

/// The number of 32 bytes, highest first.
func number(_ bytes: [UInt8]) throws -> UInt256 {
    // The macro takes no span.
    let number = UInt256(bigEndian: bytes.span.bytes)
    return try #require(number)
}
