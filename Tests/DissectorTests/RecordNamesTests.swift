import Dissector
import Fields
import Foundation
import Testing

@Suite struct RecordNamesTests {
    init() { Pipeline.declareFields() }

    @Test func aliasesStandForTheirMembers() {
        #expect(names("ip.addr") == ["ip.src", "ip.dst"])
        #expect(names("tcp.port") == ["tcp.srcport", "tcp.dstport"])
        #expect(names("bitcoin.headers.version") == ["bitcoin.headers.version", "bitcoin.getheaders.version"])
        #expect(names("bitcoin.inv.count64") == ["bitcoin.inv.count"])
        #expect(names("bitcoin.version.services64") == [] && names("tcp.port64") == [])
        #expect(
            names("bitcoin.string.value")
                == ["bitcoin.version.user_agent", "bitcoin.reject.message", "bitcoin.reject.reason"])
        #expect(
            names("bitcoin.string.count64") == names("bitcoin.string.value").map { $0 + ".length" }
                && names("bitcoin.string.count") == names("bitcoin.string.count64"))
        #expect(names("bitcoin.data.count64") == ["bitcoin.filterload.filter.length", "bitcoin.filteradd.data.length"])
        #expect(names("bitcoin.script_length.invalid") == ["bitcoin.message.ends_early"])
        #expect(names("_ws.col.Info") == ["_ws.col.info"])
        #expect(names("_ws.col.No.") == ["_ws.col.number"])
        // Of the packet that completed a message; records have nothing of other layers.
        #expect(names("ip.ttl") == ["ip.ttl"])
        #expect(names("tcp.options") == [] && names("udp.srcport") == [])
    }

    /// Every name that Wireshark has for a Bitcoin field means something here.
    @Test(.enabled(if: wiresharkFields != nil, "../shared/reference/wireshark-bitcoin-fields.tsv is missing"))
    func wiresharksNamesAreKnown() throws {
        let lines = try #require(Self.wiresharkFields).split(separator: "\n").dropFirst()
        #expect(lines.count == 156)
        let unknown = lines.map { String($0.prefix { $0 != "\t" }) }.filter { RecordNames.fields(named: $0).isEmpty }
        #expect(unknown == [])
    }

    private static var wiresharkFields: String? {
        let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let file = package.appendingPathComponent("../shared/reference/wireshark-bitcoin-fields.tsv")
        return try? String(contentsOf: file, encoding: .utf8)
    }

    private func names(_ name: String) -> [String] { RecordNames.fields(named: name).map(\.declaration.name) }
}
