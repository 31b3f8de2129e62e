/// The messages that are made here.
enum Command: String, CaseIterable, Sendable {
    case version, verack, wtxidrelay, sendaddrv2, sendcmpct, feefilter, ping, pong
    case inv, getdata, tx, notfound, getheaders, headers, getaddr, addrv2
    case cmpctblock, getblocktxn, blocktxn, block

    /// The name, padded with NUL to twelve bytes.
    static let padded: [[UInt8]] = allCases.map { command in
        let name = Array(command.rawValue.utf8)
        return name + Array(repeating: 0, count: 12 - name.count)
    }
}

/// How many messages of each command were made, whole.
public struct Tally: Sendable {
    private var counts = Array(repeating: 0, count: Command.allCases.count)

    /// What a command counts as here.
    static func index(of command: Command) -> Int { Command.allCases.firstIndex(of: command) ?? 0 }

    mutating func add(_ index: Int) { counts[index] += 1 }

    public var total: Int { counts.reduce(0, +) }

    /// Commands that were made, with their counts, the most frequent first.
    public var rows: [(command: String, count: Int)] {
        zip(Command.allCases, counts).map { ($0.rawValue, $1) }.filter { $0.count > 0 }.sorted { $0.count > $1.count }
    }
}
