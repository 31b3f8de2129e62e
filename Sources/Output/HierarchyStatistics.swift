import BitcoinP2P
import Fields
import Records

/// `-z io,phs`: messages and bytes of each protocol under the one that carries it, and of each command under Bitcoin.
public final class HierarchyStatistics: RecordSink {
    private struct Level {
        let name: [UInt8]
        var messages: UInt64 = 0
        var bytes: UInt64 = 0
        /// Where those under it stand, in the order in which they came.
        var under: [Int] = []
    }

    private let output: ByteOutput
    private let format: Statistic.Format
    private let protocols = ProtocolPath.declared()
    private let registry = MessageTypes.standard
    /// The first is above all.
    private var levels = [Level(name: [])]

    public init(_ output: ByteOutput, _ format: Statistic.Format = .table) {
        self.output = output
        self.format = format
    }

    public var wants: Wants { Wants(.header, fields: [protocols]) }
    public func begin() {}

    public func write(_ record: borrowing Record, _ span: RawSpan) {
        guard record.isNumbered else { return }
        let size = UInt64(clamping: record.length)
        var place = 0
        add(to: place, size)
        let path = path(record.tree, span)
        // EtherTypes are no protocol of their own here, as in Wireshark's hierarchy.
        for name in path.split(separator: 0x3a) where !name.elementsEqual("ethertype".utf8) {
            place = level(Array(name), under: place)
            add(to: place, size)
        }
        place = level(name(of: record.command), under: place)
        add(to: place, size)
    }

    private func path(_ tree: borrowing Tree, _ span: RawSpan) -> [UInt8] {
        for index in tree.nodes.indices where tree.nodes[index].field == protocols {
            return tree.bytes(of: tree.nodes[index], in: span).withUnsafeBytes { Array($0) }
        }
        // A message that came without packets, or bytes of which none completes a message.
        return Array("bitcoin".utf8)
    }

    /// Peers may send any command: those that are not known are one.
    private func name(of command: Command?) -> [UInt8] {
        guard let command else { return Array("no message".utf8) }
        guard let type = registry[command] else { return Array("unknown command".utf8) }
        return Array("\(type.name)".utf8)
    }

    private func add(to place: Int, _ size: UInt64) {
        levels[place].messages &+= 1
        levels[place].bytes &+= size
    }

    private func level(_ name: [UInt8], under place: Int) -> Int {
        if let found = levels[place].under.first(where: { levels[$0].name == name }) { return found }
        levels.append(Level(name: name))
        levels[place].under.append(levels.count - 1)
        return levels.count - 1
    }

    public func end() {
        var rows: [Row] = []
        for place in levels[0].under { append(place, [], &rows) }
        switch format {
        case .table:
            TableText(.framed("Protocol Hierarchy"), Self.columns, notes: [Statistic.noteOfMessages])
                .append(rows, to: output)
        case .ndjson: TableLines(.hierarchy, Self.columns).append(rows, to: output)
        case .json: TableLines(.hierarchy, Self.columns).append(object: rows, to: output)
        }
        output.flush()
    }

    private func append(_ place: Int, _ above: [[UInt8]], _ rows: inout [Row]) {
        let level = levels[place]
        let path = above + [level.name]
        rows.append(Row(path: path, messages: level.messages, bytes: level.bytes))
        for place in level.under { append(place, path, &rows) }
    }
}

extension HierarchyStatistics {
    /// What a row is made of.
    struct Row {
        /// Names of protocols, the outermost first; safe to print.
        let path: [[UInt8]]
        let messages: UInt64
        let bytes: UInt64

        var pathText: TextBuffer {
            var text = TextBuffer()
            text.bytes = Array(path.joined(separator: [0x3a]))
            return text
        }

        /// The last name, moved to the right by the number of those before it.
        var shown: TextBuffer {
            var text = TextBuffer()
            text.append(spaces: 2 * max(0, path.count - 1))
            text.bytes += path.last ?? []
            return text
        }
    }

    static let columns: [ValuedColumn<Row>] = [
        .init(
            "path", "Protocol", .text, "the protocols from the outermost on, and the command, with colons between",
            importance: .name
        ) {
            .label($0.pathText, shown: $0.shown)
        },
        .init("messages", "Messages", .count, "messages carried by it, and packets of v2 without one") {
            .number($0.messages)
        },
        .init("bytes", "Bytes", .bytes, "bytes of these: headers and payloads") { .number($0.bytes) },
    ]
}
