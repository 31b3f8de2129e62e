import BitcoinP2P
import Fields
import Support
import Testing

/// Messages of a few numbers, and those without any.
@Suite struct SmallMessageTests {
    @Test(arguments: [
        "verack", "wtxidrelay", "sendaddrv2", "getaddr", "mempool", "filterclear", "sendheaders",
        "disabletx", "reqsketchext", "sendtemplate", "gettemplate",
    ])
    func `messages without payload`(_ command: String) {
        let dissected = Dissected(command, [])
        #expect(dissected.outcome == .complete)
        #expect(dissected.listing == ["bitcoin.\(command)"])
        #expect(dissected.info.isEmpty)
    }

    @Test func `ping and pong`() {
        let bytes = [UInt8](hex: "bebafecaefbeadde")
        for command in ["ping", "pong"] {
            let dissected = Dissected(command, bytes)
            #expect(dissected.info == " deadbeefcafebabe")
            #expect(dissected.listing == ["bitcoin.\(command)", "  bitcoin.\(command).nonce 0xdeadbeefcafebabe"])
        }
        #expect(Dissected("ping", []).outcome == .complete)
        #expect(Dissected("ping", [1]).outcome == .truncated)
        #expect(Dissected("pong", []).outcome == .truncated)
    }

    @Test func `sendcmpct`() {
        let samples = Sample.of("sendcmpct")
        let low = Dissected("sendcmpct", samples[0])
        #expect(low.info == " version 2 low-bandwidth")
        #expect(low["bitcoin.sendcmpct.announce"] == ["false"])
        #expect(low["bitcoin.sendcmpct.version"] == ["2"])
        let high = Dissected("sendcmpct", samples[1])
        #expect(high.info == " version 1 high-bandwidth")
        #expect(high["bitcoin.sendcmpct.announce"] == ["true"])
        #expect(high["bitcoin.sendcmpct.version"] == ["1"])
    }

    @Test func `feefilter`() {
        let dissected = Dissected("feefilter", Sample.of("feefilter")[0])
        #expect(dissected.info == " 1000 sat/kvB")
        #expect(dissected["bitcoin.feefilter.value"] == ["1000"])
        #expect(Dissected("feefilter", Array(repeating: 0xff, count: 8)).info == " -1 sat/kvB")
        // From nothing to all the money there will be.
        for (rate, isIgnored) in [
            (-1, true), (0, false), (2_100_000_000_000_000, false), (2_100_000_000_000_001, true),
        ]
            as [(Int64, Bool)]
        {
            let bytes = littleEndian(rate)
            let annotations = Dissected("feefilter", bytes).annotations("bitcoin.feefilter.value")
            #expect(annotations == (isIgnored ? ["bitcoin.fee_rate.out_of_range"] : []), "\(rate)")
        }
    }

    @Test func `sendtxrcncl`() {
        let dissected = Dissected("sendtxrcncl", Sample.of("sendtxrcncl")[0])
        #expect(dissected.info == " version 1 salt aabbccddeeff0011")
        #expect(dissected["bitcoin.sendtxrcncl.version"] == ["1"])
        #expect(dissected["bitcoin.sendtxrcncl.salt"] == ["0xaabbccddeeff0011"])
    }
}
