/// The targets of a survey: each once, in the order in which they were named.
public struct TargetList: Sendable {
    public private(set) var targets: [Target] = []
    private var known: Set<Target> = []
    /// Of lines without a port.
    private var hosts: Set<Target.Host> = []
    /// Named again.
    public private(set) var repeated = 0

    /// A line that names no target.
    public struct Problem: Error, CustomStringConvertible {
        public let line: Int
        public let text: String

        public var description: String { "line \(line): '\(text)' is not an address, HOST or HOST:PORT" }
    }

    public init() {}

    public mutating func add(_ target: Target) {
        if known.insert(target).inserted { targets.append(target) } else { repeated += 1 }
    }

    /// Adds what a text names, a target a line. What follows `#`, and empty lines, say nothing.
    ///
    /// - Parameter defaultPort: Where a line names none.
    public mutating func add(_ text: [UInt8], defaultPort: UInt16) throws(Problem) {
        let lines = text.split(separator: 0x0a, omittingEmptySubsequences: false)
        for (number, line) in lines.enumerated() {
            let part = line.prefix { $0 != 0x23 }
            let words = part.split { $0 == 0x20 || $0 == 0x09 || $0 == 0x0d }
            guard let word = words.first else { continue }
            let name = String(decoding: word.prefix(300), as: UTF8.self)
            guard words.count == 1, let target = Target(name, defaultPort: defaultPort) else {
                throw Problem(line: number + 1, text: String(decoding: part.prefix(80), as: UTF8.self))
            }
            add(target)
            // The port does not come from the text.
            if let other = Target(name, defaultPort: defaultPort == 1 ? 2 : 1), other != target {
                hosts.insert(target.host)
            }
        }
    }

    /// Leaves out what another list has: who is named there without a port, whatever the port is.
    public mutating func subtract(_ other: TargetList) {
        targets.removeAll { other.known.contains($0) || other.hosts.contains($0.host) }
        known = Set(targets)
    }

    /// Leaves out those that have no address.
    ///
    /// - Returns: How many.
    public mutating func removeNames() -> Int {
        let before = targets.count
        targets.removeAll { if case .name = $0.host { true } else { false } }
        known = Set(targets)
        return before - targets.count
    }
}
