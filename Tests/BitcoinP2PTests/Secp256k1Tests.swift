import Support
import Testing

@testable import BitcoinP2P

/// Multiples of points by x alone, and the private keys of v2 connections.
@Suite struct Secp256k1Tests {
    /// Computed with Python's integers, with both coordinates; the last two are −G and −2 G.
    @Test(arguments: [
        (UInt256(1), "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"),
        (UInt256(2), "c6047f9441ed7d6d3045406e95c07cd85c778e4b8cef3ca7abac09b95c709ee5"),
        (UInt256(3), "f9308a019258c31049344f85f89d5229b531c845836f99b08601f113bce036f9"),
        (
            UInt256(0x8a83_e42d_fc0b_08d0, 0x221d_0ba5_92da_45b4, 0x17b3_47c7_3b26_ef23, 0x61ee_6f81_cd73_6eb8),
            "eac926d6c7b6ad76dea66985ca7fc532c0bfbe660932c0f3aa44ea6a7efca088"
        ),
        (
            UInt256(.max, 0xffff_ffff_ffff_fffe, 0xbaae_dce6_af48_a03b, 0xbfd2_5e8c_d036_4140),
            "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"
        ),
        (
            UInt256(.max, 0xffff_ffff_ffff_fffe, 0xbaae_dce6_af48_a03b, 0xbfd2_5e8c_d036_413f),
            "c6047f9441ed7d6d3045406e95c07cd85c778e4b8cef3ca7abac09b95c709ee5"
        ),
    ])
    func `multiples of G`(_ scalar: UInt256, _ x: String) throws {
        #expect(Secp256k1.multiply(Secp256k1.generator, by: scalar) == (try element(x)))
    }

    @Test func `the order of factors does not matter`() {
        var generator = SeededGenerator(seed: 5)
        for _ in 0..<10 {
            let a = UInt256(UInt64.random(in: 1 ... .max, using: &generator))
            let b = UInt256(UInt64.random(in: 1 ... .max, using: &generator))
            let ab = Secp256k1.multiply(Secp256k1.multiply(Secp256k1.generator, by: a), by: b)
            let ba = Secp256k1.multiply(Secp256k1.multiply(Secp256k1.generator, by: b), by: a)
            #expect(ab == ba)
            #expect(Secp256k1.hasPoint(ab))
        }
        #expect(!Secp256k1.hasPoint(0))
        #expect(!Secp256k1.hasPoint(5))
    }

    @Test func `private keys are from 1 to n − 1`() {
        let order = Secp256k1.order
        #expect(EphemeralPrivateKey(order.bigEndian) == nil)
        #expect(EphemeralPrivateKey((order &+ 1).bigEndian) == nil)
        #expect(EphemeralPrivateKey([UInt8](repeating: 0xff, count: 32)) == nil)
        #expect(EphemeralPrivateKey([UInt8](repeating: 0, count: 32)) == nil)
        #expect(EphemeralPrivateKey([UInt8](repeating: 1, count: 31)) == nil)
        #expect(EphemeralPrivateKey([UInt8](repeating: 1, count: 33)) == nil)
        #expect(EphemeralPrivateKey(UInt256(1).bigEndian)?.x == Secp256k1.generator)
        let last = order.subtractingReportingOverflow(UInt256(1)).partialValue
        #expect(EphemeralPrivateKey(last.bigEndian)?.x == Secp256k1.generator)
    }

    /// Gives what it was given, then numbers of a seed.
    private struct Scripted: RandomNumberGenerator {
        var first: [UInt64]
        var rest = SeededGenerator(seed: 6)
        mutating func next() -> UInt64 { first.isEmpty ? rest.next() : first.removeFirst() }
    }

    @Test func `random numbers that are no key are not taken`() {
        // 0, n, 2²⁵⁶ − 1, and then 1.
        var generator = Scripted(
            first: [0, 0, 0, 0, .max, 0xffff_ffff_ffff_fffe, 0xbaae_dce6_af48_a03b, 0xbfd2_5e8c_d036_4141]
                + [.max, .max, .max, .max, 0, 0, 0, 1])
        #expect(EphemeralPrivateKey(using: &generator).x == Secp256k1.generator)
        #expect(generator.first.isEmpty)
        // As a u neither 0 nor p is taken.
        generator.first = [0, 0, 0, 0, .max, .max, .max, 0xffff_fffe_ffff_fc2f]
        let key = ElligatorSwift.encode(Secp256k1.generator, using: &generator)
        #expect(key.x == Secp256k1.generator)
        #expect(key.bytes.prefix(32) != [UInt8](repeating: 0, count: 32)[...])
        #expect(key.bytes.prefix(4) != [0xff, 0xff, 0xff, 0xff])
    }

    @Test func `two sides agree, and a third does not`() {
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<20 {
            let (ours, theirs) = (EphemeralPrivateKey(using: &generator), EphemeralPrivateKey(using: &generator))
            let ourKey = ours.publicKey(using: &generator)
            let theirKey = theirs.publicKey(using: &generator)
            let secret = ours.secret(with: theirKey, ours: ourKey, as: .initiator)
            #expect(theirs.secret(with: ourKey, ours: theirKey, as: .responder) == secret)
            // Another encoding of the same key is another connection.
            let other = theirs.publicKey(using: &generator)
            #expect(other.x == theirKey.x)
            #expect(ours.secret(with: other, ours: ourKey, as: .initiator) != secret)
            let third = EphemeralPrivateKey(using: &generator)
            #expect(third.secret(with: theirKey, ours: ourKey, as: .initiator) != secret)
        }
        #expect(EphemeralPrivateKey().x != EphemeralPrivateKey().x)
    }
}
