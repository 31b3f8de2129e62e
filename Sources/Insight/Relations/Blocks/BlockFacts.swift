import BitcoinP2P
import Reassembly

/// How a block was announced.
enum BlockForm: UInt8 {
    case inv
    case headers
    case compactBlock
    case block

    var name: StaticString {
        switch self {
        case .inv: "inv"
        case .headers: "headers"
        case .compactBlock: "cmpctblock"
        case .block: "block"
        }
    }
}

/// Where a message stands in the capture.
struct MessagePlace {
    /// Among all messages.
    let order: UInt64
    /// The frame that brought its first byte, and the one that completed it.
    let first: Origin
    let complete: Origin
}

/// What one side has done with a block.
struct BlockPart {
    let side: ConnectionSide
    /// How it announced the block; nil where it did not.
    var form: BlockForm?
    /// It has asked for the block in some form, or for transactions of it.
    var hasAsked = false
    /// Of its announcement.
    var announced = Origin(frame: 0, time: 0)
    var announcedOrder: UInt64 = 0
    /// Since which message it is known to have had all of the block; `UInt64.max`: it is not known.
    var hadOrder = UInt64.max
    /// The newest compact block of it that it sent.
    var compact = BlockBook.none
    /// The next side of the same block.
    var next = BlockBook.none
}

/// A whole block in one message.
struct BlockDelivery {
    let side: ConnectionSide
    let transactions: UInt32
    let headerTime: UInt32
    /// Of the message, with its header.
    let length: UInt64
    let first: Origin
    let complete: Origin
    let order: UInt64
    /// The next one of the same block.
    var next = BlockBook.none
}

/// A `cmpctblock`, and what its receiver then asked for on that connection.
struct CompactBlockFact {
    /// A `getblocktxn`.
    struct Request {
        /// Of its message.
        let order: UInt64
        let indexes: UInt64
        var answer: Answer?
    }

    struct Answer {
        /// A whole block answers, too.
        let isBlock: Bool
        /// From the request's end to the answer's first byte; nil where the clock ran back.
        let wait: Int64?
        let length: UInt64
        let complete: Origin
        let order: UInt64
    }

    let hash: Hash256
    let side: ConnectionSide
    let place: MessagePlace
    let length: UInt64
    let headerTime: UInt32
    /// Something that the receiver said was captured: else nobody knows what it asked for, before and after.
    let isReceiverHeard: Bool
    /// It was asked for.
    let isAsked: Bool
    let shortIDs: UInt64
    let prefilled: UInt64
    /// Its short ids of one transaction seen before, and of several; nil where there was too much to compute.
    let seen: UInt64?
    let ambiguous: UInt64?
    let key: ShortIDKey
    /// The one before it of the same block and side.
    var previous = BlockBook.none
    var request: Request?
    /// A later `getdata` asks for the whole block.
    var isBlockAsked = false
}

/// Blocks that a side delivered and nobody had announced.
struct SyncTally {
    private(set) var blocks: UInt64 = 0
    private(set) var bytes: UInt64 = 0
    private(set) var start = Int64.max
    private(set) var end = Int64.min

    mutating func add(bytes: UInt64, from start: Int64, to end: Int64) {
        blocks &+= 1
        self.bytes &+= bytes
        self.start = min(self.start, start)
        self.end = max(self.end, end)
    }

    mutating func add(_ other: SyncTally) {
        blocks &+= other.blocks
        bytes &+= other.bytes
        start = min(start, other.start)
        end = max(end, other.end)
    }
}
