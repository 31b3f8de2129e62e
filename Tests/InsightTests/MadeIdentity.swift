import BitcoinP2P
import Fields

@testable import Insight

/// A `version`, with what rules look at.
struct MadeVersion {
    var protocolVersion: Int32 = 70016
    var services: UInt64 = 0x44d
    var servicesAgain: UInt64?
    var sender = [UInt8](repeating: 0, count: 18)
    var userAgent = "/Satoshi:28.1.0/"
    var relays = true

    var payload: [UInt8] {
        var bytes = Made.number(protocolVersion) + Made.number(services) + Made.number(Int64(1_700_000_000))
        bytes += [UInt8](repeating: 0, count: 26)
        bytes += Made.number(servicesAgain ?? services) + sender + Made.number(UInt64(77))
        bytes += [UInt8(userAgent.utf8.count)] + Array(userAgent.utf8)
        return bytes + Made.number(Int32(5)) + [relays ? 1 : 0]
    }
}

extension Made {
    static func count(_ number: Int) -> [UInt8] {
        number < 0xfd ? [UInt8(number)] : [0xfd] + self.number(UInt16(number))
    }

    /// A list of so many entries, all of them zero.
    static func list(_ entries: Int, of size: Int) -> [UInt8] {
        count(entries) + [UInt8](repeating: 0, count: entries * size)
    }

    /// The target of regtest, which every other hash meets.
    private static let bits: UInt32 = 0x207f_ffff

    /// 80 bytes whose hash meets their own target, or not.
    static func mined(on parent: [UInt8] = hash(0), root: [UInt8] = hash(9), isGood: Bool = true) -> [UInt8] {
        for nonce in 0..<1_000 as Range<UInt32> {
            let end: [UInt8] = number(UInt32(0)) + number(bits) + number(nonce)
            let header = number(UInt32(4)) + parent + root + end
            let top = name(header)[31]
            if isGood ? top < 0x7f : top > 0x7f { return header }
        }
        return []
    }

    /// A `block` of transactions without witnesses; its header commits to them, or to something else.
    static func block(of transactions: [[UInt8]], root: [UInt8]? = nil) -> [UInt8] {
        var row = transactions.map(name)
        while row.count > 1 {
            if row.count % 2 == 1, let last = row.last { row.append(last) }
            row = stride(from: 0, to: row.count, by: 2).map { name(row[$0] + row[$0 + 1]) }
        }
        return mined(root: root ?? row.first ?? hash(0)) + count(transactions.count) + transactions.flatMap(\.self)
    }
}
