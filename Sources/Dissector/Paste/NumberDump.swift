/// Dumps of numbers that are no bytes in hexadecimal, and would be read as such: those of `od` without options and of
/// `xxd -b`.
enum NumberDump {
    /// Why a text that begins like one of them is not read; nil where it is something else.
    static func problem(_ text: [UInt8]) -> PasteProblem? {
        let line = text.prefix { $0 != 0x0a && $0 != 0x0d }
        guard line.count <= 200 else { return nil }
        let words = line.split(separator: 0x20, omittingEmptySubsequences: false)
        guard let offset = words.first else { return nil }
        // Text after two spaces has no numbers.
        let numbers = words.dropFirst().prefix { !$0.isEmpty }
        guard !numbers.isEmpty else { return nil }
        if offset.count == 7, offset.allSatisfy(isOctal),
            numbers.allSatisfy({ $0.count == 6 && $0.allSatisfy(isOctal) && ($0.first ?? 0) <= 0x31 })
        {
            return PasteProblem("numbers of od are octal words; od -tx1 prints bytes")
        }
        let isOfBits = numbers.allSatisfy { $0.count == 8 && $0.allSatisfy { $0 & 0xfe == 0x30 } }
        return offset.count == 9 && offset.last == 0x3a && isOfBits
            ? PasteProblem("numbers of xxd -b are bits; xxd prints bytes") : nil
    }

    private static func isOctal(_ character: UInt8) -> Bool { (0x30...0x37).contains(character) }
}
