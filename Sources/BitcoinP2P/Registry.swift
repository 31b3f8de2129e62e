import Dissection

/// Every type of message that is known, one row each.
public struct Registry: Sendable {
    /// Building it declares every field, so that the field list needs no input.
    public static let standard = Registry()

    public let types: [MessageType]
    private let index: [Command: Int]

    private init() {
        types = [
            MessageType("inv", .current, "Satoshi client", Inv())
        ]
        index = Dictionary(types.enumerated().map { ($1.command, $0) }, uniquingKeysWith: { first, _ in first })
    }

    public subscript(command: Command) -> MessageType? { index[command].map { types[$0] } }
}
