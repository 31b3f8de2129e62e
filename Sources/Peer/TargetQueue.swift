/// The targets that are yet to be called, in their order, but one at a time of each block of public addresses: who has a
/// block shall not be called by many connections at once.
///
/// Invariant: a target that waits for its block is in ``parked`` under it, and the block is in ``busy``.
struct TargetQueue {
    private var ready: [Target]
    private var next = 0
    /// Those whose block has become free.
    private var released: [Target] = []
    private var parked: [[UInt8]: [Target]] = [:]
    private var busy: Set<[UInt8]> = []
    /// Not yet handed out.
    private(set) var count: Int

    init(_ targets: [Target]) {
        ready = targets
        count = targets.count
    }

    /// The next one that may be called now; nil where there is none before another has ended, or none at all.
    mutating func take() -> Target? {
        if let target = released.popLast() {
            count -= 1
            return target
        }
        while next < ready.count {
            let target = ready[next]
            next += 1
            guard let block = Self.block(of: target) else {
                count -= 1
                return target
            }
            if busy.insert(block).inserted {
                count -= 1
                return target
            }
            parked[block, default: []].append(target)
        }
        return nil
    }

    /// A target that was handed out has been met.
    mutating func end(_ target: Target) {
        guard let block = Self.block(of: target) else { return }
        if var waiting = parked.removeValue(forKey: block) {
            released.append(waiting.removeFirst())
            if !waiting.isEmpty { parked[block] = waiting }
        } else {
            busy.remove(block)
        }
    }

    /// Nil of those who may be called by as many as there are.
    private static func block(of target: Target) -> [UInt8]? {
        guard case .address(let address) = target.host, address.range == .public else { return nil }
        return address.block
    }
}
