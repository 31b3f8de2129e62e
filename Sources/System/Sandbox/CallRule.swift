/// A call that is allowed, and with which arguments.
struct CallRule: Hashable {
    /// What an argument must be. But of pointers the lower 32 bits count: the kernel looks at no more of descriptors,
    /// requests and flags.
    enum Condition: Hashable {
        case isOne(of: [UInt32])
        case isNone(of: [UInt32])
        /// Has all these bits.
        case has(UInt32)
        /// Has none of these bits.
        case lacks(UInt32)
        /// Is zero in all its 64 bits: no pointer.
        case isNull
    }

    struct Argument: Hashable {
        /// From 0.
        var index: UInt32
        var condition: Condition
    }

    var call: SystemCall
    /// All must hold.
    var arguments: [Argument] = []

    static func any(_ call: SystemCall) -> CallRule { CallRule(call: call) }

    func with(_ index: UInt32, _ condition: Condition) -> CallRule {
        var rule = self
        rule.arguments.append(Argument(index: index, condition: condition))
        return rule
    }
}
