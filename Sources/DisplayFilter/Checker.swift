import Fields

/// Makes tests of what the parser has read, and finds what cannot be compared.
struct Checker {
    /// What the words of the filter stand for that name fields.
    let fields: [String: [Field]]
    private(set) var used: Set<Field> = []

    init(_ fields: [String: [Field]]) { self.fields = fields }

    /// An operand whose type is known.
    struct Typed {
        var measure: Measure
        var type: ValueType
        let range: Range<Int>
        /// How messages call it.
        let name: String
    }

    // MARK: Tests

    /// A field alone is present, a slice has all its bytes, a mask leaves something.
    mutating func existence(_ operand: Operand) throws(Fault) -> Predicate {
        guard let typed = try typed(operand) else { throw unknown(operand) }
        switch (operand.form, typed.measure) {
        case (.token, .values(let source)): return .present(source.fields)
        case (.slice, .values(let source)): return .values(source, .any, .exists)
        case (.mask, .values(let source)): return .values(source, .any, .scalar(.relation(.greater, 0...0)))
        default: throw Fault(operand.range, "A function has a value: compare it with something.")
        }
    }

    mutating func comparison(
        _ quantifier: Quantifier, _ left: Operand, _ relation: Relation, _ right: Operand
    ) throws(Fault) -> Predicate {
        guard let first = try typed(left) else {
            // What looks like a field is meant as one.
            guard let token = left.token, !looksLikeField(token), let second = try typed(right) else {
                throw unknown(left)
            }
            return try comparison(quantifier, second, relation.mirrored, token)
        }
        if let second = try typed(right) { return try pair(quantifier, first, relation, second) }
        guard let token = right.token else { throw unknown(right) }
        return try comparison(quantifier, first, relation, token)
    }

    private func comparison(
        _ quantifier: Quantifier, _ typed: Typed, _ relation: Relation, _ token: Token
    ) throws(Fault) -> Predicate {
        try requireValue(typed)
        let literal = Literal(token: token, type: typed.type, subject: typed.name)
        if typed.type.isScalar {
            return test(typed.measure, quantifier, .relation(relation, try literal.scalars()))
        }
        if relation.isOfOrder { try requireNoNumber(literal) }
        return test(typed.measure, quantifier, .bytes(.relation(relation, try literal.bytes(isPart: false))))
    }

    private func test(_ measure: Measure, _ quantifier: Quantifier, _ condition: ScalarCondition) -> Predicate {
        switch measure {
        case .values(let source): .values(source, quantifier, .scalar(condition))
        case .total(let total): .total(total, condition)
        }
    }

    /// Totals are numbers, so there is always a source.
    private func test(_ measure: Measure, _ quantifier: Quantifier, _ condition: Condition) -> Predicate {
        switch measure {
        case .values(let source): .values(source, quantifier, condition)
        case .total: .any([])
        }
    }

    private func pair(
        _ quantifier: Quantifier, _ left: Typed, _ relation: Relation, _ right: Typed
    ) throws(Fault) -> Predicate {
        try requireValue(left)
        try requireValue(right)
        guard left.type.isComparable(with: right.type) else {
            throw Fault(
                right.range,
                "\(left.name) is \(left.type.phrase), \(right.name) is \(right.type.phrase): they cannot be compared.")
        }
        return .pair(left.measure, quantifier, relation, right.measure)
    }

    mutating func contains(_ quantifier: Quantifier?, _ left: Operand, _ right: Operand) throws(Fault) -> Predicate {
        let typed = try searched(left, "contains")
        guard let token = right.token, token.kind != .word || fields[token.string] == nil else {
            throw Fault(right.range, "'contains' needs a value after it, not a field.")
        }
        let literal = Literal(token: token, type: typed.type, subject: typed.name)
        let bytes = try literal.bytes(isPart: true)
        let condition = BytesCondition.contains(Needle(bytes), reversed: Needle(bytes.reversed()))
        return test(typed.measure, quantifier ?? .any, .bytes(condition))
    }

    mutating func matches(_ quantifier: Quantifier?, _ left: Operand, _ right: Operand) throws(Fault) -> Predicate {
        var typed = try searched(left, "matches")
        guard let token = right.token, token.kind == .string else {
            throw Fault(right.range, "'matches' needs a pattern in double quotes after it.")
        }
        // A hash is looked at as it is shown: nobody has patterns for its bytes.
        if case .hash = typed.type, case .values(let source) = typed.measure {
            typed.measure = .values(Source(fields: source.fields.reading { _ in .shown }))
        }
        do throws(PatternError) {
            return test(typed.measure, quantifier ?? .any, .pattern(try LinearPattern(token.text)))
        } catch {
            let start = token.range.lowerBound + (token.contentOffset ?? 0) + error.position
            let range = token.contentOffset == nil ? token.range : start..<start + 1
            throw Fault(range, "In the pattern: \(error.message)")
        }
    }

    /// The left side of `contains` and `matches`.
    private mutating func searched(_ operand: Operand, _ word: String) throws(Fault) -> Typed {
        guard let typed = try typed(operand) else { throw unknown(operand) }
        if case .heading = typed.type { throw heading(typed, insteadFor: word) }
        switch typed.type {
        case .hash, .bytes, .text: return typed
        default:
            throw Fault(
                typed.range,
                "'\(word)' looks into text and bytes, and \(typed.name) is \(typed.type.phrase): write string(\(typed.name))."
            )
        }
    }

    mutating func membership(
        _ quantifier: Quantifier, _ left: Operand, _ items: [(lower: Token, upper: Token)]
    ) throws(Fault) -> Predicate {
        guard let typed = try typed(left) else { throw unknown(left) }
        try requireValue(typed)
        func literal(_ token: Token) -> Literal { Literal(token: token, type: typed.type, subject: typed.name) }
        func range<Bound: Comparable>(_ lower: Bound, _ upper: Bound, _ item: (lower: Token, upper: Token))
            throws(Fault) -> ClosedRange<Bound>
        {
            guard lower <= upper else {
                let whole = item.lower.range.lowerBound..<item.upper.range.upperBound
                throw Fault(whole, "The range ends before it begins.")
            }
            return lower...upper
        }
        if typed.type.isScalar {
            var ranges: [ClosedRange<Int128>] = []
            for item in items {
                let (lower, upper) = (try literal(item.lower).scalars(), try literal(item.upper).scalars())
                ranges.append(try range(lower.lowerBound, upper.upperBound, item))
            }
            return test(typed.measure, quantifier, ScalarCondition(members: ranges))
        }
        var ranges: [ClosedRange<ByteString>] = []
        for item in items {
            if item.lower.range != item.upper.range {
                try requireNoNumber(literal(item.lower))
                try requireNoNumber(literal(item.upper))
            }
            let lower = ByteString(bytes: try literal(item.lower).bytes(isPart: false))
            let upper = ByteString(bytes: try literal(item.upper).bytes(isPart: false))
            ranges.append(try range(lower, upper, item))
        }
        return test(typed.measure, quantifier, .bytes(BytesCondition(members: ranges)))
    }

    // MARK: Faults

    private func requireValue(_ typed: Typed) throws(Fault) {
        if case .heading = typed.type { throw heading(typed) }
    }

    /// - Parameter word: What looks into bytes: a protocol's are those of its field `payload`.
    private func heading(_ typed: Typed, insteadFor word: String? = nil) -> Fault {
        Fault(
            typed.range, "\(typed.name) is \(typed.type.phrase): it is present or not, and cannot be compared.",
            alternative: word.map { ("\(typed.name.prefix { $0 != "." }).payload", $0) })
    }

    /// `_ws.col.length > 99` would mean the order of a dictionary, in which 100 comes before 99.
    private func requireNoNumber(_ literal: Literal) throws(Fault) {
        guard case .text(isSlice: false) = literal.type, literal.isPlainNumber else { return }
        let text = literal.token.string
        throw Fault(
            literal.token.range,
            "\(literal.subject) is text, ordered as in a dictionary, not as numbers: write \"\(text)\" for that."
        )
    }

    private func isName(_ token: Token) -> Bool {
        guard token.kind == .word, let first = token.text.first else { return false }
        return ByteSet.letters.contains(first) || first == 0x5f
    }

    private func looksLikeField(_ token: Token) -> Bool {
        guard isName(token) else { return false }
        return token.text.contains(0x2e) && !token.text.contains(0x3a)
    }

    /// Nothing of the operand is a field, though something must be.
    func unknown(_ operand: Operand) -> Fault {
        guard let token = operand.token else { return Fault(operand.range, "A field is needed here.") }
        guard isName(token) else {
            return Fault(token.range, "A field is needed here, not the value '\(token.string)'.")
        }
        return Fault(token.range, "There is no field '\(token.string)'.", unknownName: token.string)
    }

    mutating func use(_ fields: [Field]) { used.formUnion(fields) }
}
