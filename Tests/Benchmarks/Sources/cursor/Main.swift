import BitcoinP2P
import Traffic

/// Measures layouts through the registry, as the pipeline calls them: across two module boundaries.
@main
struct Main {
    static func main() {
        let block = Sample.block(bytes: 1_500_000)
        let samples = [
            Subject("inv, 2,000 entries", Command("inv"), Sample.inventory(2000), entries: 2000),
            Subject(
                "block, \(block.transactions) transactions", Command("block"), block.payload,
                entries: block.transactions),
            Subject("tx, segwit", Command("tx"), Sample.transaction(), entries: 1),
        ]
        print("| Message | Sink | Nodes | µs a message | fastest | ns an entry | ns a node | Allocations |")
        print("|---|---|---:|---:|---:|---:|---:|---:|")
        for sample in samples {
            guard let type = MessageTypes.standard[sample.command] else {
                print("| \(sample.title), \(sample.bytes.count) bytes | not in the registry | | | | | | |")
                continue
            }
            let nodes = sample.nodes(type)
            for sink in Sink.allCases { print(sample.row(type, sink, nodes: nodes)) }
        }
    }
}
