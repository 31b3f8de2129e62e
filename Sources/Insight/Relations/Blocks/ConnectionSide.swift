import Reassembly

/// One side of a connection that has a state.
struct ConnectionSide: Hashable {
    /// Numbers of such connections have at most 22 bits.
    private let word: UInt32

    init(_ connection: UInt64, _ side: Direction) {
        word = UInt32(truncatingIfNeeded: connection) << 1 | (side == .forward ? 0 : 1)
    }

    var connection: UInt64 { UInt64(word >> 1) }
    var side: Direction { word & 1 == 0 ? .forward : .backward }
    /// The other side of the same connection.
    var opposite: ConnectionSide { ConnectionSide(connection, side.opposite) }

    /// Together with the place of a block.
    func key(with place: Int32) -> UInt64 { UInt64(UInt32(bitPattern: place)) << 32 | UInt64(word) }
}
