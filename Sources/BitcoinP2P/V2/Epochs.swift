/// What a cipher has for each 224 packets of a direction, each made of the one before (BIP 324: forward secrecy).
///
/// Some are kept, so that a packet can be looked at whose number is not the next one.
struct Epochs<Element: Sendable>: Sendable {
    /// How many packets the ciphers seal before they change their keys.
    static var packets: UInt64 { 224 }

    private var first: UInt64 = 0
    private var elements: [Element]
    private let successor: @Sendable (Element, UInt64) -> Element

    /// - Parameter successor: Makes the next element of one and its epoch, counted from 0.
    init(_ element: Element, successor: @escaping @Sendable (Element, UInt64) -> Element) {
        elements = [element]
        self.successor = successor
    }

    /// The element of the epoch to which packet `number` belongs; nil if it was forgotten.
    mutating func element(ofPacket number: UInt64) -> Element? {
        let epoch = number / Self.packets
        guard epoch >= first else { return nil }
        while first &+ UInt64(elements.count) <= epoch, let last = elements.last {
            elements.append(successor(last, first &+ UInt64(elements.count) &- 1))
        }
        return elements[Int(epoch - first)]
    }

    /// Forgets the epochs before that of packet `number`.
    mutating func forget(before number: UInt64) {
        let epoch = number / Self.packets
        guard epoch > first, element(ofPacket: number) != nil else { return }
        elements.removeFirst(Int(epoch - first))
        first = epoch
    }

    /// The 12 bytes of a nonce: a number, then another, both little-endian.
    static func nonce(_ head: UInt32, _ tail: UInt64) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: head >> (8 * $0)) }
            + (0..<8).map { UInt8(truncatingIfNeeded: tail >> (8 * $0)) }
    }
}
