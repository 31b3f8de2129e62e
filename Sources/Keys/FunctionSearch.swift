import Glibc

/// Finds ``KeyProbe/symbol`` in a file that has no name for it: releases are stripped.
///
/// The function checks its arguments, and says which is wrong: no other one has these texts. An instruction of it refers
/// to each, and the unwind table says where the function begins that has the instruction.
enum FunctionSearch {
    /// What the function says of its arguments.
    static let texts = ["ell_a64 != NULL", "ell_b64 != NULL"]

    /// The number by which bpftrace finds the function.
    ///
    /// bpftrace takes a number for an address where a symbol of the file spans it, and else for an offset in the file.
    static func place(in image: ELFImage) throws(SearchFailure) -> UInt64 {
        let address = try start(in: image)
        guard let segment = image.segment(address) else { throw SearchFailure("its function is not in the file") }
        let offset = segment.fileOffset &+ (address &- segment.address)
        // Then it is the same, whatever bpftrace takes it for. So it is in what is linked by GNU ld.
        if offset == address { return offset }
        if !image.hasHiddenSymbols {
            if !image.hasSymbol(at: offset) { return offset }
            if image.hasSymbol(at: address) { return address }
        }
        throw SearchFailure("bpftrace would take the function's place in it for that of another function")
    }

    /// The address of the function where nothing is relocated.
    static func start(in image: ELFImage) throws(SearchFailure) -> UInt64 {
        let table = try UnwindTable(image)
        var found: UnwindTable.Part?
        for text in texts {
            let places = try references(to: text, in: image)
            let parts = try table.parts(with: places)
            guard let part = parts.first else {
                throw SearchFailure("its unwind table does not have the code that refers to \"\(text)\"")
            }
            guard parts.count == 1 else {
                throw SearchFailure("more than one function of it refers to \"\(text)\"")
            }
            if let found, found != part {
                throw SearchFailure("not one and the same function of it refers to \"\(texts[0])\" and \"\(text)\"")
            }
            found = part
        }
        guard let found else { throw SearchFailure("there is nothing to look for") }
        // Data between the code, which no entry of the table is of, may look like any instruction.
        let jumps = try table.parts(
            with: image.segments.filter(\.isExecutable).flatMap {
                InstructionSearch.jumps(into: found.range, in: $0, image.machine)
            })
        guard found.beginsAsFunction, jumps.isEmpty else {
            throw SearchFailure(
                "its compiler has put the code that refers to \"\(texts[0])\" apart from its function (a .cold part)")
        }
        return found.range.lowerBound
    }

    /// Whether a text begins anywhere in the file.
    static func has(_ text: String, in image: ELFImage) -> Bool {
        image.segments.contains { !occurrences(of: Array(text.utf8), in: $0.bytes).isEmpty }
    }

    /// Where instructions refer to a text, which the file has once.
    private static func references(to text: String, in image: ELFImage) throws(SearchFailure) -> [UInt64] {
        let addresses = image.segments.flatMap { segment in
            occurrences(of: Array(text.utf8) + [0], in: segment.bytes).map { segment.address &+ UInt64($0) }
        }
        guard let address = addresses.first else {
            throw SearchFailure("it does not have the text \"\(text)\"", isAbsence: true)
        }
        guard addresses.count == 1 else { throw SearchFailure("it has the text \"\(text)\" more than once") }
        let places = image.segments.filter(\.isExecutable).flatMap {
            InstructionSearch.references(to: address, in: $0, image.machine, isMovable: image.isMovable)
        }
        guard !places.isEmpty else {
            throw SearchFailure("none of its instructions refers to \"\(text)\" in a way that btcshark knows")
        }
        return places
    }

    /// The first of them, two at most: more are of no use.
    private static func occurrences(of text: [UInt8], in bytes: [UInt8]) -> [Int] {
        bytes.withUnsafeBytes { all in
            var places: [Int] = []
            var start = 0
            while places.count < 2, start <= all.count - text.count, let base = all.baseAddress,
                let first = memchr(base + start, Int32(text[0]), all.count - text.count - start + 1)
            {
                let at = UnsafeRawPointer(first) - base
                if memcmp(base + at, text, text.count) == 0 { places.append(at) }
                start = at + 1
            }
            return places
        }
    }
}
