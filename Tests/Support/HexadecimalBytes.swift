import Foundation

extension Array where Element == UInt8 {
    /// Bytes from hexadecimal digits; white space between them is skipped.
    public init(hex text: some StringProtocol) {
        var bytes: [UInt8] = []
        var high: Int?
        for character in text where !character.isWhitespace {
            guard let digit = character.hexDigitValue else { preconditionFailure("no hexadecimal digit") }
            if let first = high {
                bytes.append(UInt8(first << 4 | digit))
                high = nil
            } else {
                high = digit
            }
        }
        self = bytes
    }

    /// Two hexadecimal digits for each byte.
    public var hex: String { map { String(format: "%02x", $0) }.joined() }
}
