import Capture
import Layers

/// Frames that were not read, though they may hold TCP, counted by kind.
public struct UnreadFrames: Sendable, Equatable {
    /// What they hold.
    enum Kind: Hashable {
        case layer(UnreadKind)
        case linkType(LinkTypeNumber)

        var text: String {
            switch self {
            case .layer(let kind): kind.text
            case .linkType(let type): "link type \(type)"
            }
        }
    }

    /// The most kinds that are counted by themselves; frames of others are counted together.
    public static let kindLimit = 64

    private var counts: [Kind: UInt64] = [:]
    private var others: UInt64 = 0

    public init() {}

    public var isEmpty: Bool { counts.isEmpty }

    mutating func add(_ kind: Kind) {
        if counts[kind] == nil, counts.count >= Self.kindLimit {
            others &+= 1
        } else {
            counts[kind, default: 0] &+= 1
        }
    }

    /// The kinds in words, and how many frames there are of each, the most first.
    public var kinds: [(name: String, number: UInt64)] {
        var kinds = counts.map { (name: $0.key.text, number: $0.value) }
        kinds.sort { ($1.number, $0.name) < ($0.number, $1.name) }
        if others > 0 { kinds.append((name: "other kinds", number: others)) }
        return kinds
    }

    /// `8 frames of GRE protocol 0x88be not read`, one for each kind.
    var texts: [String] {
        kinds.map { plural($0.number, "frame", "frames") + " of \($0.name) not read" }
    }
}
