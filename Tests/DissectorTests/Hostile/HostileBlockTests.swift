import Support
import Testing

/// Peers that announce and send blocks so that remembering them costs most.
@Suite(.serialized) struct HostileBlockTests {
    private static let questions = [["-q", "-z", "blocks", "-z", "cmpctblock"]]
    private static let memory = Trial.isFull ? 64 + 176 : 128

    private func header(_ index: Int) -> [UInt8] {
        [UInt8](repeating: 6, count: 76) + bigEndian(UInt32(truncatingIfNeeded: index))
    }

    private func transaction(_ index: Int) -> [UInt8] {
        [1, 0, 0, 0, 0, 0] + bigEndian(UInt32(truncatingIfNeeded: index))
    }

    /// All short ids that were seen are computed for each.
    @Test func compactBlocksOfOneShortID() throws {
        try Trial.expectLinear("one short id", count: (20_000, 400_000), memory: Self.memory, Self.questions) {
            flood, count in
            flood.open()
            for index in 0..<count { flood.message("tx", transaction(index)) }
            for index in 0..<count / 4 {
                flood.message("cmpctblock", header(index) + repeated([0], 8) + [1] + repeated([7], 6) + [0])
            }
        }
    }

    /// Short ids that lie beside each other, and one again and again.
    @Test(arguments: [1, 0]) func shortIDsThatCrowd(step: Int) throws {
        try Trial.expectLinear("crowd by \(step)", count: (4, 60), memory: Self.memory, Self.questions) {
            flood, count in
            flood.open()
            for index in 0..<1_000 { flood.message("tx", transaction(index)) }
            var ids = compactSize(60_000)
            for id in 0..<60_000 { ids += littleEndian(UInt32(id * step)) + [0, 0] }
            for index in 0..<count { flood.message("cmpctblock", header(index) + repeated([0], 8) + ids + [0]) }
        }
    }

    /// New blocks in each message.
    @Test func announcementsForEver() throws {
        try Trial.expectLinear("announcements", count: (10_000, 200_000), memory: Self.memory, Self.questions) {
            flood, count in
            flood.open()
            for index in 0..<count {
                var inventory = compactSize(8)
                for place in 0..<8 {
                    inventory += [2, 0, 0, 0] + bigEndian(UInt32(index * 8 + place)) + repeated([3], 28)
                }
                flood.message("inv", inventory)
            }
        }
    }

    /// Blocks that are asked for and never announced, and requests of what nobody has.
    @Test func blocksWithoutEnd() throws {
        try Trial.expectLinear("blocks", count: (10_000, 200_000), memory: Self.memory, Self.questions) {
            flood, count in
            flood.open()
            for index in 0..<count { flood.message("block", header(index) + [1] + transaction(index)) }
            for index in 0..<count / 1_000 {
                var inventory = compactSize(50_000)
                for place in 0..<50_000 {
                    inventory += [2, 0, 0, 0] + bigEndian(UInt32(index * 50_000 + place)) + repeated([3], 28)
                }
                flood.message("getdata", inventory)
            }
        }
    }

    /// One block by many, compact and whole, and again and again.
    @Test func oneBlockByMany() throws {
        try Trial.expectLinear("one block", count: (2_000, 40_000), memory: Self.memory, Self.questions) {
            flood, count in
            let compact = framed("cmpctblock", header(1) + repeated([0], 8) + [1] + repeated([7], 6) + [0])
            let whole = framed("block", header(1) + [1] + transaction(1))
            for index in 0..<count {
                let sender = Flood.StreamSender(host: UInt32(index % 10_000), port: 40_000)
                let turn = index / 10_000
                if turn == 0 { flood.segment(from: sender, sequence: 0, flags: 0x02) }
                flood.segment(
                    from: sender, sequence: UInt32(1 + turn * (compact.count + whole.count)), flags: 0x18,
                    compact + whole)
            }
        }
    }

    /// Compact blocks whose few short ids stand for large transactions: each would be a large block.
    @Test func blocksToRebuild() throws {
        let folder = try Folder()
        try Trial.expectLinear(
            "rebuilt", count: (2_000, 40_000), memory: Self.memory + 64,
            [["-q", "--export-objects", folder("objects")]]
        ) { flood, count in
            flood.open()
            for index in 0..<40 {
                flood.message(
                    "tx",
                    [1, 0, 0, 0, 0, 1] + repeated([0], 8) + [0xfe] + littleEndian(UInt32(100_000))
                        + repeated([1], 100_000) + bigEndian(UInt32(index)))
            }
            for index in 0..<count {
                flood.message("cmpctblock", header(index) + repeated([0], 8) + [1] + repeated([7], 6) + [0])
            }
        }
    }
}
