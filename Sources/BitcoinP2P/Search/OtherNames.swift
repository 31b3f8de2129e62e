import Fields
import Synchronization

/// The other names that a capture gives to what is looked for: for a second reading, which finds by them from its first
/// message on, and to be said. Any thread may use it.
public final class OtherNames: Sendable {
    private let known = Mutex<[SoughtNames.Name]>([])

    public init() {}

    var names: [SoughtNames.Name] { known.withLock { $0 } }

    func note(_ name: SoughtNames.Name) { known.withLock { $0.append(name) } }

    /// The wtxids of the transaction whose txid was given, where they are others, as people write them.
    public var wtxids: [String] {
        names.filter { $0.role == .wtxid }.map { name in
            var text = TextBuffer()
            text.append(reversedHexadecimal: name.hash.bytes)
            return text.string
        }
    }
}
