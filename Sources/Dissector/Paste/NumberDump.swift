/// Dumps of numbers that are no bytes in hexadecimal, and would be read as such: those of `od` and `hexdump` in octal or
/// decimal or as characters, with or without offsets, and of `xxd -b`.
enum NumberDump {
    /// Why a text that begins like one of them is not read; nil where it is something else.
    static func problem(_ text: [UInt8]) -> PasteProblem? {
        var isFirst = true
        var start = text.prefix(Self.beginning)
        // The last word may be cut.
        if start.count < text.count { start = start[..<(start.lastIndex { $0 <= 0x20 } ?? 0)] }
        // The command may be before it.
        for line in start.split(whereSeparator: { $0 == 0x0a || $0 == 0x0d }).prefix(3) {
            let words = line.split { $0 == 0x20 || $0 == 0x09 }
            guard let offset = words.first else { continue }
            let numbers = words.dropFirst().prefix { $0.first != 0x3e || $0.count == 1 }
            var reason = isOffset(offset) ? ofNumbers(offset, numbers) : ofBits(words)
            if isFirst, reason == nil { reason = ofNumbersAlone(words) }
            if let reason { return PasteProblem(reason) }
            isFirst = false
        }
        return nil
    }

    /// More of a text is not looked at.
    private static let beginning = 1000

    private typealias Words = ArraySlice<ArraySlice<UInt8>>

    /// `od -Ax` has six digits, which three bytes have, too: but an offset begins with 0 in all that is pasted.
    private static func isOffset(_ word: ArraySlice<UInt8>) -> Bool {
        (word.count == 7 || word.count == 6 && word.first == 0x30)
            && word.allSatisfy { HexadecimalText.digit($0) != nil }
    }

    private static func ofNumbers(_ offset: ArraySlice<UInt8>, _ numbers: Words) -> String? {
        guard !numbers.isEmpty else { return nil }
        if numbers.allSatisfy(isOctalByte) { return "numbers of od -b are octal; od -tx1 prints bytes" }
        if offset.count == 7, numbers.allSatisfy({ isOctal($0, digits: 6, to: 0x31) }) {
            return "numbers of od are octal words; od -tx1 prints bytes"
        }
        if numbers.allSatisfy(isCharacter), numbers.contains(where: isNoNumber) {
            return "od -c and od -a print characters; od -tx1 prints bytes"
        }
        // Hexadecimal words have two digits for each byte.
        if numbers.allSatisfy(isDecimal),
            numbers.contains(where: { ![2, 4, 8, 16].contains($0.count) || $0.first == 0x2d })
        {
            return "numbers of this dump are decimal; od -tx1 prints bytes"
        }
        return nil
    }

    /// - Parameter numbers: Of a line without an offset.
    private static func ofNumbersAlone(_ numbers: [ArraySlice<UInt8>]) -> String? {
        guard numbers.count >= 4 else { return nil }
        if numbers.allSatisfy(isOctalByte) { return "numbers of three octal digits are no bytes; od -tx1 prints them" }
        let areDecimal = numbers.allSatisfy { number in
            let value = Int(String(decoding: number, as: UTF8.self)) ?? 256
            return number.count <= 3 && value <= 255 && (number.count == 1 || number.first != 0x30)
        }
        guard areDecimal, numbers.contains(where: { $0.count == 3 }) else { return nil }
        return "these numbers seem to be decimal; put commas between them, or use od -tx1"
    }

    /// Groups of hexadecimal digits may have only 0 and 1, too, and a longer text.
    private static func ofBits(_ words: [ArraySlice<UInt8>]) -> String? {
        guard let offset = words.first, offset.count == 9, offset.last == 0x3a else { return nil }
        let numbers = words.dropFirst().prefix { $0.count == 8 && $0.allSatisfy { $0 & 0xfe == 0x30 } }
        let shown = words.dropFirst(1 + numbers.count).reduce(0) { $0 + $1.count }
        return !numbers.isEmpty && shown <= numbers.count ? "numbers of xxd -b are bits; xxd prints bytes" : nil
    }

    private static func isOctalByte(_ word: ArraySlice<UInt8>) -> Bool { isOctal(word, digits: 3, to: 0x33) }

    private static func isOctal(_ word: ArraySlice<UInt8>, digits: Int, to highest: UInt8) -> Bool {
        word.count == digits && word.allSatisfy { (0x30...0x37).contains($0) } && (word.first ?? 0) <= highest
    }

    private static func isDecimal(_ word: ArraySlice<UInt8>) -> Bool {
        let digits = word.first == 0x2d ? word.dropFirst() : word
        return !digits.isEmpty && digits.allSatisfy { (0x30...0x39).contains($0) }
    }

    /// Whether it has a letter that no digit is, or is one letter.
    private static func isNoNumber(_ word: ArraySlice<UInt8>) -> Bool {
        word.contains { HexadecimalText.digit($0) == nil } || word.count == 1 && !isDecimal(word)
    }

    /// As `od -c` and `od -a` show a byte: itself, `\0`, three octal digits, `nul`.
    private static func isCharacter(_ word: ArraySlice<UInt8>) -> Bool {
        switch word.count {
        case 1: return true
        case 2: return word.first == 0x5c || names.contains { $0.elementsEqual(word) }
        case 3: return isOctalByte(word) || names.contains { $0.elementsEqual(word) }
        default: return false
        }
    }

    private static let names: [[UInt8]] = [
        "nul", "soh", "stx", "etx", "eot", "enq", "ack", "bel", "bs", "ht", "nl", "vt", "ff", "cr", "so", "si", "dle",
        "dc1", "dc2", "dc3", "dc4", "nak", "syn", "etb", "can", "em", "sub", "esc", "fs", "gs", "rs", "us", "sp", "del",
    ].map { Array($0.utf8) }
}
