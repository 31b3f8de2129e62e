import Fields
import Layers
import Testing

@Suite struct TreeTests {
    private let layers = PacketLayers.standard

    private func nodes(_ bytes: [UInt8], _ linkType: Int32, original: Int? = nil) -> [Node] {
        var sink = TreeSink()
        _ = layers.dissect(
            bytes.span.bytes, originalLength: original ?? bytes.count, linkType: linkType, into: &sink)
        return Array(sink.tree.nodes)
    }

    /// Layers follow one another, and the fields of each fill it, but for those that share another's bytes.
    private func expectTiling(_ nodes: [Node], end: Int, sourceLocation: SourceLocation = #_sourceLocation) {
        var place = 0
        var index = 0
        while index < nodes.count {
            let layer = nodes[index]
            #expect(layer.depth == 0 && layer.field.declaration.kind == .layer, sourceLocation: sourceLocation)
            #expect(layer.range.lowerBound == place, sourceLocation: sourceLocation)
            for node in nodes[index + 1..<Int(layer.end)] {
                #expect(node.depth == 1, sourceLocation: sourceLocation)
                #expect(layer.range.contains(node.range.lowerBound) || node.length == 0, sourceLocation: sourceLocation)
                #expect(node.range.upperBound <= layer.range.upperBound, sourceLocation: sourceLocation)
                if node.flags.contains(.partOfParent) { continue }
                #expect(node.range.lowerBound == place, sourceLocation: sourceLocation)
                place = node.range.upperBound
            }
            #expect(layer.range.upperBound == place, sourceLocation: sourceLocation)
            index = Int(layer.end)
        }
        #expect(place == end, sourceLocation: sourceLocation)
    }

    @Test(arguments: Sample.all)
    func nodesTileTheHeaders(_ sample: Sample) {
        let nodes = nodes(sample.bytes, sample.linkType)
        expectTiling(nodes, end: sample.headers)
        #expect(nodes.allSatisfy { !$0.flags.contains(.truncated) })
        for count in 0..<sample.headers {
            let cut = self.nodes(Array(sample.bytes.prefix(count)), sample.linkType, original: sample.bytes.count)
            expectTiling(cut, end: count)
            #expect(cut.count { $0.flags.contains(.truncated) } == 1)
        }
    }

    @Test func values() throws {
        let ip = Build.ipv4(
            Build.tcp([1, 2, 3], flags: 0x111, options: [2, 4, 5, 0xb4]), options: [148, 4, 0, 0],
            checksum: 0x55aa)
        let bytes = Build.ethernet(Build.tag(ip), type: 0x8100)
        let nodes = nodes(bytes, 1)
        let expected: [(String, UInt64, Range<Int>)] = [
            ("eth.dst", 0, 0..<6), ("eth.src", 0, 6..<12), ("eth.type", 0x8100, 12..<14),
            ("vlan.priority", 5, 14..<16), ("vlan.dei", 1, 14..<16), ("vlan.id", 5, 14..<16),
            ("vlan.etype", 0x0800, 16..<18), ("ip.version", 4, 18..<19), ("ip.hdr_len", 24, 18..<19),
            ("ip.dsfield", 2, 19..<20), ("ip.dsfield.dscp", 0, 19..<20), ("ip.dsfield.ecn", 2, 19..<20),
            ("ip.len", 51, 20..<22), ("ip.id", 0x1234, 22..<24), ("ip.flags", 2, 24..<25), ("ip.flags.rb", 0, 24..<25),
            ("ip.flags.df", 1, 24..<25), ("ip.flags.mf", 0, 24..<25), ("ip.frag_offset", 0, 24..<26),
            ("ip.ttl", 64, 26..<27), ("ip.proto", 6, 27..<28), ("ip.checksum", 0x55aa, 28..<30),
            ("ip.src", 0xc000_0201, 30..<34), ("ip.dst", 0xc633_6407, 34..<38), ("ip.options", 0, 38..<42),
            ("tcp.srcport", 50_000, 42..<44), ("tcp.dstport", 8333, 44..<46), ("tcp.seq_raw", 0x0102_0304, 46..<50),
            ("tcp.ack_raw", 0xa0b0_c0d0, 50..<54), ("tcp.hdr_len", 24, 54..<55), ("tcp.flags", 0x111, 54..<56),
            ("tcp.flags.res", 0, 54..<55), ("tcp.flags.ae", 1, 54..<55), ("tcp.flags.cwr", 0, 55..<56),
            ("tcp.flags.ece", 0, 55..<56), ("tcp.flags.urg", 0, 55..<56), ("tcp.flags.ack", 1, 55..<56),
            ("tcp.flags.push", 0, 55..<56), ("tcp.flags.reset", 0, 55..<56), ("tcp.flags.syn", 0, 55..<56),
            ("tcp.flags.fin", 1, 55..<56), ("tcp.window_size_value", 64_240, 56..<58),
            ("tcp.checksum", 0xbeef, 58..<60), ("tcp.urgent_pointer", 0, 60..<62), ("tcp.options", 0, 62..<66),
        ]
        let found = nodes.filter { $0.depth == 1 }
        try #require(found.count == expected.count)
        for (node, (name, value, range)) in zip(found, expected) {
            #expect(node.field.declaration.name == name)
            #expect(node.value == value, "\(name)")
            #expect(node.range == range, "\(name)")
        }
        let names = nodes.filter { $0.depth == 0 }.map { $0.field.declaration.name }
        #expect(names == ["eth", "vlan", "ip", "tcp"])
    }

    @Test func valuesOfVersion6() throws {
        let piece = Build.fragment(next: 6, offset: 1480, more: true, id: 0xfeed_beef) + [UInt8](repeating: 0, count: 8)
        let nodes = nodes(Build.ipv6(piece, next: 44), 229)
        let expected: [(String, UInt64, Range<Int>)] = [
            ("ipv6.version", 6, 0..<1), ("ipv6.tclass", 2, 0..<4), ("ipv6.flow", 0x12345, 1..<4),
            ("ipv6.plen", 16, 4..<6), ("ipv6.nxt", 44, 6..<7), ("ipv6.hlim", 63, 7..<8), ("ipv6.src", 0, 8..<24),
            ("ipv6.dst", 0, 24..<40), ("ipv6.fraghdr.nxt", 6, 40..<41), ("ipv6.fraghdr.reserved_octet", 0, 41..<42),
            ("ipv6.fraghdr.offset", 1480, 42..<44), ("ipv6.fraghdr.reserved_bits", 0, 42..<44),
            ("ipv6.fraghdr.more", 1, 42..<44), ("ipv6.fraghdr.ident", 0xfeed_beef, 44..<48),
        ]
        let found = nodes.filter { $0.depth == 1 }
        try #require(found.count == expected.count)
        for (node, (name, value, range)) in zip(found, expected) {
            #expect(node.field.declaration.name == name)
            #expect(node.value == value, "\(name)")
            #expect(node.range == range, "\(name)")
        }
    }

    @Test func catalog() {
        _ = PacketParser()
        #expect(Catalog.conflicts.isEmpty)
        for field in Catalog.declarations {
            #expect(!field.label.isEmpty && !field.meaning.isEmpty)
            // Wireshark's names of what is in rare headers have other characters, too.
            #expect(field.name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) })
        }
        for name in ["ip.src", "ip.dst", "ipv6.src", "ipv6.dst", "tcp.srcport", "tcp.dstport"] {
            #expect(Catalog.field(named: name) != nil)
        }
    }
}
