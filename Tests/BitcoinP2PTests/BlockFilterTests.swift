import Fields
import Foundation
import Support
import Testing

@testable import BitcoinP2P

/// What is computed of compact filters (BIP 157, BIP 158) and bloom filters (BIP 37).
@Suite struct BlockFilterTests {
    /// Block hash, previous filter header, filter, filter header.
    private static func vectors() throws -> [(block: String, before: String, filter: String, header: String)] {
        let rows = try JSONSerialization.jsonObject(with: Files.vector("core/blockfilters.json")) as? [[Any]] ?? []
        return rows.compactMap { row in
            guard row.count > 6, let block = row[1] as? String, let before = row[4] as? String,
                let filter = row[5] as? String, let header = row[6] as? String
            else { return nil }
            return (block, before, filter, header)
        }
    }

    private static func reversed(_ hash: String) -> [UInt8] { [UInt8](hex: hash).reversed() }

    @Test(.enabled(if: Files.hasVectors, "needs the shared reference files"))
    func `filters and their headers`() throws {
        let vectors = try Self.vectors()
        #expect(vectors.count == 10)
        for vector in vectors {
            let filter = [UInt8](hex: vector.filter)
            let payload = [0] + Self.reversed(vector.block) + compactSize(filter.count) + filter
            let dissected = Dissected("cfilter", payload)
            #expect(dissected.outcome == .complete)
            let elements = try #require(dissected["bitcoin.cfilter.num_elements"].first.flatMap { Int($0) })
            // None of these filters has 253 elements, so the count is the first byte.
            #expect(elements == Int(filter[0]))
            #expect(elements == 0 || filter.count * 8 >= elements * 20)
            let hash = try #require(dissected["bitcoin.cfilter.filter_hash"].first)
            let chained = Dissected(
                "cfheaders",
                [0] + Self.reversed(vector.block) + Self.reversed(vector.before) + [1] + Self.reversed(hash))
            #expect(chained["bitcoin.cfheaders.header"] == [vector.header])
            #expect(dissected.annotations.isEmpty && chained.annotations.isEmpty)
        }
        // A chain: the header of one is what the next builds on.
        let hashes = vectors.map { DoubleSHA256.hash([UInt8](hex: $0.filter).span.bytes) }
        let payload =
            [0] + [UInt8](repeating: 1, count: 32) + Self.reversed(vectors[0].before) + [10]
            + hashes.flatMap { hash in hash.bytes.withUnsafeBytes { Array($0) } }
        let chain = Dissected("cfheaders", payload)["bitcoin.cfheaders.header"].map(Self.reversed)
        #expect(chain.count == 10)
        var last = Self.reversed(vectors[0].before)
        for (hash, header) in zip(hashes, chain) {
            let pair = hash.bytes.withUnsafeBytes { Array($0) } + last
            #expect(DoubleSHA256.hash(pair.span.bytes) == Hash256(header.span.bytes, at: 0))
            last = header
        }
    }

    @Test func `counts of elements`() {
        let head = [UInt8](repeating: 0, count: 33)
        #expect(Dissected("cfilter", head + [3, 0xfd, 0x2c, 0x01])["bitcoin.cfilter.num_elements"] == ["300"])
        #expect(Dissected("cfilter", head + [1, 0])["bitcoin.cfilter.num_elements"] == ["0"])
        // No count, half a count, and a filter of another type.
        for filter: [UInt8] in [[0], [2, 0xfd, 0x2c]] {
            let dissected = Dissected("cfilter", head + filter)
            #expect(dissected.outcome == .complete)
            #expect(dissected["bitcoin.cfilter.num_elements"].isEmpty)
            #expect(dissected["bitcoin.cfilter.filter_hash"].count == 1)
        }
        #expect(Dissected("cfilter", [1] + head.dropFirst() + [1, 9])["bitcoin.cfilter.num_elements"].isEmpty)
    }

    @Test func `checkpoints stand at each thousand`() {
        let hashes = [UInt8](repeating: 7, count: 32 * 3)
        let dissected = Dissected("cfcheckpt", [0] + [UInt8](repeating: 0, count: 32) + [3] + hashes)
        #expect(dissected["bitcoin.cfcheckpt.height"] == ["1000", "2000", "3000"])
    }

    @Test(
        arguments: [
            ("614e9b", 5, 12, "3.1250 % (1 in 32)"), ("ce4299", 5, 11, "2.0226 % (1 in 49)"),
            ("0f", 1, 4, "50.0000 % (1 in 2)"),
            ("ff", 7, 8, "100 %: everything matches"), ("ff7f", 1, 15, "93.7500 %"),
            ("00", 3, 0, "0 %: nothing matches"),
            ("", 11, 0, "100 %: everything matches"), ("00", 0, 0, "100 %: everything matches"),
            ("0100000000000000", 4, 1, "less than 0.0001 % (1 in 16777216)"), ("0100", 50, 1, "less than 0.0001 %"),
            ("0100", UInt32.max, 1, "less than 0.0001 %"),
        ] as [(String, UInt32, Int, String)])
    func `bloom filters`(_ filter: String, _ functions: UInt32, _ bits: Int, _ rate: String) {
        let bytes = [UInt8](hex: filter)
        let count = (0..<4).map { UInt8(truncatingIfNeeded: functions >> (8 * UInt32($0))) }
        let dissected = Dissected("filterload", [UInt8(bytes.count)] + bytes + count + [0, 0, 0, 0, 1])
        #expect(dissected.outcome == .complete)
        #expect(dissected["bitcoin.filterload.bits_set"] == ["\(bits)"])
        #expect(dissected["bitcoin.filterload.false_positives"] == [rate])
    }
}
