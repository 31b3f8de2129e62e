import System

/// What reads a saved capture: libpcap a pcap file, we ourselves a pcapng file.
enum SavedInput: ~Copyable {
    case pcap(Savefile)
    case pcapng(PcapngFile)

    /// Opens what `descriptor` reads, which stands at its beginning. Waits for it where it is a pipe.
    init(_ descriptor: consuming Descriptor, notes: CaptureNotes?, file: Int) throws(Savefile.Failure) {
        if descriptor.peek(PcapngFile.magic.count) == PcapngFile.magic {
            self = .pcapng(try PcapngFile(descriptor, notes: notes, file: file))
        } else {
            self = .pcap(try Savefile(descriptor))
        }
    }

    /// Of all frames; of a pcapng file that is not known before they come.
    var linkType: LinkTypeNumber {
        switch self {
        case .pcap(let file): file.linkType
        case .pcapng: LinkTypeNumber(rawValue: 0)
        }
    }

    /// How many bytes of the file have been used so far; nil for a pipe.
    var bytesRead: UInt64? {
        switch self {
        case .pcap(let file): file.bytesRead
        case .pcapng(let file): file.bytesRead
        }
    }

    /// Packets that were lost while this was captured, as a pcapng file may tell.
    var drops: UInt64 {
        switch self {
        case .pcap: 0
        case .pcapng(let file): file.drops
        }
    }

    /// Describes the next frame in `header`, all but its number and file.
    ///
    /// - Returns: The frame's bytes, good until the next call; nil at the end.
    @inline(__always)
    func next(_ header: inout FrameHeader) throws(Savefile.Failure) -> UnsafeRawBufferPointer? {
        switch self {
        case .pcap(let file):
            guard case .frame(let bytes, let time, let originalLength) = try file.next() else { return nil }
            header.time = time
            header.capturedLength = bytes.count
            header.originalLength = originalLength
            return bytes
        case .pcapng(let file):
            return try file.next(&header)
        }
    }
}
