/// A regular expression over bytes, decided in time linear in them whatever the pattern.
///
/// Text from the wire is hostile: an expression that tries one way after the other, as Swift's own and PCRE do, can be
/// held up for ever by the right text. This one follows all ways at once (Thompson's construction, Pike's machine), which
/// leaves no room for references to groups and for looking around; both are refused.
struct LinearPattern: Sendable {
    /// One step of the machine.
    enum Instruction: Sendable {
        /// Goes on where the byte is in the set of that index.
        case set(Int)
        case byte(UInt8)
        case split(Int, Int)
        case jump(Int)
        case check(Assertion)
        case match
    }

    /// What must hold between two bytes.
    enum Assertion: Sendable {
        case beginning, lineBeginning
        /// The end, or before a line feed that is the last byte.
        case end
        case veryEnd, lineEnd, wordBoundary, noWordBoundary
    }

    let instructions: [Instruction]
    let sets: [ByteSet]
    /// Bytes that a match can begin with; nil where one can be empty, or where that depends on its surroundings.
    let first: ByteSet?

    /// More steps than this are refused: each of them can take time for each byte.
    static let stateLimit = 10_000

    /// A pattern, matched without regard to the case of ASCII letters, as Wireshark does; `(?-i)` heeds it.
    init(_ pattern: [UInt8]) throws(PatternError) {
        var parser = PatternParser(pattern)
        var compiler = PatternCompiler()
        try compiler.compile(try parser.pattern())
        instructions = compiler.instructions
        sets = compiler.sets
        first = Self.first(compiler.instructions, compiler.sets)
    }

    /// Whether the pattern is found anywhere in `bytes`.
    func isFound(in bytes: RawSpan, _ threads: inout PatternThreads) -> Bool {
        threads.prepare(instructions.count)
        var at = 0
        while true {
            if threads.isIdle, let first {
                while at < bytes.byteCount, !first.contains(byte(bytes, at)) { at &+= 1 }
                if at == bytes.byteCount { return false }
            }
            if threads.add(0, of: self, bytes, at) { return true }
            guard at < bytes.byteCount else { return false }
            if step(byte(bytes, at), bytes, at &+ 1, &threads) { return true }
            at &+= 1
        }
    }

    @inline(__always)
    private func byte(_ bytes: RawSpan, _ at: Int) -> UInt8 {
        bytes.unsafeLoad(fromUncheckedByteOffset: at, as: UInt8.self)
    }

    /// Takes every thread over one byte; true where one arrives at the end of the pattern.
    private func step(_ byte: UInt8, _ bytes: RawSpan, _ next: Int, _ threads: inout PatternThreads) -> Bool {
        threads.swap()
        for index in 0..<threads.previousCount {
            let state = threads.previous(index)
            let advances =
                switch instructions[state] {
                case .byte(let wanted): wanted == byte
                case .set(let set): sets[set].contains(byte)
                default: false
                }
            if advances, threads.add(state &+ 1, of: self, bytes, next) { return true }
        }
        return false
    }

    func holds(_ assertion: Assertion, _ bytes: RawSpan, _ at: Int) -> Bool {
        let count = bytes.byteCount
        switch assertion {
        case .beginning: return at == 0
        case .veryEnd: return at == count
        case .end: return at == count || at == count &- 1 && byte(bytes, at) == 0x0a
        case .lineBeginning: return at == 0 || byte(bytes, at &- 1) == 0x0a
        case .lineEnd: return at == count || byte(bytes, at) == 0x0a
        case .wordBoundary, .noWordBoundary:
            let before = at > 0 && ByteSet.words.contains(byte(bytes, at &- 1))
            let after = at < count && ByteSet.words.contains(byte(bytes, at))
            return (before != after) == (assertion == .wordBoundary)
        }
    }

    private static func first(_ instructions: [Instruction], _ sets: [ByteSet]) -> ByteSet? {
        var found = ByteSet()
        var isSeen = Array(repeating: false, count: instructions.count)
        var open = [0]
        while let state = open.popLast() {
            if isSeen[state] { continue }
            isSeen[state] = true
            switch instructions[state] {
            case .byte(let byte): found.insert(byte)
            case .set(let set): found.formUnion(sets[set])
            case .jump(let to): open.append(to)
            case .split(let one, let other): open += [one, other]
            // A match after it cannot begin with more bytes than one without it.
            case .check: open.append(state + 1)
            case .match: return nil
            }
        }
        return found
    }
}

/// Why a text is no pattern: at which of its bytes.
struct PatternError: Error {
    let position: Int
    let message: String
}

/// Which steps of a pattern the machine is at, before and after a byte; reused from text to text.
struct PatternThreads {
    private var before: [Int32] = []
    private var behind: [Int32] = []
    /// Invariant: a step is in `behind` exactly where its mark is ``generation``.
    private var marks: [UInt32] = []
    private var generation: UInt32 = 0
    private var open: [Int32] = []

    var isIdle: Bool { behind.isEmpty }
    var previousCount: Int { before.count }

    @inline(__always)
    func previous(_ index: Int) -> Int { Int(before[index]) }

    mutating func prepare(_ count: Int) {
        if marks.count < count { marks += Array(repeating: 0, count: count - marks.count) }
        behind.removeAll(keepingCapacity: true)
        renew()
    }

    mutating func swap() {
        Swift.swap(&before, &behind)
        behind.removeAll(keepingCapacity: true)
        renew()
    }

    private mutating func renew() {
        generation &+= 1
        guard generation == 0 else { return }
        for index in marks.indices { marks[index] = 0 }
        generation = 1
    }

    /// Follows all steps that take no byte; true where they lead to the end of the pattern.
    mutating func add(_ state: Int, of pattern: LinearPattern, _ bytes: RawSpan, _ at: Int) -> Bool {
        open.append(Int32(truncatingIfNeeded: state))
        while let next = open.popLast() {
            let state = Int(next)
            if marks[state] == generation { continue }
            marks[state] = generation
            switch pattern.instructions[state] {
            case .byte, .set: behind.append(next)
            case .jump(let to): open.append(Int32(truncatingIfNeeded: to))
            case .split(let one, let other):
                open.append(Int32(truncatingIfNeeded: other))
                open.append(Int32(truncatingIfNeeded: one))
            case .check(let assertion):
                if pattern.holds(assertion, bytes, at) { open.append(next &+ 1) }
            case .match:
                open.removeAll(keepingCapacity: true)
                return true
            }
        }
        return false
    }
}
