/// The chain that headers and blocks go on with; its targets are the easiest there are.
struct Chain {
    private(set) var height = 870_000
    private(set) var tip = Hash.zero
    /// The latest headers with their hashes, the newest last.
    private(set) var recent: [(hash: Hash, header: [UInt8])] = []
    private static let recentLimit = 32

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
        if recent.count == Self.recentLimit { recent.removeFirst() }
        recent.append((tip, Array(out.storage[start..<start + 80])))
    }
}

/// A block that is announced in short ids.
struct RelayedBlock {
    let header: [UInt8]
    let hash: Hash
    let coinbase: [UInt8]
    /// But for the coinbase.
    let transactions: [RelayedTransaction]
}

extension MessageMaker {
    /// Lets the chain have some headers, over transactions that nobody sees.
    mutating func mineHeaders(_ count: Int) {
        for _ in 0..<count {
            var header = Bytes()
            chain.appendHeader(merkleRoot: randomHash(), time, into: &header)
            chain.mine(&header, at: 0)
        }
    }

    /// A block of at least so many bytes, its merkle root and witness commitment right.
    mutating func block(bytes: Int, into out: inout Bytes) {
        message(.block, into: &out) { $0.blockPayload(bytes: bytes, into: &$1) }
    }

    /// The first header of a message, alone in one that announces it.
    mutating func announcement(ofBlock message: Bytes, into out: inout Bytes) {
        self.message(.headers, into: &out) { _, out in
            out.append(byte: 1)
            out.append(message.storage[24..<104])
            out.append(byte: 0)
        }
    }

    /// Asks for the block at the tip of the chain, with witnesses.
    mutating func blockRequest(into out: inout Bytes) {
        message(.getdata, into: &out) { maker, out in
            out.append(byte: 1)
            out.append(UInt32(0x4000_0002))
            out.append(maker.chain.tip)
        }
    }

    /// Asks for the latest headers, so many as the sender lacks; these are returned.
    mutating func headersRequest(_ count: Int, into out: inout Bytes) -> [[UInt8]] {
        let recent = chain.recent
        let known = max(0, recent.count - 1 - count)
        message(.getheaders, into: &out) { _, out in
            out.append(UInt32(70016))
            out.append(byte: 1)
            out.append(recent[known].hash)
            out.append(zeros: 32)
        }
        return recent[(known + 1)...].map(\.header)
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

    /// The next block of the chain, over transactions that were relayed.
    mutating func relayedBlock(of transactions: [RelayedTransaction]) -> RelayedBlock {
        var coinbase = Bytes()
        let parts = appendCoinbase(into: &coinbase)
        var wtxids = [Hash.zero] + transactions.map(\.wtxid)
        coinbase.replace(at: parts.commitment, with: Hash.parent(Hash.merkleRoot(&wtxids), .zero))
        var txids = [Hash.txid(coinbase, 0, witness: parts.witness, coinbase.count)] + transactions.map(\.txid)
        var header = Bytes()
        chain.appendHeader(merkleRoot: Hash.merkleRoot(&txids), time, into: &header)
        chain.mine(&header, at: 0)
        return RelayedBlock(
            header: header.storage, hash: chain.tip, coinbase: coinbase.storage, transactions: transactions)
    }

    /// A block in short ids, with its coinbase.
    mutating func compactBlock(_ block: RelayedBlock, into out: inout Bytes) {
        message(.cmpctblock, into: &out) { maker, out in
            let nonce = maker.random.next()
            out.append(block.header)
            out.append(nonce)
            out.append(compactSize: block.transactions.count)
            let key = Hash.shortIDKey(block.header, nonce: nonce)
            for transaction in block.transactions {
                let hash = SipHash.hash(transaction.wtxid, key.0, key.1)
                out.append(UInt32(truncatingIfNeeded: hash))
                out.append(UInt16(truncatingIfNeeded: hash >> 32))
            }
            out.append([1, 0])
            out.append(block.coinbase)
        }
    }

    /// Asks for transactions of a compact block, by ascending places among its short ids.
    mutating func blockTransactionRequest(_ block: RelayedBlock, _ places: [Int], into out: inout Bytes) {
        message(.getblocktxn, into: &out) { _, out in
            out.append(block.hash)
            out.append(compactSize: places.count)
            // The coinbase is the first of all; each index is the distance from the one before.
            var next = 0
            for place in places {
                out.append(compactSize: place + 1 - next)
                next = place + 2
            }
        }
    }

    mutating func blockTransactions(_ block: RelayedBlock, _ places: [Int], into out: inout Bytes) {
        message(.blocktxn, into: &out) { _, out in
            out.append(block.hash)
            out.append(compactSize: places.count)
            for place in places { out.append(block.transactions[place].bytes) }
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
