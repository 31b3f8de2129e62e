import Foundation

@testable import Keys

/// A program of a few instructions, as no compiler is needed to make it.
///
/// It is loaded as it lies in the file, but for `base` and `shift`: code, texts and the unwind table one after another.
struct MadeProgram {
    struct Function {
        var code: [UInt8]
        /// What the unwind table says first: `DW_CFA_advance_loc` of a function, else of a part of one.
        var unwind: [UInt8] = [0x41, 0x0e, 0x10]
    }

    var machine: ELFImage.Machine = .x86
    /// An address stands in the code as it is.
    var isMovable = true
    var functions: [Function] = []
    var texts: [String] = FunctionSearch.texts
    var hasHeader = true
    /// Addresses are so much above the places in the file.
    var base: UInt64 = 0
    /// Symbols: of each its address and size.
    var symbols: [(UInt64, UInt64)] = []

    /// Where code, texts and tables begin, in the file and beside ``base`` also in memory.
    static let code = 0x1000
    static let texts = 0x3000
    static let tables = 0x3800

    /// The address of a function, which begins at a multiple of 0x100 after the code's.
    func address(ofFunction index: Int) -> UInt64 { base + UInt64(Self.code + 0x100 * index) }

    func address(ofText index: Int) -> UInt64 {
        base + UInt64(Self.texts + texts[..<index].map { $0.utf8.count + 1 }.reduce(0, +))
    }

    // MARK: Instructions

    /// `lea rax, [rip + …]` of x86-64, to stand at an address.
    static func lea(_ target: UInt64, at address: UInt64) -> [UInt8] {
        [0x48, 0x8d, 0x05] + little(UInt32(truncatingIfNeeded: target &- address &- 7))
    }

    /// `je` of x86-64, to stand at an address.
    static func je(_ target: UInt64, at address: UInt64) -> [UInt8] {
        [0x0f, 0x84] + little(UInt32(truncatingIfNeeded: target &- address &- 6))
    }

    /// `adrp x3` and `add x1, x3, …` of aarch64 with another instruction between, to stand at an address.
    static func adrpAdd(_ target: UInt64, at address: UInt64) -> [UInt8] {
        let pages = UInt32(truncatingIfNeeded: (target >> 12) &- (address >> 12))
        let adrp = 0x9000_0003 | (pages & 3) << 29 | (pages >> 2 & 0x7_ffff) << 5
        let add = 0x9100_0061 | UInt32(target & 0xfff) << 10
        return little(adrp) + little(UInt32(0xd503_201f)) + little(add)
    }

    static func little<T: FixedWidthInteger>(_ number: T) -> [UInt8] {
        withUnsafeBytes(of: number.littleEndian) { Array($0) }
    }

    // MARK: The file

    var bytes: [UInt8] {
        var file = header
        file += [UInt8](repeating: 0, count: Self.code - file.count)
        for function in functions {
            file += function.code + [UInt8](repeating: 0x90, count: 0x100 - function.code.count)
        }
        file += [UInt8](repeating: 0, count: Self.texts - file.count)
        for text in texts { file += Array(text.utf8) + [0] }
        file += [UInt8](repeating: 0, count: Self.tables - file.count)
        file += tables
        file += [UInt8](repeating: 0, count: Self.sections - file.count)
        return file + sections
    }

    private static let sections = 0x4000

    private var header: [UInt8] {
        var header: [UInt8] = [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1] + [UInt8](repeating: 0, count: 9)
        header += Self.little(UInt16(isMovable ? 3 : 2)) + Self.little(machine.rawValue) + Self.little(UInt32(1))
        header += Self.little(base + 0x1000) + Self.little(UInt64(64)) + Self.little(UInt64(Self.sections))
        header += Self.little(UInt32(0)) + [64, 0, 56, 0, hasHeader ? 3 : 2, 0, 64, 0, 4, 0, 3, 0]
        // What is executed, what is read.
        header += segment(type: 1, flags: 5, Self.code..<Self.texts)
        header += segment(type: 1, flags: 4, Self.texts..<Self.sections)
        if hasHeader { header += segment(type: 0x6474_e550, flags: 4, Self.tables..<Self.tables + 8) }
        return header
    }

    private func segment(type: UInt32, flags: UInt32, _ range: Range<Int>) -> [UInt8] {
        let address = base + UInt64(range.lowerBound)
        let words = [
            UInt64(range.lowerBound), address, address, UInt64(range.count), UInt64(range.count), 0x1000,
        ]
        return Self.little(type) + Self.little(flags) + words.flatMap { Self.little($0) }
    }

    /// `.eh_frame_hdr` without its table, then `.eh_frame`.
    private var tables: [UInt8] {
        let start = base + UInt64(Self.tables)
        // What it points to begins four bytes after the pointer.
        var bytes: [UInt8] = [1, 0x1b, 0xff, 0xff] + Self.little(UInt32(4))
        let common: [UInt8] =
            Self.little(UInt32(0)) + [1, 0x7a, 0x52, 0, 1, 0x78, 16, 1, 0x1b, 0x0c, 7, 8, 0x90, 1, 0, 0]
        bytes += Self.little(UInt32(common.count)) + common
        for (index, function) in functions.enumerated() {
            let place = start + UInt64(bytes.count) + 8
            var entry = Self.little(UInt32(bytes.count + 4 - 8))
            entry += Self.little(UInt32(truncatingIfNeeded: address(ofFunction: index) &- place))
            entry += Self.little(UInt32(0x100)) + [0] + function.unwind
            entry += [UInt8](repeating: 0, count: (4 - entry.count % 4) % 4)
            bytes += Self.little(UInt32(entry.count)) + entry
        }
        return bytes + [0, 0, 0, 0]
    }

    /// None, the symbols, `.eh_frame`, and the names of the sections.
    private var sections: [UInt8] {
        let names = "\0.symtab\0.eh_frame\0"
        let place = Self.sections + 4 * 64
        var list: [UInt8] = []
        for (value, size) in symbols {
            list += [0, 0, 0, 0, 0, 0, 1, 0] + Self.little(value) + Self.little(size)
        }
        var bytes = [UInt8](repeating: 0, count: 64)
        func add(_ name: UInt32, _ type: UInt32, _ address: UInt64, _ offset: Int, _ size: Int) {
            bytes += Self.little(name) + Self.little(type) + [UInt8](repeating: 0, count: 8)
            for word in [address, UInt64(offset), UInt64(size)] { bytes += Self.little(word) }
            bytes += Self.little(UInt32(3)) + [UInt8](repeating: 0, count: 20)
        }
        add(1, 2, 0, place + names.utf8.count, list.count)
        add(9, 1, base + UInt64(Self.tables + 8), Self.tables + 8, 0x100)
        add(0, 3, 0, place, names.utf8.count)
        return bytes + Array(names.utf8) + list
    }

    /// What is found in it, written into a file.
    func find() throws -> UInt64 { try Self.find(bytes) }

    static func find(_ bytes: [UInt8]) throws -> UInt64 {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("made-\(UUID().uuidString)")
        try Data(bytes).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        return try FunctionSearch.place(in: ELFImage(file.path))
    }
}
