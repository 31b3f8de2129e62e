import BitcoinP2P
import Fields
import Support
import Testing

/// Messages that were in Bitcoin Core once, beside `alert`.
@Suite struct RetiredTests {
    @Test func `reject of a transaction and of a version`() {
        let samples = Sample.of("reject")
        let dust = Dissected("reject", samples[0])
        let genesis = "4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b"
        let expected = [
            "bitcoin.reject",
            "  bitcoin.reject.message.length 2",
            "  bitcoin.reject.message tx",
            "  bitcoin.reject.ccode REJECT_NONSTANDARD",
            "  bitcoin.reject.reason.length 4",
            "  bitcoin.reject.reason dust",
            "  bitcoin.reject.data " + genesis,
        ]
        #expect(dust.listing == expected)
        #expect(dust.info == " tx REJECT_NONSTANDARD \"dust\" 4a5e…a33b")
        let version = Dissected("reject", samples[1])
        #expect(version.info == " version REJECT_OBSOLETE \"Version must be 31800 or greater\"")
        #expect(version.outcome == .complete)
        #expect(version.indexes("bitcoin.reject.data").isEmpty)
    }

    @Test(
        arguments: [
            (0x01, "REJECT_MALFORMED"), (0x10, "REJECT_INVALID"), (0x11, "REJECT_OBSOLETE"), (0x12, "REJECT_DUPLICATE"),
            (0x40, "REJECT_NONSTANDARD"), (0x41, "REJECT_DUST"), (0x42, "REJECT_INSUFFICIENTFEE"),
            (0x43, "REJECT_CHECKPOINT"), (0x4f, "0x4f"),
        ] as [(UInt8, String)])
    func `reject names its code`(_ code: UInt8, _ name: String) {
        let dissected = Dissected("reject", [2, 0x74, 0x78, code, 0])
        #expect(dissected.info == " tx \(name)")
    }

    @Test func `reject over its limits, with hostile text`() {
        let dissected = Dissected(
            "reject", [13] + Array(repeating: 0x1b, count: 13) + [1, 112] + Array(repeating: 7, count: 112))
        #expect(dissected.outcome == .complete)
        #expect(dissected.annotations("bitcoin.reject.message.length") == ["bitcoin.count.over_limit"])
        #expect(dissected.annotations("bitcoin.reject.reason.length") == ["bitcoin.count.over_limit"])
        #expect(!dissected.info.unicodeScalars.contains { $0.value < 0x20 })
        #expect(dissected.info.hasPrefix(" " + String(repeating: "\\x1b", count: 12) + " REJECT_MALFORMED \"\\x07"))
    }

    @Test(arguments: ["checkorder", "submitorder"])
    func `a wallet transaction`(_ command: String) {
        let dissected = Dissected(command, Sample.of(command)[0])
        #expect(dissected.outcome == .complete && dissected.annotations.isEmpty)
        let prefix = "bitcoin.\(command)"
        let byte = command == "checkorder" ? "21" : "22"
        #expect(dissected["\(prefix).hash_reply"] == [String(repeating: byte, count: 32)])
        #expect(dissected.info == " \(byte)\(byte)…\(byte)\(byte)")
        #expect(dissected["bitcoin.tx.out.value"] == ["5000000000", "5000000000"])
        #expect(dissected["\(prefix).hash_block"] == [String(repeating: "00", count: 32)])
        #expect(dissected["\(prefix).index"] == ["-1"])
        #expect(dissected["\(prefix).vtx_prev_length"] == ["1"])
        #expect(dissected["\(prefix).vtx_prev.index"] == ["1"])
        #expect(dissected["\(prefix).vtx_prev.merkle_branch"].map { $0.prefix(2) } == ["55", "66"])
        #expect(dissected["\(prefix).map_value.key"] == ["message", "to"])
        #expect(dissected["\(prefix).map_value.value"] == ["Thank you!", "192.0.2.7"])
        #expect(dissected["\(prefix).order_form.key"] == ["reconciliation"])
        #expect(dissected["\(prefix).time_received_is_tx_time"] == ["1"])
        #expect(dissected["\(prefix).time_received"] == ["1262304000"])
        #expect(dissected["\(prefix).from_me"] == ["true"])
        #expect(dissected["\(prefix).spent"] == ["false"])
    }

    @Test(arguments: ["checkorder", "submitorder"])
    func `a wallet transaction of another layout is shown as bytes, with a note`(_ command: String) {
        // As many earlier transactions as a count can say, and nothing of them.
        let whole = Sample.of(command)[0]
        for tail in [[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], [], [1, 2, 3]] as [[UInt8]] {
            let bytes = Array(whole[..<150]) + tail
            let dissected = Dissected(command, bytes)
            #expect(dissected.outcome == .complete)
            #expect(dissected["bitcoin.\(command).wtx"] == [Array(bytes[32...]).hex])
            #expect(dissected.annotations("bitcoin.\(command).wtx") == ["bitcoin.layout.unsettled"])
            #expect(Remark.common.layoutUnsettled.severity == .note)
        }
    }

    @Test func `reply`() {
        let samples = Sample.of("reply")
        let accepted = Dissected("reply", samples[0])
        #expect(accepted.info == " 2121…2121 OK")
        #expect(accepted["bitcoin.reply.script"] == ["76a914" + String(repeating: "44", count: 20) + "88ac"])
        let disabled = Dissected("reply", samples[1])
        #expect(disabled.info == " 2222…2222 DISABLED")
        #expect(disabled["bitcoin.reply.script"] == [""])
        let rejected = Dissected("reply", samples[2])
        #expect(rejected.info == " 2323…2323 REJECTED")
        #expect(rejected.indexes("bitcoin.reply.script").isEmpty)
        #expect(Dissected("reply", Array(samples[2][..<32]) + [9, 0, 0, 0]).info == " 2323…2323 status 9")
    }

    @Test func `the marketplace`() {
        let subscribe = Dissected("subscribe", Sample.of("subscribe")[0])
        #expect(subscribe.info == " channel 7")
        #expect(subscribe["bitcoin.subscribe.hops"] == ["0"])
        let cancel = Dissected("sub-cancel", Sample.of("sub-cancel")[0])
        #expect(cancel.listing == ["bitcoin.sub_cancel", "  bitcoin.sub_cancel.channel 7"])
        let publish = Dissected("publish", Sample.of("publish")[0])
        #expect(publish.info == " channel 7 5 bytes")
        #expect(publish["bitcoin.publish.hops"] == ["1"])
        #expect(publish["bitcoin.publish.object"] == ["0a0b0c0d0e"])
        #expect(publish.annotations("bitcoin.publish.object") == ["bitcoin.layout.unsettled"])
        let unpublish = Dissected("pub-cancel", Sample.of("pub-cancel")[0])
        #expect(unpublish.info == " channel 7 7777…7777")
        #expect(unpublish["bitcoin.pub_cancel.hops"] == ["2"])
        let review = Dissected("review", Sample.of("review")[0])
        #expect(review["bitcoin.review.object"] == ["0100000068656c6c6f"])
        #expect(review.annotations("bitcoin.review.object") == ["bitcoin.layout.unsettled"])
    }
}
