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
    private func read(_ name: String, keys: Bool = false, keysOf other: String? = nil) throws -> Findings {
        var options = PipelineOptions()
        if keys || other != nil {
            let path = "Tests/Faults/remarks/\(other ?? name).keys"
            let lines = try String(contentsOfFile: folder(path), encoding: .utf8)
            options.keys = try keyLog(lines)
        }
        return try dissect(packets("../Tests/Faults/remarks/\(name).pcap"), options)
    }

    /// Of all messages. Both sides of these captures have the same nonce, which is remarked, too.
    private func remarks(_ name: String) throws -> [String] {
        try read(name).all.flatMap(\.notes).filter { $0 != "bitcoin.version.own_nonce" }
    }

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
        #expect(try remarks("addrv2-torv2-length-0") == ["bitcoin.address_length.ignored"])
        #expect(!found.all.contains { $0.info.contains("malformed") })
    }

    @Test func delInATypeOfV2() throws {
        let found = try read("type-7f", keys: true)
        #expect(found.all.flatMap(\.notes).allSatisfy { $0 != "bitcoin.command.invalid" })
        #expect(found.all.contains { $0.info.contains("unknown command") && !$0.info.contains("invalid") })
        // Of v1 it is none.
        #expect(Command(name: "a")?.isValid == true)
        let del: [UInt8] = [0x61, 0x7f] + [UInt8](repeating: 0, count: 10)
        let command = Command(del.span.bytes, at: 0)
        #expect(command?.isValid == false && command?.isValidInV2 == true)
        let high: [UInt8] = [0x61, 0x80] + [UInt8](repeating: 0, count: 10)
        let other = Command(high.span.bytes, at: 0)
        #expect(other?.isValidInV2 == false)
    }

    @Test func tooMuchGarbage() throws {
        let found = try read("garbage-4096", keys: true)
        #expect(found.all.flatMap(\.notes).contains("bitcoin.v2.garbage.over_limit"))
        #expect(found.all.contains { $0.info.contains("more than 4095 bytes of garbage, at least 4096") })
        #expect(!found.all.contains { $0.info.contains("does not open this connection") })
        #expect(found.counts.wrongSecrets == 0 && found.counts.decryptedStreams == 1)
    }

    /// How connections of v2 end of which nothing can be opened.
    @Test func endsOfV2() throws {
        func notes(_ found: Findings) -> [String] { found.all.flatMap(\.notes).filter { $0.hasPrefix("bitcoin.v2.") } }
        // Closed after the terminator, before the version packet is whole; and with one side captured alone.
        #expect(notes(try read("v2-closed-after-terminator", keysOf: "v2-ends")) == [])
        #expect(notes(try read("v2-one-side", keysOf: "v2-ends")) == [])
        // The attempt at a peer of v1 has no secret that anybody could give.
        let unanswered = try read("v2-unanswered")
        #expect(notes(unanswered) == ["bitcoin.v2.unanswered"])
        #expect(unanswered.all.contains { $0.info.contains("closed unanswered, as by a peer that speaks only v1") })
        #expect(unanswered.counts.streamsWithoutKey == 0 && unanswered.counts.encryptedStreams == 1)
    }
}
