/// What one side of a connection can ask the other for, in the order in which tables have it.
public enum RequestKind: UInt8, Sendable, CaseIterable {
    case tx
    case headers
    case block
    case merkleblock
    case cmpctblock
    case blocktxn
    case cfilters
    case cfheaders
    case cfcheckpt
    case addr
    case ping

    public var name: StaticString {
        switch self {
        case .tx: "tx"
        case .headers: "headers"
        case .block: "block"
        case .merkleblock: "merkleblock"
        case .cmpctblock: "cmpctblock"
        case .blocktxn: "blocktxn"
        case .cfilters: "cfilters"
        case .cfheaders: "cfheaders"
        case .cfcheckpt: "cfcheckpt"
        case .addr: "addr"
        case .ping: "ping"
        }
    }

    /// What asks and what answers, for the manual.
    var meaning: StaticString {
        switch self {
        case .tx: "getdata of a transaction, answered by tx or notfound"
        case .headers:
            "getheaders, answered by headers that build on a hash of its locator, or by empty ones; of an empty locator by the header of its stopping hash"
        case .block: "getdata of a block, answered by block or notfound"
        case .merkleblock: "getdata of a filtered block, answered by merkleblock or notfound"
        case .cmpctblock: "getdata of a compact block, answered by cmpctblock, block or notfound"
        case .blocktxn: "getblocktxn, answered by blocktxn or block"
        case .cfilters: "getcfilters, answered by the first cfilter"
        case .cfheaders: "getcfheaders, answered by cfheaders"
        case .cfcheckpt: "getcfcheckpt, answered by cfcheckpt"
        case .addr: "getaddr, answered by the next addr or addrv2 with more than one entry"
        case .ping: "ping with a nonce, answered by the pong with the same"
        }
    }

    /// After how many nanoseconds Core 28.1 gives the answer up; nil where it waits for ever.
    var deadline: Int64? {
        switch self {
        // GETDATA_TX_INTERVAL
        case .tx: 60 * Self.second
        // HEADERS_RESPONSE_TIME
        case .headers: 120 * Self.second
        case .block, .merkleblock, .cmpctblock, .blocktxn: 600 * Self.second
        // TIMEOUT_INTERVAL
        case .ping: 1200 * Self.second
        case .cfilters, .cfheaders, .cfcheckpt, .addr: nil
        }
    }

    private static let second: Int64 = 1_000_000_000

    /// What an inventory vector of this type asks for; nil for those that nothing answers.
    public init?(inventoryType type: UInt64) {
        switch type {
        // MSG_TX, MSG_WTX, MSG_WITNESS_TX
        case 1, 5, 0x4000_0001: self = .tx
        // MSG_BLOCK, MSG_WITNESS_BLOCK
        case 2, 0x4000_0002: self = .block
        // MSG_FILTERED_BLOCK
        case 3: self = .merkleblock
        // MSG_CMPCT_BLOCK
        case 4: self = .cmpctblock
        default: return nil
        }
    }
}

/// How a request ends; each in exactly one way.
public enum RequestOutcome: UInt8, Sendable, CaseIterable {
    case answered
    case notFound
    /// The deadline passed while the connection and the capture went on.
    case unanswered
    /// The same, but the answer may be among bytes that were not captured; or the request was forgotten.
    case unclear
    /// The connection or the capture ended first.
    case open
}
