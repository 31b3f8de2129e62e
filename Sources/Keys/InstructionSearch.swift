/// Looks through machine code for the instructions that refer to an address, or jump to one. It does not follow the
/// code, which has data in it: on x86-64 an instruction may begin at any byte.
enum InstructionSearch {
    /// Where instructions make this address, in the order of the code.
    static func references(
        to target: UInt64, in segment: ELFImage.Segment, _ machine: ELFImage.Machine, isMovable: Bool
    ) -> [UInt64] {
        segment.bytes.withUnsafeBytes { code in
            let found =
                switch machine {
                case .x86: x86References(to: target, in: code, at: segment.address, isMovable)
                case .arm: armReferences(to: target, in: code, at: segment.address)
                }
            return found.map { segment.address &+ UInt64($0) }
        }
    }

    /// Where instructions outside of `range` jump into it on a condition, or, on aarch64, beyond its beginning.
    ///
    /// A function is called, or jumped to when another ends. Only what is a part of another is jumped to on a condition.
    static func jumps(
        into range: Range<UInt64>, in segment: ELFImage.Segment, _ machine: ELFImage.Machine
    ) -> [UInt64] {
        segment.bytes.withUnsafeBytes { code in
            switch machine {
            case .x86: x86Jumps(into: range, in: code, at: segment.address)
            case .arm: armJumps(into: range, in: code, at: segment.address)
            }
        }
    }

    // MARK: x86-64

    private static func x86References(
        to target: UInt64, in code: UnsafeRawBufferPointer, at address: UInt64, _ isMovable: Bool
    ) -> [Int] {
        var found: [Int] = []
        guard code.count >= 5 else { return [] }
        let wanted = UInt32(truncatingIfNeeded: target &- address)
        let absolute = isMovable ? nil : UInt32(exactly: target)
        for at in 1...code.count - 4 {
            let number = UInt32(littleEndian: code.loadUnaligned(fromByteOffset: at, as: UInt32.self))
            // `lea`: what follows the four bytes, and they, make the address.
            if number &+ UInt32(truncatingIfNeeded: at &+ 4) == wanted, at >= 3, code[at - 1] & 0xc7 == 0x05,
                code[at - 2] == 0x8d, code[at - 3] & 0xf8 == 0x48,
                address &+ UInt64(at + 4) &+ UInt64(bitPattern: Int64(Int32(bitPattern: number))) == target
            {
                found.append(at - 3)
            } else if number == absolute, isX86Load(code, at) {
                found.append(at - 1)
            }
        }
        return found
    }

    /// The number at `at` is that of `push`, or of a `mov` into a register.
    private static func isX86Load(_ code: UnsafeRawBufferPointer, _ at: Int) -> Bool {
        let before = code[at - 1]
        if before == 0x68 || before & 0xf8 == 0xb8 { return true }
        return at >= 3 && before & 0xf8 == 0xc0 && code[at - 2] == 0xc7 && code[at - 3] & 0xfe == 0x48
    }

    private static func x86Jumps(
        into range: Range<UInt64>, in code: UnsafeRawBufferPointer, at address: UInt64
    ) -> [UInt64] {
        guard code.count >= 6 else { return [] }
        var found: [UInt64] = []
        for at in 0...code.count - 6 where code[at] == 0x0f && code[at + 1] & 0xf0 == 0x80 {
            let jump = address &+ UInt64(at)
            if range.contains(jump) { continue }
            let distance = Int32(littleEndian: code.loadUnaligned(fromByteOffset: at + 2, as: Int32.self))
            if range.contains(jump &+ 6 &+ UInt64(bitPattern: Int64(distance))) { found.append(jump) }
        }
        return found
    }

    // MARK: aarch64

    /// How far apart, in instructions, the two may stand that make the address: of its page, then of its place there.
    private static let armReach = 64

    private static func armReferences(
        to target: UInt64, in code: UnsafeRawBufferPointer, at address: UInt64
    ) -> [Int] {
        var found: [Int] = []
        let words = code.count / 4
        func word(_ index: Int) -> UInt32 {
            UInt32(littleEndian: code.loadUnaligned(fromByteOffset: index * 4, as: UInt32.self))
        }
        for index in 0..<words {
            let instruction = word(index)
            // `adr` and `adrp`.
            guard instruction & 0x1f00_0000 == 0x1000_0000 else { continue }
            let place = address &+ UInt64(index) * 4
            let register = instruction & 0x1f
            let low = instruction >> 29 & 3
            let distance = signed((instruction >> 5 & 0x7_ffff) << 2 | low, bits: 21)
            if instruction >> 31 == 0 {
                if place &+ distance == target { found.append(index * 4) }
                continue
            }
            guard place & ~0xfff &+ (distance << 12) == target & ~0xfff else { continue }
            for next in index + 1..<min(words, index + 1 + armReach) {
                let other = word(next)
                // `add` of a number below 4096 to the same register.
                if other & 0xffc0_0000 == 0x9100_0000, other >> 5 & 0x1f == register,
                    UInt64(other >> 10 & 0xfff) == target & 0xfff
                {
                    found.append(next * 4)
                }
                // The register has another page's address.
                if other & 0x9f00_001f == 0x9000_0000 | register { break }
            }
        }
        return found
    }

    private static func armJumps(
        into range: Range<UInt64>, in code: UnsafeRawBufferPointer, at address: UInt64
    ) -> [UInt64] {
        var found: [UInt64] = []
        for index in 0..<code.count / 4 {
            let instruction = UInt32(littleEndian: code.loadUnaligned(fromByteOffset: index * 4, as: UInt32.self))
            let distance: UInt64
            var isConditional = true
            if instruction & 0xff00_0010 == 0x5400_0000 || instruction & 0x7e00_0000 == 0x3400_0000 {
                // `b.cond`, `cbz`, `cbnz`.
                distance = signed((instruction >> 5 & 0x7_ffff) << 2, bits: 21)
            } else if instruction & 0x7e00_0000 == 0x3600_0000 {
                // `tbz`, `tbnz`.
                distance = signed((instruction >> 5 & 0x3fff) << 2, bits: 16)
            } else if instruction & 0xfc00_0000 == 0x1400_0000 {
                distance = signed((instruction & 0x3ff_ffff) << 2, bits: 28)
                isConditional = false
            } else {
                continue
            }
            let place = address &+ UInt64(index) * 4
            let target = place &+ distance
            if range.contains(place) || !range.contains(target) { continue }
            if isConditional || target != range.lowerBound { found.append(place) }
        }
        return found
    }

    /// A signed number of `bits` bits. It is added with overflow.
    private static func signed(_ number: UInt32, bits: UInt32) -> UInt64 {
        UInt64(bitPattern: Int64(Int32(bitPattern: number << (32 - bits)) >> Int32(32 - bits)))
    }
}
