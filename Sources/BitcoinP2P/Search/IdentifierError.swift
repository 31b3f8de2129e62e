/// Why a text names nothing that can be looked for.
public struct IdentifierError: Error, CustomStringConvertible {
    public let description: String

    static func unknown(_ text: String) -> IdentifierError {
        IdentifierError(
            description: "'\(text)' is nothing that messages have: say a txid, wtxid or block hash (64 hexadecimal "
                + "digits), a short id (12), a Bitcoin address, an IP, .onion or .b32.i2p address, or one with a port, "
                + "as in 192.0.2.1:8333 and [2001:db8::1]:8333.")
    }

    static func digits(_ text: String) -> IdentifierError {
        IdentifierError(
            description:
                "'\(text)' has \(text.count) hexadecimal digits: a txid, wtxid or block hash has 64, a short id "
                + "12.")
    }

    static func shortened(_ text: String) -> IdentifierError {
        IdentifierError(description: "'\(text)' is a part of a hash: lines have all its 64 digits with --full.")
    }

    static func checksum(_ text: String, _ kind: String) -> IdentifierError {
        IdentifierError(
            description: "'\(text)' looks like \(kind), but its checksum is wrong: a character is mistyped.")
    }

    static func length(_ text: String, _ kind: String, _ digits: Int, _ right: Int) -> IdentifierError {
        IdentifierError(
            description: "'\(text)' has \(digits) characters before its ending: \(kind) has \(right).")
    }

    static func port(_ text: String, _ port: Substring) -> IdentifierError {
        IdentifierError(description: "'\(text)': '\(port)' is no port, 0 to 65535.")
    }

    static func version(_ text: String, _ version: UInt8) -> IdentifierError {
        IdentifierError(
            description: "'\(text)' is no address of a script: its version is \(version), not 0, 5, 111 or 196.")
    }
}
