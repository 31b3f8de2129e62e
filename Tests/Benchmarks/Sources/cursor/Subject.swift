import BitcoinP2P
import Fields

/// What becomes of the fields.
enum Sink: String, CaseIterable {
    /// Bounds are checked and the summary line is written.
    case skim
    /// Bounds are checked, nothing else.
    case check = "skim, no line"
    case tree
}

/// A payload that is dissected again and again.
struct Subject {
    let title: String
    let command: Command
    let bytes: [UInt8]
    let entries: Int
    private let context: MessageContext

    init(_ title: String, _ command: Command, _ bytes: [UInt8], entries: Int) {
        self.title = title
        self.command = command
        self.bytes = bytes
        self.entries = entries
        context = MessageContext(
            network: Network(magic: 0xf9be_b4d9), time: 0, payloadHash: DoubleSHA256.hash(bytes.span.bytes))
    }

    /// How many nodes its tree has.
    func nodes(_ type: MessageType) -> Int {
        var sink = TreeSink()
        type.dissect(bytes.span.bytes, from: 0, context, into: &sink)
        return sink.tree.nodes.count
    }

    /// A row of the table.
    func row(_ type: MessageType, _ sink: Sink, nodes: Int) -> String {
        let timing = measure(type, sink)
        let cells = [
            "\(title), \(bytes.count) bytes", sink.rawValue, "\(nodes)", decimal(timing.median / 1000, 3),
            decimal(timing.minimum / 1000, 3),
            decimal(timing.median / Double(entries), 2), decimal(timing.median / Double(nodes), 2),
            decimal(timing.allocations, 1),
        ]
        return "| \(cells.joined(separator: " | ")) |"
    }

    private func measure(_ type: MessageType, _ sink: Sink) -> Timing {
        switch sink {
        case .skim, .check:
            var target = SkimSink(wantsInfo: sink == .skim)
            return Timing.measure {
                target.info.removeAll()
                type.skim(bytes.span.bytes, from: 0, context, into: &target)
            }
        case .tree:
            var target = TreeSink()
            return Timing.measure {
                target.tree.removeAll()
                target.info.removeAll()
                type.dissect(bytes.span.bytes, from: 0, context, into: &target)
            }
        }
    }

    private func decimal(_ value: Double, _ places: Int) -> String {
        var scale = 1
        for _ in 0..<places { scale *= 10 }
        let scaled = Int((value * Double(scale)).rounded())
        let fraction = String(scaled % scale)
        return "\(scaled / scale)." + String(repeating: "0", count: places - fraction.count) + fraction
    }
}
