/// Follows the records of a pcap file, or the blocks of a pcapng file, in this machine's byte order, as its bytes are
/// written: where the last complete one ends.
struct RecordBoundaries {
    /// How many of the bytes so far belong to a record, or to the file's header, of which more is to come.
    private(set) var cut = 0
    /// How many frames are complete.
    private(set) var frames: UInt64 = 0

    private enum Part {
        /// How many bytes of a record's header have come.
        case header(Int)
        /// How many bytes of a record, or of the file's header, are still to come.
        case content(Int)
    }

    private var part: Part
    /// The length of the record's content, as far as its four bytes have come.
    private var length: UInt32 = 0
    /// A block's type, as far as its four bytes have come.
    private var type: UInt32 = 0
    /// Whether the file's header has come: of pcap it is no record.
    private var hasBegun: Bool

    private let headerLength: Int
    /// Where a record's header has its length.
    private let lengthPlace: Range<Int>
    /// Whether that is the length of all, the header included; else of what comes after it.
    private let countsHeader: Bool

    init(_ format: CaptureFormat = .pcap) {
        switch format {
        case .pcap:
            // After the file's header. What is counted is what was captured.
            part = .content(24)
            hasBegun = false
            (headerLength, lengthPlace, countsHeader) = (16, 8..<12, false)
        case .pcapng:
            part = .header(0)
            hasBegun = true
            (headerLength, lengthPlace, countsHeader) = (8, 4..<8, true)
        }
    }

    mutating func advance(over bytes: Slice<UnsafeRawBufferPointer>) {
        var rest = bytes
        while let byte = rest.first {
            switch part {
            case .header(let place):
                if lengthPlace.contains(place) { Self.add(byte, at: place - lengthPlace.lowerBound, to: &length) }
                if place < 4 { Self.add(byte, at: place, to: &type) }
                rest = rest.dropFirst()
                cut += 1
                part = place + 1 < headerLength ? .header(place + 1) : .content(contentLength)
                endRecord()
            case .content(let left):
                let count = min(left, rest.count)
                rest = rest.dropFirst(count)
                cut += count
                part = .content(left - count)
                endRecord()
            }
        }
    }

    private var contentLength: Int { countsHeader ? max(0, Int(length) - headerLength) : Int(length) }

    private static func add(_ byte: UInt8, at place: Int, to number: inout UInt32) {
        if place == 0 { number = 0 }
        #if _endian(little)
        number |= UInt32(byte) << UInt32(8 * place)
        #else
        number = number << 8 | UInt32(byte)
        #endif
    }

    /// A record is over where nothing of its content is left.
    private mutating func endRecord() {
        guard case .content(0) = part else { return }
        // Of pcapng an Enhanced Packet Block is a frame.
        if hasBegun, !countsHeader || type == 6 { frames &+= 1 }
        hasBegun = true
        cut = 0
        part = .header(0)
    }
}
