import BitcoinP2P
import Fields

/// One line of a key log, after the convention of TLS:
/// `BIP324_SHARED_SECRET <initiator's ElligatorSwift key, 64 bytes> <ECDH secret, 32 bytes>` in hexadecimal.
///
/// White space may stand anywhere within the digits, since what separates the two is their length.
enum KeyLogLine {
    case empty
    case secret(EllSwiftKey, SharedSecret)
    case wrong(KeyLog.Fault)

    static let label = "BIP324_SHARED_SECRET"
    private static let digits = 2 * (EllSwiftKey.byteCount + SharedSecret.byteCount)

    /// - Parameter line: Without the line feed.
    init(_ line: ArraySlice<UInt8>) {
        let text = line.drop(while: Self.isSpace)
        guard let first = text.first, first != UInt8(ascii: "#") else {
            self = .empty
            return
        }
        let name = text.prefix { !Self.isSpace($0) }
        guard name.elementsEqual(Self.label.utf8) else {
            self = .wrong(.unknownLabel)
            return
        }
        self = Self.values(text.dropFirst(name.count))
    }

    private static func values(_ text: ArraySlice<UInt8>) -> KeyLogLine {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digits / 2)
        var count = 0
        var high: UInt8 = 0
        for character in text where !isSpace(character) {
            guard let digit = value(character) else { return .wrong(.notHexadecimal) }
            if count < digits, count % 2 == 1 { bytes.append(high << 4 | digit) }
            high = digit
            count += 1
        }
        guard count == digits, let key = EllSwiftKey(bytes.span.bytes),
            let secret = SharedSecret(Array(bytes.dropFirst(EllSwiftKey.byteCount)))
        else { return .wrong(.wrongLength(digits: count)) }
        return .secret(key, secret)
    }

    /// Space, tab, carriage return, and the two that nobody types.
    private static func isSpace(_ character: UInt8) -> Bool { character == 0x20 || (0x09...0x0d).contains(character) }

    private static func value(_ character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): character - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): character - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

extension KeyLog {
    /// The line, with its end, by which a key log has the secret of a connection.
    ///
    /// - Parameter key: The initiator's.
    public static func line(_ key: EllSwiftKey, _ secret: SharedSecret) -> [UInt8] {
        var text = TextBuffer()
        text.append(KeyLogLine.label)
        text.append(" ")
        text.append(hexadecimal: key.bytes.span.bytes)
        text.append(" ")
        text.append(hexadecimal: secret.bytes.span.bytes)
        text.append("\n")
        return text.bytes
    }
}
