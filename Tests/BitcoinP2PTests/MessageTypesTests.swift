import BitcoinP2P
import Fields
import Support
import Testing

@Suite struct MessageTypesTests {
    @Test func `every type can be listed`() {
        var seen: Set<String> = []
        for type in MessageTypes.standard.types {
            #expect(seen.insert(type.name).inserted, "\(type.name)")
            #expect(!type.source.isEmpty && !type.meaning.isEmpty)
            #expect(type.message.declaration.kind == .group)
            #expect(type.since.map { $0 > 106 && $0 <= 70017 } ?? true)
            #expect(type.isPrefix || MessageTypes.standard[type.command]?.name == type.name)
        }
        #expect(MessageType.named("reject")?.since == 70002)
        #expect(MessageType.named("alert")?.since == 311)
        #expect(MessageType.named("version")?.since == nil)
    }

    @Test func `an underscore and a name is a service (BIP 36)`() throws {
        for command in ["_MySampleSvc", "_a", "_verack"] {
            #expect(MessageType.named(command)?.message.declaration.name == "bitcoin.service", "\(command)")
        }
        for command in ["_", "a_b", "MySampleSvc", "_\u{1}x", "_a\0b"] {
            #expect(MessageType.named(command) == nil, "\(command)")
        }
        let sample = Dissected("_MySampleSvc", Sample.of("_MySampleSvc")[0])
        #expect(sample.info == " search 8 bytes")
        #expect(sample.onWire("bitcoin.service.subpayload") == 12)
        #expect(sample["bitcoin.service.subpayload"] == ["123456789abcdef0"])
        let hostile = Dissected("_x", [UInt8](hex: "1b5b324a00000000000000ff"))
        #expect(hostile.info == " \\x1b[2J" + String(repeating: "\\x00", count: 7) + "\\xff 0 bytes")
    }

    @Test func `other implementations' messages are opaque`() throws {
        for type in MessageTypes.standard.types where type.standing == .foreign {
            for bytes in [[], [0xff], Array(repeating: 0xfd, count: 40)] as [[UInt8]] {
                let dissected = Dissected(type, bytes)
                #expect(dissected.outcome == .complete)
                #expect(dissected["bitcoin.foreign.data"] == (bytes.isEmpty ? [] : [bytes.hex]))
            }
        }
    }
}
