import BitcoinP2P
import Fields
import Foundation
import Support
import Testing

@Suite struct VersionTests {
    @Test func `a version of today`() {
        let dissected = Dissected("version", Sample.of("version")[0])
        #expect(dissected.info == " 70016 /Satoshi:28.1.0/ height 880000")
        #expect(
            dissected.listing == [
                "bitcoin.version",
                "  bitcoin.version.version 70016",
                "    bitcoin.version.features getheaders, pong, mempool, bloom filters, sendheaders, feefilter, compact blocks, "
                    + "wtxid relay and addrv2 (generated)",
                "  bitcoin.version.services 0x0000000000000c09",
                "    bitcoin.services.network true",
                "    bitcoin.services.witness true",
                "    bitcoin.services.networklimited true",
                "    bitcoin.services.p2pv2 true",
                "  bitcoin.version.serves full node: all blocks, witnesses, v2 transport (generated)",
                "  bitcoin.version.timestamp 1735689600",
                "  bitcoin.version.addr_you «192.0.2.1:8333»",
                "    bitcoin.address.services 0x0000000000000000",
                "    bitcoin.address.address ::ffff:192.0.2.1",
                "    bitcoin.address.text 192.0.2.1 (generated)",
                "    bitcoin.address.port 8333",
                "  bitcoin.version.addr_me «0.0.0.0:0»",
                "    bitcoin.address.services 0x0000000000000c09",
                "      bitcoin.services.network true",
                "      bitcoin.services.witness true",
                "      bitcoin.services.networklimited true",
                "      bitcoin.services.p2pv2 true",
                "    bitcoin.address.address ::ffff:0.0.0.0",
                "    bitcoin.address.text 0.0.0.0 (generated)",
                "    bitcoin.address.port 0",
                "  bitcoin.version.nonce 0x1122334455667788",
                "  bitcoin.version.user_agent.length 16",
                "  bitcoin.version.user_agent /Satoshi:28.1.0/",
                "  bitcoin.version.start_height 880000",
                "  bitcoin.version.relay true",
            ])
        #expect(dissected.annotations.isEmpty)
    }

    struct Recorded: Decodable, Sendable {
        struct Address: Decodable, Sendable {
            let services: UInt64
            let address: String
            let port: Int
        }
        struct Fields: Decodable, Sendable {
            let version: Int
            let services: UInt64
            let services_named: [String]
            let timestamp: Int
            let addr_recv: Address
            let addr_from: Address
            let nonce: UInt64
            let user_agent: String
            let start_height: Int
            let relay: Bool
        }
        let hex: String
        let fields: Fields
    }
    private struct Recording: Decodable {
        let packet: Recorded
        let payloads: [Recorded]
    }

    private static func hexadecimal(_ value: UInt64) -> String {
        "0x" + String(repeating: "0", count: value.leadingZeroBitCount / 4)
            + (value == 0 ? "" : String(value, radix: 16))
    }

    @Test func `versions recorded from the network`() throws {
        let recording = try JSONDecoder().decode(Recording.self, from: Files.sample("version-payloads.json"))
        #expect(recording.payloads.count == 7)
        let packet = Recorded(hex: String(recording.packet.hex.dropFirst(48)), fields: recording.packet.fields)
        for recorded in recording.payloads + [packet] {
            let fields = recorded.fields
            let dissected = Dissected("version", Array(hex: recorded.hex))
            #expect(dissected.outcome == .complete)
            #expect(dissected.annotations.isEmpty)
            #expect(dissected["bitcoin.version.version"] == ["\(fields.version)"])
            #expect(dissected["bitcoin.version.services"] == [Self.hexadecimal(fields.services)])
            #expect(dissected["bitcoin.version.timestamp"] == ["\(fields.timestamp)"])
            let addresses = [fields.addr_recv, fields.addr_from]
            #expect(dissected["bitcoin.address.services"] == addresses.map { Self.hexadecimal($0.services) })
            #expect(dissected["bitcoin.address.text"] == addresses.map(\.address))
            #expect(dissected["bitcoin.address.port"] == addresses.map { "\($0.port)" })
            #expect(dissected["bitcoin.version.nonce"] == [Self.hexadecimal(fields.nonce)])
            #expect(dissected["bitcoin.version.user_agent"] == [fields.user_agent])
            #expect(dissected["bitcoin.version.start_height"] == ["\(fields.start_height)"])
            #expect(dissected["bitcoin.version.relay"] == ["\(fields.relay)"])
            let services = try #require(dissected.indexes("bitcoin.version.services").first)
            let bits = dissected.nodes[services + 1..<Int(dissected.nodes[services].end)]
            #expect(bits.allSatisfy { $0.flags.contains(.partOfParent) && $0.depth == 2 })
            let names = bits.filter { $0.value == 1 }.map { $0.field.declaration.label }
            #expect(names == fields.services_named)
        }
    }

    /// The notebook that teaches this message first wrote its time in four bytes, and one before each address, as `addr` has
    /// it: no node understood that.
    @Test func `versions are built of their fields as the network sends them`() throws {
        let recording = try JSONDecoder().decode(Recording.self, from: Files.sample("version-payloads.json"))
        let type = try #require(MessageType.named("version"))
        for recorded in recording.payloads {
            let fields = recorded.fields
            var values = BuildValues()
            values.add(.written("version.version"), number: UInt64(fields.version))
            values.add(.written("version.services"), number: fields.services)
            values.add(.written("timestamp"), number: UInt64(fields.timestamp))
            for (name, end) in [("addr_you", fields.addr_recv), ("addr_me", fields.addr_from)] {
                values.group(.written(name)) { address in
                    address.add(.written("services"), number: end.services)
                    address.add(.written("address.address"), text: end.address.utf8)
                    address.add(.written("port"), number: UInt64(end.port))
                }
            }
            values.add(.written("nonce"), number: fields.nonce)
            values.add(.written("user_agent"), bytes: fields.user_agent.utf8)
            values.add(.written("start_height"), number: UInt64(fields.start_height))
            values.add(.written("relay"), number: fields.relay ? 1 : 0)
            let built = try MessageBuilder(network: .mainnet).build(type, values)
            let right = Array(hex: recorded.hex)
            let time = Array(right[12..<16])
            var wrong = Array(right[..<12])
            wrong += time
            for part in [20..<46, 46..<72] { wrong += time + right[part] }
            wrong += right[72...]
            #expect(Array(built.payload) == right)
            #expect(Array(built.payload) != wrong)
            // Which is not what its fields say, either.
            #expect(Dissected("version", wrong)["bitcoin.version.timestamp"] != ["\(fields.timestamp)"])
        }
    }

    /// protocol.md section 13.2: no relay byte, which means true.
    @Test func `an absent relay flag is true`() {
        let dissected = Dissected(
            "version",
            Array(
                hex: """
                    62ea0000010000000000000011b2d05000000000010000000000000000000000000000000000ffff00000000000000000000000000\
                    0000000000000000000000ffff0000000000003b2eb35d8ce617650f2f5361746f7368693a302e372e322fc03e0300
                    """))
        #expect(dissected.bytes.count == 100)
        #expect(dissected.info == " 60002 /Satoshi:0.7.2/ height 212672")
        #expect(dissected.listing.last == "  bitcoin.version.relay.default true (generated)")
        #expect(dissected["bitcoin.version.timestamp"] == ["1355854353"])
        #expect(dissected["bitcoin.version.nonce"] == ["0x6517e68c5db32e3b"])
        #expect(dissected.annotations.isEmpty)
    }

    /// protocol.md section 13.2, the payload behind a header of 20 bytes.
    @Test func `a version of 2010`() {
        let dissected = Dissected("version", Array(hex: Self.of2010))
        #expect(dissected.info == " 31900 height 98645")
        #expect(dissected.headings("bitcoin.version.addr_you") == ["10.0.0.1:8333"])
        #expect(dissected.headings("bitcoin.version.addr_me") == ["10.0.0.2:8333"])
        #expect(dissected["bitcoin.version.user_agent"] == [""])
        #expect(dissected.annotations.isEmpty)
    }

    private static let of2010 = """
        9c7c00000100000000000000e615104d00000000010000000000000000000000000000000000ffff0a000001208d01000000000000000000\
        0000000000000000ffff0a000002208ddd9d202c3ab457130055810100
        """

    @Test func `fields follow the bytes, and disagreement with the number is noted`() {
        let whole = [UInt8](hex: Self.of2010)
        // 105 had no addr_from: here the number is put back, the bytes stay.
        let old = Dissected("version", [105, 0, 0, 0] + whole[4...])
        #expect(old.annotations("bitcoin.version.addr_me") == ["bitcoin.version.fields_disagree"])
        #expect(old.annotations("bitcoin.version.start_height") == ["bitcoin.version.fields_disagree"])
        #expect(old.disagreements.allSatisfy { $0.value == 105 })
        #expect(old.annotations("bitcoin.version.version") == ["bitcoin.version.obsolete"])
        let negative = Dissected("version", [255, 255, 255, 255] + whole[4...])
        #expect(negative.disagreements.allSatisfy { $0.remark.text($0.value).hasSuffix("protocol version -1") })
        #expect(!negative.disagreements.isEmpty)
        // The other way round: the bytes of 105 under the number 31900.
        let short = Dissected("version", Array(whole[..<46]))
        #expect(short.outcome == .complete)
        #expect(short.annotations.map(\.remark.name) == ["bitcoin.version.fields_disagree"])
        #expect(short["bitcoin.version.nonce"].isEmpty)
        let right = Dissected("version", [105, 0, 0, 0] + whole[4..<46])
        #expect(right.disagreements.isEmpty)
        #expect(right.info == " 105")
        // 106 to 208 had no height.
        #expect(Dissected("version", [208, 0, 0, 0] + whole[4..<81]).disagreements.isEmpty)
        #expect(Dissected("version", [209, 0, 0, 0] + whole[4..<81]).disagreements.count == 1)
        // The relay flag came with 70001.
        #expect(
            Dissected("version", whole + [0]).annotations("bitcoin.version.relay") == [
                "bitcoin.version.fields_disagree"
            ])
    }

    @Test func `signed numbers, unknown bits, hostile names`() {
        var bytes = Sample.of("version")[0]
        bytes.replaceSubrange(0..<4, with: [0xff, 0xff, 0xff, 0xff])
        bytes.replaceSubrange(4..<12, with: [0x09, 0x02, 0, 0, 0, 0, 0, 0x80])
        bytes[81] = 0x1b
        bytes.replaceSubrange(97..<101, with: [0xff, 0xff, 0xff, 0xff])
        bytes[101] = 0
        let dissected = Dissected("version", bytes)
        #expect(dissected["bitcoin.version.version"] == ["-1"])
        #expect(dissected["bitcoin.services.unknown"] == ["0x8000000000000200"])
        #expect(dissected.info == " -1 \\x1bSatoshi:28.1.0/ height -1, no relay")
        #expect(dissected.tilingProblem() == nil)
        // 0xfd: a length of three bytes, over the limit.
        let long = Sample.of("version")[0][..<80] + [0xfd, 0x01, 0x01] + [UInt8](repeating: 0x61, count: 257)
        let named = Dissected("version", Array(long))
        #expect(named.annotations("bitcoin.version.user_agent.length") == ["bitcoin.count.over_limit"])
        #expect(named.info == " 70016 " + String(repeating: "a", count: 256))
    }
}

extension Dissected {
    /// Fields that the version number does not have, or lacks.
    fileprivate var disagreements: [Annotation] {
        annotations.filter { $0.remark.name == "bitcoin.version.fields_disagree" }
    }
}
