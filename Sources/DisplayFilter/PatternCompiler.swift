/// Turns a parsed pattern into the steps of the machine.
struct PatternCompiler {
    private(set) var instructions: [LinearPattern.Instruction] = []
    private(set) var sets: [ByteSet] = []
    /// Nothing repeated a thousand times takes a thousand turns, but no steps.
    private var turns = 0

    mutating func compile(_ node: PatternNode) throws(PatternError) {
        try emit(node)
        try append(.match)
    }

    private mutating func append(_ instruction: LinearPattern.Instruction) throws(PatternError) {
        guard instructions.count < LinearPattern.stateLimit else { throw tooLong }
        instructions.append(instruction)
    }

    private var tooLong: PatternError {
        PatternError(position: 0, message: "The pattern is too long, or repeats too much.")
    }

    private mutating func emit(_ node: PatternNode) throws(PatternError) {
        turns += 1
        guard turns < 10 * LinearPattern.stateLimit else { throw tooLong }
        switch node {
        case .empty: break
        case .byte(let byte): try append(.byte(byte))
        case .set(let set):
            sets.append(set)
            try append(.set(sets.count - 1))
        case .assertion(let assertion): try append(.check(assertion))
        case .sequence(let nodes):
            for node in nodes { try emit(node) }
        case .alternatives(let nodes): try alternatives(nodes)
        case .repeated(let node, let least, let most): try repeated(node, least, most)
        }
    }

    private mutating func alternatives(_ nodes: [PatternNode]) throws(PatternError) {
        var ends: [Int] = []
        for (index, node) in nodes.enumerated() {
            guard index < nodes.count - 1 else {
                try emit(node)
                break
            }
            let split = instructions.count
            try append(.split(split + 1, split + 1))
            try emit(node)
            ends.append(instructions.count)
            try append(.jump(0))
            instructions[split] = .split(split + 1, instructions.count)
        }
        for end in ends { instructions[end] = .jump(instructions.count) }
    }

    private mutating func repeated(_ node: PatternNode, _ least: Int, _ most: Int?) throws(PatternError) {
        for _ in 0..<least { try emit(node) }
        guard let most else {
            let split = instructions.count
            try append(.split(split + 1, split + 1))
            try emit(node)
            try append(.jump(split))
            instructions[split] = .split(split + 1, instructions.count)
            return
        }
        var splits: [Int] = []
        for _ in least..<max(least, most) {
            splits.append(instructions.count)
            try append(.jump(0))
            try emit(node)
        }
        for split in splits { instructions[split] = .split(split + 1, instructions.count) }
    }
}
