import Support
import Testing

@testable import BitcoinP2P

/// Public keys in 64 bytes that look random (BIP 324).
@Suite struct ElligatorSwiftTests {
    static let decoded = VectorRow.all(of: "ellswift_decode_test_vectors.csv")
    static let inverses = VectorRow.all(of: "xswiftec_inv_test_vectors.csv")

    @Test(.enabled(if: Files.hasVectors, "needs the shared reference files"))
    func `all rows are there`() {
        #expect(Self.decoded.count == 76)
        #expect(Self.inverses.count == 32)
    }

    @Test(.enabled(if: Files.hasVectors, "needs the shared reference files"), arguments: decoded)
    func `bytes decode to the x of the BIP`(_ row: VectorRow) throws {
        let bytes = row.bytes("ellswift")
        let key = try ellSwiftKey(bytes)
        #expect(key.x.value.bigEndian == row.bytes("x"))
        #expect(key.bytes == bytes)
    }

    @Test(.enabled(if: Files.hasVectors, "needs the shared reference files"), arguments: inverses)
    func `each case has the t of the BIP`(_ row: VectorRow) throws {
        let u = try element(row.text("u"))
        let x = try element(row.text("x"))
        for choice in UInt8(0)..<8 {
            let t = ElligatorSwift.inverse(x: x, u: u, choice: choice)
            #expect((t?.value.bigEndian ?? []) == row.bytes("case\(choice)_t"), "case \(choice)")
            if let t { #expect(ElligatorSwift.decode(u: u, t: t) == x, "case \(choice)") }
        }
    }

    /// Computed with Python's integers; 3 G in all eight ways that this u has for it.
    @Test func `one x has up to eight t`() throws {
        let u = try element("8760583f01debd3ab1b0db79c607ac693a7f57f42584fedc615da9c60be6b4ff")
        let x = try element("f9308a019258c31049344f85f89d5229b531c845836f99b08601f113bce036f9")
        let expected = [
            "3b81e841a79be70ac260dedc4981f89bf44f1772f05a87d79bc953cb6c46da65",
            "a70cfff123e2f955282c22ed11883ad1aeeaea8b156dfb615f6914ce273ab50a",
            "78fd9244569f03e963886e0e0a314e9169895c927aca6d7410b6903457bc8cd8",
            "3a6564e53a8d3b9ccab9f653c310423a5b5bb739a0f95c9dd95856fb1e4118f6",
            "c47e17be586418f53d9f2123b67e07640bb0e88d0fa578286436ac3393b921ca",
            "58f3000edc1d06aad7d3dd12ee77c52e51151574ea92049ea096eb30d8c54725",
            "87026dbba960fc169c7791f1f5ceb16e9676a36d8535928bef496fcaa8436f57",
            "c59a9b1ac572c463354609ac3cefbdc5a4a448c65f06a36226a7a903e1bee339",
        ]
        for (choice, digits) in expected.enumerated() {
            let t = ElligatorSwift.inverse(x: x, u: u, choice: UInt8(choice))
            #expect(t == (try element(digits)), "case \(choice)")
        }
        #expect(ElligatorSwift.inverse(x: x, u: x, choice: 2) == nil)
    }

    /// u, t and x, computed with Python's integers: any two numbers, then a u of 0, a t of 0, numbers above p, and u and t
    /// of which u³ + t² + 7 is 0.
    @Test(arguments: [
        [
            "94f417376b2edbcc950fab7e374134768c21fa7e9f7a77c614f1adb1842cc740",
            "8a83e42dfc0b08d0221d0ba592da45b417b347c73b26ef2361ee6f81cd736eb8",
            "603823fa6efe7ea82be725b6aad529568d2f8ff71af13a4a905db849934199ae",
        ],
        [
            "0000000000000000000000000000000000000000000000000000000000000000",
            "8a83e42dfc0b08d0221d0ba592da45b417b347c73b26ef2361ee6f81cd736eb8",
            "f4e59850d924915687ee81704d8bd4440ed0291251e067d17918bf7255a49cd0",
        ],
        [
            "94f417376b2edbcc950fab7e374134768c21fa7e9f7a77c614f1adb1842cc740",
            "0000000000000000000000000000000000000000000000000000000000000000",
            "eac19c2db4bf210d4ecd7107c4a3ea2b258bf7b96bc165318fff26d7f22f05db",
        ],
        [
            "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
            "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
            "a9d2410259b9697cce4599ef2f96fbe8b47d53dcdff28ba28810f0607b89a740",
        ],
        [
            "0000000000000000000000000000000000000000000000000000000000000005",
            "350ae3b48047adacdeea49fb8a0b289a94f726801078408aba79631fa7a1b6ba",
            "aaee74bef85ee588ed43aa2a45b30e457127b97a48a8cfdff4de85545d2f1ccf",
        ],
    ])
    func `any two numbers decode`(_ row: [String]) throws {
        let key = try ellSwiftKey(Array(hex: row[0] + row[1]))
        #expect(key.x == (try element(row[2])))
    }

    @Test func `every encoding decodes to its x`() throws {
        var generator = SeededGenerator(seed: 3)
        var keys: Set<EllSwiftKey> = []
        for _ in 0..<40 {
            let x = Secp256k1.multiply(
                Secp256k1.generator, by: UInt256(UInt64.random(in: 1 ... .max, using: &generator)))
            #expect(Secp256k1.hasPoint(x))
            let key = ElligatorSwift.encode(x, using: &generator)
            let again = ElligatorSwift.encode(x, using: &generator)
            #expect(key.x == x)
            #expect(again.x == x)
            keys.formUnion([key, again])
        }
        #expect(keys.count == 80)
    }

    @Test func `random bytes are a key`() throws {
        var generator = SeededGenerator(seed: 4)
        for _ in 0..<40 {
            let bytes = generator.bytes(EllSwiftKey.byteCount)
            let key = try ellSwiftKey(bytes)
            #expect(Secp256k1.hasPoint(key.x))
            #expect(key.bytes == bytes)
        }
    }
}
