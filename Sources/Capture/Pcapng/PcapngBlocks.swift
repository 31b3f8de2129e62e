import System

/// Makes the blocks of a pcapng file (draft-ietf-opsawg-pcapng), in this machine's byte order.
///
/// An interface is described before its first frame. Interfaces are the same where the input, what the input calls them
/// and the link type are the same.
final class PcapngBlocks {
    /// What has been made since it was last taken out.
    private(set) var bytes: [UInt8] = []

    private struct Interface: Hashable {
        var file: Int
        var place: UInt32
        var linkType: LinkTypeNumber
    }

    private let description: CaptureDescription
    private let snapLength: UInt32
    /// Of the section, with the time of each one's newest frame.
    private var numbers: [Interface: UInt32] = [:]
    private var newest: [Int64] = []
    /// Nearly all frames are of the same one as the frame before.
    private var last: (interface: Interface, number: UInt32)?

    /// Begins with a section.
    ///
    /// - Parameter snapLength: What is said of the longest frame of an interface; 0 for no limit.
    init(_ description: CaptureDescription, snapLength: UInt32) {
        self.description = description
        self.snapLength = snapLength
        beginSection()
    }

    func removeAll() { bytes.removeAll(keepingCapacity: true) }

    /// Describes the interface of frames to come that are of no interface.
    func describe(_ linkType: LinkTypeNumber, file: Int) -> Bool {
        number(of: Interface(file: file, place: 0, linkType: linkType), snapLength) != nil
    }

    /// Appends a frame.
    ///
    /// - Parameter comment: Comes after the comments that the header refers to.
    /// - Returns: False where the format has no number for its link type: then nothing is appended.
    func append(_ header: FrameHeader, _ frame: RawSpan, comment: String? = nil) -> Bool {
        let interface = Interface(file: header.file, place: header.interface, linkType: header.linkType)
        let original = UInt32(clamping: header.originalLength)
        guard header.hasTime else { return appendSimple(interface, original, frame) }
        guard let number = number(of: interface, snapLength) else { return false }
        // The format counts from 1970.
        let time = max(header.time, 0)
        newest[Int(number)] = max(newest[Int(number)], time)
        let units = UInt64(time)
        block(6) {
            put(number)
            put(UInt32(truncatingIfNeeded: units >> 32))
            put(UInt32(truncatingIfNeeded: units))
            put(UInt32(clamping: frame.byteCount))
            put(original)
            put(frame)
            var comments = header.comment > 0 ? description.notes?.comments(header.comment) ?? [] : []
            if let comment { comments.append(Array(comment.utf8)) }
            guard header.isOutgoing || !comments.isEmpty else { return }
            for comment in comments { option(1, comment) }
            // Outbound.
            if header.isOutgoing { option(2) { put(2 as UInt32) } }
            endOptions()
        }
        return true
    }

    /// A simple packet has no time, and is of its section's first interface. What it has on the wire beyond the snap length
    /// was not captured.
    private func appendSimple(_ interface: Interface, _ original: UInt32, _ frame: RawSpan) -> Bool {
        let captured = UInt32(clamping: frame.byteCount)
        if numbers[interface] != 0 || captured != original || snapLength > 0 && captured > snapLength {
            guard interface.linkType.inFile != nil else { return false }
            // One without interfaces can be used as it is.
            if !newest.isEmpty { beginSection() }
            guard number(of: interface, captured < original ? captured : 0) != nil else { return false }
            // What comes next is not to be cut so.
            if captured < original {
                numbers.removeAll()
                last = nil
            }
        }
        block(3) {
            // A snap length of 0 is none: of a frame of which nothing was captured its length has no place.
            put(captured == 0 ? 0 : original)
            put(frame)
        }
        return true
    }

    /// Says what the interface has lost, as of its newest frame, or as of now where it has none.
    ///
    /// - Parameters:
    ///   - interface: Packets lost at the interface.
    ///   - system: Packets lost after that, by the system or by this program.
    func appendStatistics(received: UInt64, droppedByInterface interface: UInt64, bySystem system: UInt64) {
        // The numbers are those of a live capture, which has one interface.
        guard newest.count == 1, let newest = newest.first else { return }
        let time = newest > 0 ? newest : max(SystemClock.nanoseconds, 0)
        block(5) {
            put(0 as UInt32)
            put(UInt32(truncatingIfNeeded: UInt64(time) >> 32))
            put(UInt32(truncatingIfNeeded: UInt64(time)))
            option(4) { put(received) }
            option(5) { put(interface) }
            option(7) { put(system) }
            endOptions()
        }
    }

    /// Bytes of key log lines in one block: less than readers refuse.
    private static let secretsLimit = 1 << 20

    /// Appends lines of a key log, in blocks of entire lines.
    func appendSecrets(_ lines: [UInt8]) {
        var rest = lines[...]
        while !rest.isEmpty {
            var part = rest.prefix(Self.secretsLimit)
            if part.count < rest.count, let end = part.lastIndex(of: 0x0a) { part = rest[...end] }
            rest = rest[part.endIndex...]
            block(10) {
                put(SecretsScan.keyLog)
                put(UInt32(clamping: part.count))
                bytes += part
            }
        }
    }

    // MARK: Blocks

    private func beginSection() {
        numbers.removeAll()
        newest.removeAll()
        last = nil
        block(0x0a0d_0d0a) {
            put(0x1a2b_3c4d as UInt32)
            put(1 as UInt16)
            put(0 as UInt16)
            // The section's length is not known.
            put(UInt64.max)
            guard !description.application.isEmpty else { return }
            option(4, Array(description.application.utf8))
            endOptions()
        }
    }

    /// The interface's number in the section, in which it is described if it is new; nil where the format has no number for
    /// its link type.
    @inline(__always)
    private func number(of interface: Interface, _ snapLength: UInt32) -> UInt32? {
        if let last, last.interface == interface { return last.number }
        return find(interface, snapLength)
    }

    private func find(_ interface: Interface, _ snapLength: UInt32) -> UInt32? {
        guard let linkType = interface.linkType.inFile else { return nil }
        if let known = numbers[interface] {
            last = (interface, known)
            return known
        }
        let number = UInt32(newest.count)
        numbers[interface] = number
        newest.append(0)
        last = (interface, number)
        var name = description.notes?.interface(interface.place)?.name ?? []
        if name.isEmpty { name = Array(description.interface.utf8.prefix(PcapngInterface.nameLimit)) }
        block(1) {
            put(linkType)
            put(0 as UInt16)
            put(snapLength)
            if !name.isEmpty { option(2, name) }
            // Times are in nanoseconds.
            option(9, [9])
            endOptions()
        }
        return number
    }

    // MARK: Bytes

    /// Appends a block with what `fill` appends between its lengths.
    @inline(__always)
    private func block(_ type: UInt32, _ fill: () -> Void) {
        let start = bytes.count
        put(type)
        put(0 as UInt32)
        fill()
        pad()
        let length = UInt32(clamping: bytes.count - start + 4)
        put(length)
        withUnsafeBytes(of: length) { length in
            for (index, byte) in length.enumerated() { bytes[start + 4 + index] = byte }
        }
    }

    private func option(_ code: UInt16, _ value: [UInt8]) {
        // What is too long for an option is cut.
        let value = value.prefix(Int(UInt16.max))
        put(code)
        put(UInt16(value.count))
        bytes += value
        pad()
    }

    private func option(_ code: UInt16, _ fill: () -> Void) {
        put(code)
        let place = bytes.count
        put(0 as UInt16)
        fill()
        let length = UInt16(clamping: bytes.count - place - 2)
        withUnsafeBytes(of: length) { length in
            for (index, byte) in length.enumerated() { bytes[place + index] = byte }
        }
        pad()
    }

    private func endOptions() { put(0 as UInt32) }

    /// Blocks and options begin at multiples of 4 from a block's beginning, and so does every block.
    private func pad() {
        while bytes.count & 3 != 0 { bytes.append(0) }
    }

    @inline(__always)
    private func put(_ number: some FixedWidthInteger) {
        withUnsafeBytes(of: number) { bytes.append(contentsOf: $0) }
    }

    /// Up to the next multiple of 4.
    @inline(__always)
    private func put(_ frame: RawSpan) {
        frame.withUnsafeBytes { bytes.append(contentsOf: $0) }
        pad()
    }
}
