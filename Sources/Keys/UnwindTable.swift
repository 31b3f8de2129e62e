/// `.eh_frame`: where each function of a program begins and ends, which also a stripped one says, since exceptions are
/// thrown through it.
struct UnwindTable {
    /// The code that one entry describes.
    struct Part: Equatable {
        let range: Range<UInt64>
        /// At its first instruction the stack is as a caller left it. Where not, a part of a function begins here, to
        /// which another part of it jumps: a `.cold` one.
        let beginsAsFunction: Bool
    }

    private let image: [ELFImage.Segment]
    private let start: UInt64

    init(_ image: ELFImage) throws(SearchFailure) {
        self.image = image.segments
        guard let header = image.unwindHeader else {
            // Programs that load no libraries have the table alone.
            guard let table = image.unwindTable else { throw SearchFailure("it has no unwind table") }
            start = table
            return
        }
        var bytes = LittleEndianBytes(image.bytes(from: header))
        guard bytes.next(UInt8.self) == 1, let encoding = bytes.next(UInt8.self), bytes.skip(2),
            let start = Self.pointer(encoding, &bytes, at: header &+ 4)
        else { throw SearchFailure("its .eh_frame_hdr is damaged") }
        self.start = start
    }

    /// The parts that have one of these addresses, each once.
    func parts(with addresses: [UInt64]) throws(SearchFailure) -> [Part] {
        var parts: [Part] = []
        guard let segment = image.first(where: { $0.contains(start) }) else {
            throw SearchFailure("its .eh_frame is not in the file")
        }
        var list = LittleEndianBytes(segment.bytes(from: start))
        var common: [UInt64: CommonEntry] = [:]
        while let length32 = list.next(UInt32.self), length32 != 0 {
            let isLong = length32 == .max
            guard let length = isLong ? list.next(UInt64.self) : UInt64(length32) else { break }
            let entryAddress = segment.address &+ UInt64(list.at)
            guard let bytes = list.take(length) else { throw SearchFailure("its .eh_frame is damaged") }
            var entry = LittleEndianBytes(bytes)
            guard let identifier = isLong ? entry.next(UInt64.self) : entry.next(UInt32.self).map(UInt64.init) else {
                throw SearchFailure("its .eh_frame is damaged")
            }
            // How far back the common entry's length stands, from here.
            if identifier == 0 {
                common[entryAddress &- (isLong ? 12 : 4)] = CommonEntry(&entry)
            } else if let common = common[entryAddress &- identifier] {
                let at = segment.address &+ UInt64(entry.at)
                guard let part = Self.part(common, &entry, at: at) else { continue }
                if addresses.contains(where: part.range.contains), !parts.contains(part) { parts.append(part) }
            }
        }
        return parts
    }

    /// What several entries share (CIE).
    private struct CommonEntry {
        /// How the addresses of functions are written.
        var encoding: UInt8 = 0
        /// Entries have data before their instructions.
        var hasData = false

        /// Nil where it is of an unknown kind: entries that refer to it are skipped.
        init?(_ bytes: inout LittleEndianBytes) {
            guard let version = bytes.next(UInt8.self), [1, 3, 4].contains(version), let letters = bytes.text() else {
                return nil
            }
            if version == 4, !bytes.skip(2) { return nil }
            // Factors of code and data, the register of the return address.
            guard bytes.uleb() != nil, bytes.uleb() != nil,
                version == 1 ? bytes.skip(1) : bytes.uleb() != nil
            else { return nil }
            guard letters.first == UInt8(ascii: "z") else {
                if letters.isEmpty { return }
                return nil
            }
            hasData = true
            guard bytes.uleb() != nil else { return nil }
            for letter in letters.dropFirst() {
                switch letter {
                case UInt8(ascii: "R"):
                    guard let encoding = bytes.next(UInt8.self) else { return nil }
                    self.encoding = encoding
                case UInt8(ascii: "L"): guard bytes.skip(1) else { return nil }
                case UInt8(ascii: "P"):
                    guard let encoding = bytes.next(UInt8.self), let size = UnwindTable.size(encoding),
                        bytes.skip(UInt64(size))
                    else { return nil }
                // A signal's frame, aarch64's second key, memory tags.
                case UInt8(ascii: "S"), UInt8(ascii: "B"), UInt8(ascii: "G"): break
                default: return nil
                }
            }
        }
    }

    /// - Parameter address: Of the first byte that is read.
    private static func part(
        _ common: CommonEntry, _ bytes: inout LittleEndianBytes, at address: UInt64
    ) -> Part? {
        guard let start = pointer(common.encoding, &bytes, at: address),
            let length = pointer(common.encoding & 0x0f, &bytes, at: 0), length > 0, start <= .max - length
        else { return nil }
        if common.hasData {
            guard let count = bytes.uleb(), bytes.skip(count) else { return nil }
        }
        return Part(range: start..<start + length, beginsAsFunction: beginsAsFunction(&bytes))
    }

    /// Whether the first instruction that says something says that code has gone on.
    private static func beginsAsFunction(_ bytes: inout LittleEndianBytes) -> Bool {
        while let code = bytes.next(UInt8.self) {
            // DW_CFA_nop.
            if code == 0 { continue }
            // DW_CFA_advance_loc in its four sizes, DW_CFA_set_loc.
            return code & 0xc0 == 0x40 || (1...4).contains(code)
        }
        return true
    }

    // MARK: Pointers

    private static func size(_ encoding: UInt8) -> Int? {
        switch encoding & 0x0f {
        case 0x00, 0x04, 0x0c: 8
        case 0x02, 0x0a: 2
        case 0x03, 0x0b: 4
        default: nil
        }
    }

    /// A pointer as DWARF's exception tables write it; nil in a way that compilers do not use here.
    private static func pointer(_ encoding: UInt8, _ bytes: inout LittleEndianBytes, at address: UInt64) -> UInt64? {
        let value: UInt64?
        switch encoding & 0x0f {
        case 0x00, 0x04, 0x0c: value = bytes.next(UInt64.self)
        case 0x02: value = bytes.next(UInt16.self).map(UInt64.init)
        case 0x03: value = bytes.next(UInt32.self).map(UInt64.init)
        case 0x0a: value = bytes.next(Int16.self).map { UInt64(bitPattern: Int64($0)) }
        case 0x0b: value = bytes.next(Int32.self).map { UInt64(bitPattern: Int64($0)) }
        default: value = nil
        }
        return switch encoding & 0xf0 {
        case 0x00: value
        case 0x10: value.map { address &+ $0 }
        default: nil
        }
    }
}
