/// Makes messages as Bitcoin Core sends them on mainnet, and counts them.
struct MessageMaker {
    static let magic: UInt32 = 0xf9be_b4d9
    private static let indices = Dictionary(
        uniqueKeysWithValues: Command.allCases.map { ($0, Tally.index(of: $0)) })

    var random: SeededRandom
    var tally = Tally()
    var chain = Chain()
    /// Seconds since 1970, for the timestamps inside messages.
    var time: UInt32 = 0

    init(seed: UInt64) { random = SeededRandom(seed: seed) }

    /// Puts the header before what `payload` appends, with its length and checksum, and counts the message.
    mutating func message(
        _ command: Command, into out: inout Bytes, payload: (inout MessageMaker, inout Bytes) -> Void
    ) {
        let start = out.count
        header(command, length: 0, checksum: 0, into: &out)
        let begin = out.count
        payload(&self, &out)
        let hash = Hash.double(out, begin..<out.count)
        out.replace(at: start + 16, with: UInt32(truncatingIfNeeded: out.count - begin).littleEndian)
        out.replace(at: start + 20, with: hash.checksum)
        tally.add(Self.indices[command] ?? 0)
    }

    /// The 24 bytes before a payload.
    func header(_ command: Command, length: UInt32, checksum: UInt32, into out: inout Bytes) {
        out.append(bigEndian: Self.magic)
        out.append(Command.padded[Self.indices[command] ?? 0])
        out.append(length)
        out.append(checksum)
    }

    // MARK: Connection start

    mutating func version(receiver: UInt32, port: UInt16, into out: inout Bytes) {
        message(.version, into: &out) { maker, out in
            let services: UInt64 = 0x0409
            out.append(UInt32(70016))
            out.append(services)
            out.append(UInt64(maker.time))
            out.append(services)
            out.append(zeros: 10)
            out.append(UInt16.max)
            out.append(bigEndian: receiver)
            out.append(bigEndian: port)
            out.append(services)
            out.append(zeros: 18)
            out.append(maker.random.next())
            let agent: StaticString = "/Satoshi:28.1.0/"
            out.append(compactSize: agent.utf8CodeUnitCount)
            out.append(agent)
            out.append(UInt32(maker.chain.height))
            out.append(byte: 1)
        }
    }

    mutating func empty(_ command: Command, into out: inout Bytes) {
        message(command, into: &out) { _, _ in }
    }

    mutating func sendCompact(into out: inout Bytes) {
        message(.sendcmpct, into: &out) { _, out in
            // High bandwidth: blocks are announced by it.
            out.append(byte: 1)
            out.append(UInt64(2))
        }
    }

    // MARK: Small messages

    mutating func feeFilter(into out: inout Bytes) {
        message(.feefilter, into: &out) { maker, out in out.append(UInt64(maker.random.within(1000...60_000))) }
    }

    mutating func ping(_ nonce: UInt64, into out: inout Bytes) {
        message(.ping, into: &out) { _, out in out.append(nonce) }
    }

    /// The answer to a ping, with its nonce.
    mutating func pong(_ nonce: UInt64, into out: inout Bytes) {
        message(.pong, into: &out) { _, out in out.append(nonce) }
    }

    /// `inv`, `getdata` or `notfound` of transactions by wtxid.
    mutating func inventory(_ command: Command, _ hashes: [Hash], into out: inout Bytes) {
        message(command, into: &out) { _, out in
            out.append(compactSize: hashes.count)
            for hash in hashes {
                out.append(UInt32(5))
                out.append(hash)
            }
        }
    }

    mutating func inventoryPayload(_ entries: Int, into out: inout Bytes) {
        out.append(compactSize: entries)
        for _ in 0..<entries {
            out.append(UInt32(5))
            out.append(randomHash())
        }
    }

    mutating func headers(_ headers: [[UInt8]], into out: inout Bytes) {
        message(.headers, into: &out) { _, out in
            out.append(compactSize: headers.count)
            for header in headers {
                out.append(header)
                out.append(byte: 0)
            }
        }
    }

    mutating func randomHash() -> Hash { Hash(words: InlineArray { _ in random.next() }) }

    // MARK: addrv2

    mutating func addresses(_ count: Int, into out: inout Bytes) {
        message(.addrv2, into: &out) { maker, out in
            out.append(compactSize: count)
            for _ in 0..<count { maker.address(into: &out) }
        }
    }

    /// Mostly IPv4 and Tor v3, some IPv6, I2P and CJDNS.
    private mutating func address(into out: inout Bytes) {
        out.append(time &- UInt32(random.below(1_000_000)))
        out.append(compactSize: random.chance(percent: 80) ? 0x0409 : 0x0c09)
        let port: UInt16
        switch random.below(100) {
        case ..<45:
            out.append([1, 4, UInt8(random.within(1...223))])
            out.append(random: 3, &random)
            port = 8333
        case ..<80:
            out.append([4, 32])
            out.append(random: 32, &random)
            port = 8333
        case ..<92:
            out.append([2, 16, 0x20, 0x01, 0x0d, 0xb8])
            out.append(random: 12, &random)
            port = 8333
        case ..<97:
            out.append([5, 32])
            out.append(random: 32, &random)
            port = 0
        default:
            out.append([6, 16, 0xfc])
            out.append(random: 15, &random)
            port = 8333
        }
        out.append(bigEndian: port)
    }
}
