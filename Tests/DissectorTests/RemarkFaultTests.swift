import BitcoinP2P
import Dissector
import Fields
import Foundation
import Output
import Records
import Support
import Testing

/// The captures of `Tests/Faults/remarks`: what receivers do with the last message of each.
@Suite struct RemarkFaultTests {
    private func read(_ name: String, keys: Bool = false) throws -> Findings {
        var options = PipelineOptions()
        if keys {
            let lines = try String(contentsOfFile: folder("Tests/Faults/remarks/\(name).keys"), encoding: .utf8)
            options.keys = try keyLog(lines)
        }
        return try dissect(packets("../Tests/Faults/remarks/\(name).pcap"), options)
    }

    private func remarks(_ name: String) throws -> [String] { try read(name).all.flatMap(\.notes) }

    @Test func aPrefilledIndexOutOfRange() throws {
        #expect(try remarks("cmpctblock-index-too-high") == ["bitcoin.cmpctblock.index.out_of_range"])
    }

    @Test func aPingWithoutNonce() throws {
        #expect(try remarks("ping-empty-after-70016") == ["bitcoin.ping.without_nonce"])
    }

    @Test func reconciliationVersion0() throws {
        #expect(try remarks("sendtxrcncl-version-0") == ["bitcoin.sendtxrcncl.version.too_low"])
    }

    /// Receivers skip the entry.
    @Test func torV2OfNoLength() throws {
        let found = try read("addrv2-torv2-length-0")
        #expect(found.all.flatMap(\.notes) == ["bitcoin.address_length.ignored"])
        #expect(!found.all.contains { $0.info.contains("malformed") })
    }

    @Test func delInATypeOfV2() throws {
        let found = try read("type-7f", keys: true)
        #expect(found.all.flatMap(\.notes).allSatisfy { $0 != "bitcoin.command.invalid" })
        #expect(found.all.contains { $0.info.contains("unknown command") && !$0.info.contains("invalid") })
        // Of v1 it is none.
        #expect(Command(name: "a")?.isValid == true)
        let del: [UInt8] = [0x61, 0x7f] + [UInt8](repeating: 0, count: 10)
        let name = Command(del.span.bytes, at: 0)
        let command = try #require(name)
        #expect(!command.isValid && command.isValidInV2)
        let high: [UInt8] = [0x61, 0x80] + [UInt8](repeating: 0, count: 10)
        #expect(Command(high.span.bytes, at: 0)?.isValidInV2 == false)
    }

    @Test func tooMuchGarbage() throws {
        let found = try read("garbage-4096", keys: true)
        #expect(found.all.flatMap(\.notes).contains("bitcoin.v2.garbage.over_limit"))
        #expect(found.all.contains { $0.info.contains("more than 4095 bytes of garbage, at least 4096") })
        #expect(!found.all.contains { $0.info.contains("does not open this connection") })
        #expect(found.counts.wrongSecrets == 0 && found.counts.decryptedStreams == 1)
    }
}
