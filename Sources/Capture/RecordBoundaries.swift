/// Follows the records of a pcap file, or the blocks of a pcapng file, in this machine's byte order, as its bytes are
/// written: where the last whole one ends.
struct RecordBoundaries {
    /// How many of the bytes so far belong to a record, or to the file's header, of which more is to come.
    private(set) var cut = 0

    private enum Part {
        /// So many bytes of a record's header have come.
        case header(Int)
        /// So many bytes of a record, or of the file's header, are still to come.
        case content(Int)
    }

    private var part: Part
    /// The length of the record's content, as far as its four bytes have come.
    private var length: UInt32 = 0

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
            (headerLength, lengthPlace, countsHeader) = (16, 8..<12, false)
        case .pcapng:
            part = .header(0)
            (headerLength, lengthPlace, countsHeader) = (8, 4..<8, true)
        }
    }

    mutating func advance(over bytes: Slice<UnsafeRawBufferPointer>) {
        var rest = bytes
        while let byte = rest.first {
            switch part {
            case .header(let place):
                if lengthPlace.contains(place) { add(byte, at: place - lengthPlace.lowerBound) }
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

    private mutating func add(_ byte: UInt8, at place: Int) {
        if place == 0 { length = 0 }
        #if _endian(little)
        length |= UInt32(byte) << UInt32(8 * place)
        #else
        length = length << 8 | UInt32(byte)
        #endif
    }

    /// A record is over where nothing of its content is left.
    private mutating func endRecord() {
        guard case .content(0) = part else { return }
        cut = 0
        part = .header(0)
    }
}
