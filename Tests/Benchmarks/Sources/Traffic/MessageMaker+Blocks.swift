/// The chain that headers and blocks go on with; its targets are the easiest there are.
struct Chain {
    private(set) var height = 870_000
    private var tip = Hash.zero

    /// Appends the next header, whose nonce is still to be found.
    func appendHeader(merkleRoot: Hash, _ time: UInt32, into out: inout Bytes) {
        out.append(UInt32(0x2000_0000))
        out.append(tip)
        out.append(merkleRoot)
        out.append(time)
        out.append(UInt32(0x207f_ffff))
        out.append(UInt32(0))
    }

    /// Changes the nonce until the header's hash is below the target, and makes it the tip.
    mutating func mine(_ out: inout Bytes, at start: Int) {
        var nonce: UInt32 = 0
        tip = Hash.double(out, start..<start + 80)
        while !tip.meetsEasiestTarget {
            nonce &+= 1
            out.replace(at: start + 76, with: nonce.littleEndian)
            tip = Hash.double(out, start..<start + 80)
        }
        height += 1
    }
}

extension MessageMaker {
    /// The next header of the chain, over transactions that nobody sees.
    mutating func header(into out: inout Bytes) {
        let start = out.count
        chain.appendHeader(merkleRoot: randomHash(), time, into: &out)
        chain.mine(&out, at: start)
    }

    /// A block of at least so many bytes, its merkle root and witness commitment right.
    mutating func block(bytes: Int, into out: inout Bytes) {
        message(.block, into: &out) { $0.blockPayload(bytes: bytes, into: &$1) }
    }

    /// Returns the number of transactions.
    @discardableResult
    mutating func blockPayload(bytes: Int, into out: inout Bytes) -> Int {
        let start = out.count
        chain.appendHeader(merkleRoot: .zero, time, into: &out)
        out.append(byte: 0xfd)
        out.append(UInt16(0))
        let coinbase = out.count
        let parts = appendCoinbase(into: &out)
        let coinbaseEnd = out.count
        var txids = [Hash.zero]
        var wtxids = [Hash.zero]
        while out.count - start < bytes, txids.count < Int(UInt16.max) {
            let made = hashedTransaction(into: &out)
            txids.append(made.txid)
            wtxids.append(made.wtxid)
        }
        let count = txids.count
        out.replace(at: start + 81, with: UInt16(count).littleEndian)
        out.replace(
            at: parts.commitment, with: Hash.parent(Hash.merkleRoot(&wtxids), .zero))
        txids[0] = Hash.txid(out, coinbase, witness: parts.witness, coinbaseEnd)
        out.replace(at: start + 36, with: Hash.merkleRoot(&txids))
        chain.mine(&out, at: start)
        return count
    }

    /// A compact block of so many short ids, with its coinbase.
    mutating func compactBlock(shortIDs: Int, into out: inout Bytes) {
        message(.cmpctblock, into: &out) { maker, out in
            maker.header(into: &out)
            out.append(maker.random.next())
            out.append(compactSize: shortIDs)
            out.append(random: 6 * shortIDs, &maker.random)
            out.append([1, 0])
            let parts = maker.appendCoinbase(into: &out)
            out.replace(at: parts.commitment, with: maker.randomHash())
        }
    }

    /// Appends a coinbase: height, extra nonce, payout and commitment, whose place is returned with the witness's.
    private mutating func appendCoinbase(into out: inout Bytes) -> (commitment: Int, witness: Int) {
        out.append(UInt32(2))
        out.append([0, 1, 1])
        out.append(zeros: 32)
        out.append(UInt32.max)
        let tag: StaticString = "/btcshark benchmark/"
        out.append(compactSize: 4 + 9 + tag.utf8CodeUnitCount)
        let height = UInt32(chain.height)
        out.append([3, UInt8(height & 0xff), UInt8(height >> 8 & 0xff), UInt8(height >> 16), 8])
        out.append(random.next())
        out.append(tag)
        out.append([0xff, 0xff, 0xff, 0xff, 2])
        out.append(UInt64(312_500_000 + random.below(50_000_000)))
        out.append([22, 0x00, 20])
        out.append(random: 20, &random)
        out.append(UInt64(0))
        out.append([38, 0x6a, 0x24, 0xaa, 0x21, 0xa9, 0xed])
        let commitment = out.count
        out.append(zeros: 32)
        let witness = out.count
        out.append([1, 32])
        out.append(zeros: 32)
        out.append(UInt32(0))
        return (commitment, witness)
    }
}
