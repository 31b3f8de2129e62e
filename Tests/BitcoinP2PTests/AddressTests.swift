import BitcoinP2P
import Fields
import Foundation
import Support
import Testing

/// `addr` and `addrv2`, and addresses as text.
@Suite struct AddressTests {
    /// protocol.md section 13.2.
    @Test func `addr with one entry`() {
        let dissected = Dissected(
            "addr", Array(hex: "01e215104d010000000000000000000000000000000000ffff0a000001208d"))
        #expect(dissected.info == " 10.0.0.1:8333")
        #expect(
            dissected.listing == [
                "bitcoin.addr",
                "  bitcoin.addr.count 1",
                "  bitcoin.addr.address [0] «10.0.0.1:8333»",
                "    bitcoin.addr.timestamp 1292899810",
                "    bitcoin.address.services 0x0000000000000001",
                "      bitcoin.services.network true",
                "    bitcoin.address.address ::ffff:10.0.0.1",
                "    bitcoin.address.text 10.0.0.1 (generated)",
                "    bitcoin.address.port 8333",
            ])
    }

    @Test func `addr before version 31402 has no times`() {
        let entry = [UInt8](hex: "010000000000000000000000000000000000ffff0a000001208d")
        let dissected = Dissected("addr", [2] + entry + entry)
        #expect(dissected.outcome == .complete)
        #expect(dissected.info == " 2 addresses")
        #expect(dissected["bitcoin.addr.timestamp"].isEmpty)
        #expect(dissected.headings("bitcoin.addr.address") == ["10.0.0.1:8333", "10.0.0.1:8333"])
        #expect(Dissected("addr", [1] + entry).info == " 10.0.0.1:8333")
    }

    @Test func `addresses that stand for other networks`() {
        let forms = [
            ("fd87d87eeb43f1f2f3f4f5f6f7f8f9fa", "6hzph5hv6337r6p2.onion", "6hzph5hv6337r6p2.onion:8333"),
            ("fd6b88c08724248a57d633dd9e4060d8", "esffpvrt3wpeaygy.internal", "esffpvrt3wpeaygy.internal:8333"),
            ("00000000000000000000000000000000", "::", "[::]:8333"),
            ("20010db8000000000001000000000001", "2001:db8::1:0:0:1", "[2001:db8::1:0:0:1]:8333"),
        ]
        for (hex, text, heading) in forms {
            let bytes = [UInt8](hex: "01" + "e215104d" + "0100000000000000" + hex + "208d")
            let dissected = Dissected("addr", bytes)
            #expect(dissected["bitcoin.address.text"] == [text])
            #expect(dissected.headings("bitcoin.addr.address") == [heading])
            #expect(dissected.info == " " + heading)
        }
    }

    @Test func `addrv2`() {
        let dissected = Dissected("addrv2", Sample.of("addrv2")[0])
        #expect(dissected.info == " 5 addresses")
        #expect(dissected["bitcoin.addrv2.count"] == ["5"])
        #expect(dissected["bitcoin.addrv2.timestamp"] == Array(repeating: "100000000", count: 5))
        let services = ["c09", "001", "009", "009", "009"].map { "0x0000000000000" + $0 }
        #expect(dissected["bitcoin.addrv2.services"] == services)
        #expect(dissected["bitcoin.addrv2.network"] == ["IPV4", "IPV6", "TORV3", "I2P", "CJDNS"])
        #expect(dissected["bitcoin.addrv2.address.length"] == ["4", "16", "32", "32", "16"])
        #expect(dissected["bitcoin.addrv2.address.ipv4"] == ["192.0.2.1"])
        #expect(dissected["bitcoin.addrv2.address.ipv6"] == ["2001:db8::1"])
        #expect(
            dissected["bitcoin.addrv2.address.other"] == [
                "79bcc625184b05194975c28b66b66b0469f7f6556fb1ac3189a79b40dda32f1f",
                "a2894dabaec08c0051a481a6dac88b64f98232ae42d4b6fd2fa81952dfe36a87", "fc000001000200030004000500060007",
            ])
        let texts = [
            "192.0.2.1", "2001:db8::1", "pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd.onion",
            "ukeu3k5oycgaauneqgtnvselmt4yemvoilkln7jpvamvfx7dnkdq.b32.i2p", "fc00:1:2:3:4:5:6:7",
        ]
        #expect(dissected["bitcoin.addrv2.address"] == texts)
        #expect(dissected["bitcoin.addrv2.port"] == ["8333", "8333", "8333", "0", "8333"])
        #expect(
            dissected.headings("bitcoin.addrv2.item") == [
                "192.0.2.1:8333", "[2001:db8::1]:8333", texts[2] + ":8333", texts[3] + ":0",
                "[fc00:1:2:3:4:5:6:7]:8333",
            ])
        // The services of the first entry take three bytes, and so do their bits.
        let bit = dissected.nodes[dissected.indexes("bitcoin.services.p2pv2")[0]]
        #expect(bit.range == 5..<8)
    }

    private static func entry(_ network: UInt8, _ address: String) -> Dissected {
        let bytes = [UInt8](hex: address)
        let length =
            bytes.count < 0xfd ? [UInt8(bytes.count)] : [0xfd, UInt8(bytes.count & 0xff), UInt8(bytes.count >> 8)]
        return Dissected("addrv2", [1, 0, 0, 0, 0, 1, network] + length + bytes + [0x20, 0x8d])
    }

    @Test func `networks that are retired, unknown, or have rules of their own`() {
        let torV2 = Self.entry(3, "f1f2f3f4f5f6f7f8f9fa")
        #expect(torV2.info == " 6hzph5hv6337r6p2.onion:8333")
        #expect(torV2.annotations("bitcoin.addrv2.address.other") == ["bitcoin.address.ignored"])
        let yggdrasil = Self.entry(7, "0200000000000000000000000000abcd")
        #expect(yggdrasil.info == " [200::abcd]:8333")
        #expect(yggdrasil.annotations.isEmpty)
        let unknown = Self.entry(0xaa, "01020304050607")
        #expect(unknown["bitcoin.addrv2.address"] == ["01020304050607"])
        #expect(unknown.annotations.isEmpty)
        let noCJDNS = Self.entry(6, "aa000001000200030004000500060007")
        #expect(noCJDNS.annotations("bitcoin.addrv2.address.other") == ["bitcoin.address.ignored"])
        for address in ["fd87d87eeb430102030405060708090a", "00000000000000000000ffff01020304"] {
            #expect(Self.entry(2, address).annotations("bitcoin.addrv2.address.ipv6") == ["bitcoin.address.ignored"])
        }
        #expect(Self.entry(2, "00000000000000000000ffff01020304").info == " [::ffff:1.2.3.4]:8333")
    }

    @Test func `wrong lengths are flagged with the right one`() {
        for (network, right) in [1: 4, 2: 16, 3: 10, 4: 32, 5: 32, 6: 16, 7: 16] as [UInt8: UInt64] {
            let dissected = Self.entry(network, "010203")
            #expect(dissected.outcome == .complete)
            // Receivers skip what is of TORv2 and of Yggdrasil, as Core does.
            let remark = [3, 7].contains(network) ? "bitcoin.address_length.ignored" : "bitcoin.address_length.invalid"
            #expect(dissected.annotations.map(\.remark.name) == [remark])
            #expect(dissected.annotations.map(\.value) == [right])
            #expect(dissected["bitcoin.addrv2.address.other"] == ["010203"])
            #expect(dissected.info == " 010203:8333")
        }
        #expect(Self.entry(4, "")["bitcoin.addrv2.address"] == [""])
        let long = Self.entry(0xaa, String(repeating: "ab", count: 513))
        #expect(long.annotations("bitcoin.addrv2.address.length") == ["bitcoin.count.over_limit"])
        #expect(long.info == " \(String(repeating: "ab", count: 32))…:8333")
    }

    @Test(.enabled(if: Files.hasVectors, "needs the shared reference files"))
    func `addresses of BIP 155`() throws {
        struct Form: Decodable {
            let networkID: UInt8
            let addr: String
            let text: String
        }
        struct Vectors: Decodable {
            let addr: String
            let addrv2: String
            let forms: [Form]
        }
        let vectors = try JSONDecoder().decode(Vectors.self, from: Files.vector("bip155.json"))
        #expect(vectors.forms.count == 7)
        for form in vectors.forms {
            #expect(Self.entry(form.networkID, form.addr)["bitcoin.addrv2.address"] == [form.text])
        }
        let old = Dissected("addr", Array(hex: vectors.addr))
        let new = Dissected("addrv2", Array(hex: vectors.addrv2))
        #expect(old["bitcoin.address.text"] == ["::1", "::1", "::1"])
        #expect(old["bitcoin.address.text"] == new["bitcoin.addrv2.address"])
        #expect(old["bitcoin.address.port"] == new["bitcoin.addrv2.port"])
        #expect(old["bitcoin.address.services"] == new["bitcoin.addrv2.services"])
        #expect(old["bitcoin.addr.timestamp"] == new["bitcoin.addrv2.timestamp"])
    }

    /// RFC 5952 section 4, and its section 5 for mapped addresses.
    @Test func `IPv6 addresses as text`() {
        let forms = [
            "00000000000000000000000000000000": "::", "00000000000000000000000000000001": "::1",
            "20010db8000000000000000000020001": "2001:db8::2:1",
            "20010db8000000010001000100010001": "2001:db8:0:1:1:1:1:1",
            "20010db8000000000001000000000001": "2001:db8::1:0:0:1",
            "20010000000000010000000000000001": "2001:0:0:1::1",
            "00010000000000000000000000000000": "1::", "0000000000000000000000000000abcd": "::abcd",
            "00000000000000000000ffffc0000201": "::ffff:192.0.2.1",
            "0000000000000000ffff0000c0000201": "::ffff:0:c000:201",
            "00000000000000000001ffffc0000201": "::1:ffff:c000:201",
            "00010002000300040005000600070008": "1:2:3:4:5:6:7:8",
            "00000001000200030004000500060000": "0:1:2:3:4:5:6:0",
            "ffffffffffffffffffffffffffffffff":
                "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "0abc00de000f10000000000000000000": "abc:de:f:1000::",
        ]
        for (hex, expected) in forms {
            var text = TextBuffer()
            text.append(ipv6: [UInt8](hex: hex).span.bytes)
            #expect(text.string == expected)
        }
        var text = TextBuffer()
        text.append(ipv6: [UInt8](repeating: 0, count: 15).span.bytes)
        text.append(ipv4: [UInt8](repeating: 0, count: 3).span.bytes)
        #expect(text.isEmpty)
    }
}
