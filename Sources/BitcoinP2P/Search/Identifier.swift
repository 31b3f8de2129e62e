import Fields

/// A name that somebody looks for in messages: of a transaction or block, of a script as people write it, of a node, or
/// a short id.
public struct Identifier: Sendable {
    enum Form: Sendable {
        /// A txid, a wtxid or the hash of a block: what it is nobody knows before it is found.
        case hash(Hash256)
        /// What an output's script must be to have the address.
        case script([UInt8])
        /// A node's address, as each kind of message has it.
        case node([BytePattern])
        case shortID(UInt64)
    }

    let form: Form

    /// - Parameter text: As trees and lines show it; of hexadecimal digits also upper case ones.
    public init(_ text: String) throws(IdentifierError) {
        form = try Self.form(text)
    }

    private static func form(_ text: String) throws(IdentifierError) -> Form {
        if text.contains("…") { throw .shortened(text) }
        let digits = text.hasPrefix("0x") ? String(text.dropFirst(2)) : text
        if !digits.isEmpty, digits.utf8.allSatisfy(\.isHexadecimal) {
            guard let form = Self.form(digits: Array(digits.utf8)) else {
                // A few addresses have no letters but these.
                if let script = try? AddressScript.decode(text) { return .script(script) }
                throw .digits(digits)
            }
            return form
        }
        if let patterns = try NodeAddressText.patterns(text) { return .node(patterns) }
        if let script = try AddressScript.decode(text) { return .script(script) }
        throw .unknown(text)
    }

    /// - Parameter digits: Hexadecimal ones.
    private static func form(digits: [UInt8]) -> Form? {
        var bytes: [UInt8] = []
        for index in stride(from: digits.count & 1, to: digits.count, by: 2) {
            bytes.append(digits[index].hexadecimalValue << 4 | digits[index + 1].hexadecimalValue)
        }
        switch digits.count {
        case 64:
            bytes.reverse()
            return Hash256(bytes.span.bytes, at: 0).map { .hash($0) }
        case 12: return .shortID(bytes.reduce(0) { $0 << 8 | UInt64($1) })
        default: return nil
        }
    }
}

extension UInt8 {
    fileprivate var isHexadecimal: Bool {
        (0x30...0x39).contains(self) || (0x61...0x66).contains(self) || (0x41...0x46).contains(self)
    }

    /// Of a hexadecimal digit.
    fileprivate var hexadecimalValue: UInt8 { self < 0x40 ? self & 15 : (self & 15) &+ 9 }
}
