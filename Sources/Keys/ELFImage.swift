import Glibc
import System

/// A program or library as its file lays it out in memory. The file may be anything: what is no such program is refused.
struct ELFImage {
    enum Machine: UInt16 {
        case x86 = 62
        case arm = 183
    }

    /// Bytes of the file that are mapped as they are.
    struct Segment {
        /// Of the first byte, when nothing is relocated.
        let address: UInt64
        /// Of the first byte in the file.
        let fileOffset: UInt64
        let isExecutable: Bool
        let bytes: [UInt8]

        /// Past the last byte. Invariant: it is no more than the largest address.
        var end: UInt64 { address &+ UInt64(bytes.count) }

        func contains(_ address: UInt64) -> Bool { address >= self.address && address < end }

        /// The bytes from an address on.
        func bytes(from address: UInt64) -> ArraySlice<UInt8> {
            contains(address) ? bytes[Int(address - self.address)...] : []
        }
    }

    let machine: Machine
    /// It may be loaded anywhere, so no instruction has an address as a number of its own.
    let isMovable: Bool
    /// In the order of the file, only those that are not written to.
    let segments: [Segment]
    /// Where `.eh_frame_hdr` is loaded; nil where there is none.
    let unwindHeader: UInt64?
    /// Where the section `.eh_frame` is loaded; nil where the file does not say.
    let unwindTable: UInt64?
    private let symbolTables: [SymbolTable]
    /// It has symbols in a compressed section, which only bpftrace reads.
    let hasHiddenSymbols: Bool

    /// More headers are in no program.
    private static let headerLimit = 4096
    /// A larger segment is in no node.
    private static let segmentLimit: UInt64 = 256 << 20

    private struct SymbolTable {
        let symbols: [UInt8]
        let names: [UInt8]
    }

    init(_ path: String) throws(SearchFailure) {
        let file: Descriptor
        do throws(SystemFailure) { file = try Descriptor(file: path) } catch {
            throw SearchFailure("it cannot be read: \(error.message)")
        }
        guard file.type == S_IFREG else { throw SearchFailure("it is no regular file") }
        var header = LittleEndianBytes(Self.read(file, 0, 64))
        guard header.take(4)?.elementsEqual([0x7f, 0x45, 0x4c, 0x46]) == true, let form = header.take(12) else {
            throw SearchFailure("it is not a program of machine code (ELF)")
        }
        // 64 bits, little-endian.
        guard form.starts(with: [2, 1]), let type = header.next(UInt16.self), let number = header.next(UInt16.self),
            let machine = Machine(rawValue: number), type == 2 || type == 3
        else { throw SearchFailure("it is for neither x86-64 nor aarch64") }
        self.machine = machine
        isMovable = type == 3
        guard header.skip(12), let programs = header.next(UInt64.self), let sections = header.next(UInt64.self),
            header.skip(6), let programSize = header.next(UInt16.self), let programCount = header.next(UInt16.self),
            let sectionSize = header.next(UInt16.self), let sectionCount = header.next(UInt16.self),
            let namesIndex = header.next(UInt16.self), programSize == 56, programCount <= Self.headerLimit
        else { throw SearchFailure("its header is damaged") }
        let list = LittleEndianBytes(Self.read(file, programs, Int(programCount) * 56))
        (segments, unwindHeader) = try Self.segments(file, list)
        guard !segments.isEmpty else { throw SearchFailure("nothing of it is loaded") }
        guard sectionSize == 64, sectionCount <= Self.headerLimit else {
            (symbolTables, hasHiddenSymbols, unwindTable) = ([], false, nil)
            return
        }
        (symbolTables, hasHiddenSymbols, unwindTable) = Self.sections(
            file, Self.read(file, sections, Int(sectionCount) * 64), names: Int(namesIndex))
    }

    // MARK: Segments

    private static func segments(
        _ file: borrowing Descriptor, _ list: consuming LittleEndianBytes
    ) throws(SearchFailure) -> ([Segment], UInt64?) {
        var segments: [Segment] = []
        var unwindHeader: UInt64?
        while let type = list.next(UInt32.self), let flags = list.next(UInt32.self),
            let offset = list.next(UInt64.self), let address = list.next(UInt64.self), list.skip(8),
            let size = list.next(UInt64.self), list.skip(16)
        {
            // PT_GNU_EH_FRAME.
            if type == 0x6474_e550 { unwindHeader = address }
            // PT_LOAD; what is written to holds no constants.
            guard type == 1, flags & 2 == 0, size > 0 else { continue }
            guard size <= segmentLimit, segments.count < 16, address <= .max - size, offset <= .max - size else {
                throw SearchFailure("its segments are too large")
            }
            let bytes = read(file, offset, Int(size))
            guard bytes.count == size else { throw SearchFailure("its end is missing") }
            segments.append(
                Segment(
                    address: address, fileOffset: offset, isExecutable: flags & 1 != 0, bytes: bytes))
        }
        return (segments, unwindHeader)
    }

    /// The segment that has an address.
    func segment(_ address: UInt64) -> Segment? { segments.first { $0.contains(address) } }

    /// The bytes from an address on, up to the end of their segment.
    func bytes(from address: UInt64) -> ArraySlice<UInt8> { segment(address)?.bytes(from: address) ?? [] }

    // MARK: Sections

    private struct Section {
        let name: UInt32
        let type: UInt32
        let address: UInt64
        let offset: UInt64
        let size: UInt64
        let link: UInt32
    }

    private static func sections(
        _ file: borrowing Descriptor, _ headers: [UInt8], names: Int
    ) -> ([SymbolTable], hasHiddenSymbols: Bool, unwindTable: UInt64?) {
        var sections: [Section] = []
        var list = LittleEndianBytes(headers)
        while let name = list.next(UInt32.self), let type = list.next(UInt32.self), list.skip(8),
            let address = list.next(UInt64.self), let offset = list.next(UInt64.self),
            let size = list.next(UInt64.self), let link = list.next(UInt32.self), list.skip(20)
        {
            sections.append(
                Section(name: name, type: type, address: address, offset: offset, size: size, link: link))
        }
        func contents(_ index: Int) -> [UInt8] {
            guard sections.indices.contains(index), sections[index].size <= segmentLimit else { return [] }
            return read(file, sections[index].offset, Int(sections[index].size))
        }
        // SHT_SYMTAB and SHT_DYNSYM.
        let tables = sections.indices.filter { sections[$0].type == 2 || sections[$0].type == 11 }.prefix(4).map {
            SymbolTable(symbols: contents($0), names: contents(Int(sections[$0].link)))
        }
        let sectionNames = contents(names)
        func first(_ name: String) -> Section? {
            let name = Array(name.utf8) + [0]
            return sections.first { sectionNames[min(Int($0.name), sectionNames.count)...].starts(with: name) }
        }
        return (tables, first(".gnu_debugdata") != nil, first(".eh_frame")?.address)
    }

    /// Whether a symbol of the file spans an address.
    func hasSymbol(at address: UInt64) -> Bool {
        symbolAddress { _, value, size in address >= value && address - value < size } != nil
    }

    /// Where a function of this name is; nil where the file does not say.
    func address(ofSymbol name: String) -> UInt64? {
        let name = Array(name.utf8) + [0]
        return symbolAddress { text, value, _ in value != 0 && text.starts(with: name) }
    }

    private func symbolAddress(where isOne: (ArraySlice<UInt8>, UInt64, UInt64) -> Bool) -> UInt64? {
        for table in symbolTables {
            var list = LittleEndianBytes(table.symbols)
            while let name = list.next(UInt32.self), list.skip(2), let section = list.next(UInt16.self),
                let value = list.next(UInt64.self), let size = list.next(UInt64.self)
            {
                // One of another file has no section.
                guard section != 0 else { continue }
                let start = min(Int(name), table.names.count)
                if isOne(table.names[start...], value, size) { return value }
            }
        }
        return nil
    }

    // MARK: Reading

    /// As many of these bytes as the file has. The count is bounded by the caller.
    private static func read(_ file: borrowing Descriptor, _ offset: UInt64, _ count: Int) -> [UInt8] {
        var status = stat()
        guard fstat(file.number, &status) == 0, let size = UInt64(exactly: status.st_size), offset < size else {
            return []
        }
        // A header may promise more than there is: no memory is taken for that.
        let length = Int(min(UInt64(count), size - offset))
        return [UInt8](unsafeUninitializedCapacity: length) { buffer, done in
            while done < length {
                let rest = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[done...])
                let more = pread(file.number, rest.baseAddress, rest.count, off_t(offset) + off_t(done))
                if more < 0, errno == EINTR { continue }
                guard more > 0 else { break }
                done += more
            }
        }
    }
}
