import Fields

/// What a field is on the wire, in the words of the protocol's documentation: `int32 little-endian`, `CompactSize`,
/// `var_str`, `net_addr`. It follows from the field's declaration and from how a layout has read it.
enum FieldTypeText {
    /// - Parameters:
    ///   - node: A field of a message. Of one that was computed, or is a piece of another, nothing is appended.
    ///   - isCounted: The field before it is a CompactSize that says how many bytes this one has.
    /// - Returns: Whether something was appended.
    static func append(
        _ node: Node, _ declaration: FieldDeclaration, isCounted: Bool, to text: inout TextBuffer
    ) -> Bool {
        if node.flags.contains(.generated) { return false }
        if let structure = declaration.structure {
            text.append(structure)
            return true
        }
        if case .flag(let mask, _) = declaration.kind {
            text.append("bit ")
            text.append(decimal: mask.trailingZeroBitCount)
            return true
        }
        if node.flags.contains(.partOfParent) { return false }
        switch declaration.kind {
        case .group, .layer, .flag, .frameNumber, .decimal: return false
        case .count: text.append("CompactSize")
        case .unsigned(let bits), .hexadecimal(let bits), .enumeration(_, let bits, _):
            append(integerOf: bits, isSigned: false, node, to: &text)
        case .signed(let bits): append(integerOf: bits, isSigned: true, node, to: &text)
        case .boolean where node.length <= 1: text.append("bool")
        case .boolean: append(integerOf: Int(node.length) * 8, isSigned: false, node, to: &text)
        case .seconds: append(integerOf: node.length == 4 ? 32 : 64, isSigned: node.length != 4, node, to: &text)
        case .nanoseconds, .duration, .amount: append(integerOf: 64, isSigned: true, node, to: &text)
        case .hash: text.append("32 bytes, shown in reverse")
        case .paddedText:
            text.append("char[")
            text.append(decimal: UInt64(node.length))
            text.append("]")
        case .text where isCounted: text.append("var_str")
        case .bytes where isCounted: text.append("var_bytes")
        case .ethernet: text.append("6 bytes")
        case .ipv4: text.append("4 bytes, big-endian")
        case .ipv6: text.append("16 bytes, big-endian")
        case .text, .bytes:
            text.append(decimal: UInt64(node.length))
            text.append(node.length == 1 ? " byte" : " bytes")
        }
        return true
    }

    private static func append(integerOf bits: Int, isSigned: Bool, _ node: Node, to text: inout TextBuffer) {
        let length = node.flags.contains(.truncated) ? (bits + 7) / 8 : Int(node.length)
        // The one form in which an integer has fewer or more bytes than its kind.
        if bits == 64, length != 8 { return text.append("CompactSize") }
        if bits < length * 8 {
            text.append(decimal: bits)
            return text.append(bits == 1 ? " bit" : " bits")
        }
        text.append(isSigned ? "int" : "uint")
        text.append(decimal: length * 8)
        guard length > 1 else { return }
        text.append(node.flags.contains(.bigEndian) ? " big-endian" : " little-endian")
    }
}
