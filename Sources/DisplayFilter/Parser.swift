/// Reads a filter by Wireshark's grammar: `not` binds tighter than `and`, then `xor`, then `or`.
///
/// Each relation is checked as it is read, so the first error is the leftmost one.
struct Parser {
    private let tokens: [Token]
    private var at = 0
    private var depth = 0
    private(set) var checker: Checker

    /// Parentheses and calls in each other; more would only serve to exhaust the stack.
    private static let depthLimit = 200

    init(_ tokens: [Token], _ checker: Checker) {
        self.tokens = tokens
        self.checker = checker
    }

    mutating func filter() throws(Fault) -> Predicate {
        if token.kind == .end { throw Fault(token.range, "The filter is empty.") }
        let test = try disjunction()
        guard token.kind == .end else { throw unexpected() }
        return test
    }

    /// The last token is the end, which nothing goes past.
    private var token: Token { tokens[at] }
    private var following: Token { tokens[min(at + 1, tokens.count - 1)] }

    private mutating func take(_ kind: Token.Kind) -> Bool {
        guard token.kind == kind, kind != .end else { return false }
        at += 1
        return true
    }

    private func unexpected() -> Fault {
        switch token.kind {
        case .end: Fault(token.range, "The filter ends where something must follow.")
        case .comparison, .contains, .matches, .membership:
            Fault(token.range, "This comparison has nothing to compare on its left.")
        case .close: Fault(token.range, "')' without a '(' before it.")
        case .slice: Fault(token.range, "A slice follows a field or function.")
        case .word, .string, .character:
            Fault(token.range, "Before this a comparison or one of 'and', 'or', 'xor' is missing.")
        default: Fault(token.range, "This was not expected here.")
        }
    }

    // MARK: Logic

    private mutating func disjunction() throws(Fault) -> Predicate {
        var tests = [try exclusion()]
        while take(.or) { tests.append(try exclusion()) }
        return tests.count == 1 ? tests[0] : .any(tests)
    }

    private mutating func exclusion() throws(Fault) -> Predicate {
        var tests = [try conjunction()]
        while take(.xor) { tests.append(try conjunction()) }
        return tests.count == 1 ? tests[0] : .odd(tests)
    }

    private mutating func conjunction() throws(Fault) -> Predicate {
        var tests = [try negation()]
        while take(.and) { tests.append(try negation()) }
        return tests.count == 1 ? tests[0] : .all(tests)
    }

    private mutating func negation() throws(Fault) -> Predicate {
        var isNegated = false
        while take(.not) { isNegated.toggle() }
        let test = try primary()
        return isNegated ? .not(test) : test
    }

    private mutating func primary() throws(Fault) -> Predicate {
        guard token.kind == .open else { return try relation() }
        let open = token.range
        try descend()
        at += 1
        let test = try disjunction()
        guard take(.close) else {
            if token.kind == .end { throw Fault(open, "'(' without a ')' after it.") }
            throw unexpected()
        }
        depth -= 1
        return test
    }

    private mutating func descend() throws(Fault) {
        depth += 1
        if depth > Self.depthLimit {
            throw Fault(token.range, "More than \(Self.depthLimit) nested parentheses.")
        }
    }

    // MARK: Relations

    private mutating func relation() throws(Fault) -> Predicate {
        let quantifier = takeQuantifier()
        let left = try operand()
        switch token.kind {
        case .comparison: return try comparisons(quantifier, left)
        case .contains:
            at += 1
            return try checker.contains(quantifier, left, try operand())
        case .matches:
            at += 1
            return try checker.matches(quantifier, left, try operand())
        case .membership: return try membership(quantifier, left)
        case .not where following.kind == .membership:
            if let quantifier {
                throw Fault(
                    token.range,
                    "'\(quantifier)' and 'not in' do not go together: write not (\(quantifier) … in {…}), or compare with '!='."
                )
            }
            at += 1
            return .not(try membership(quantifier, left))
        default:
            if quantifier != nil { throw Fault(token.range, "'any' and 'all' belong before a comparison.") }
            return try checker.existence(left)
        }
    }

    /// `any` and `all` are words of the language only before the left side of a comparison.
    private mutating func takeQuantifier() -> Quantifier? {
        guard token.kind == .word, following.kind == .word else { return nil }
        let quantifier: Quantifier? =
            switch token.string {
            case "any": .any
            case "all": .all
            default: nil
            }
        if quantifier != nil { at += 1 }
        return quantifier
    }

    /// `a < b < c` is `a < b and b < c`.
    private mutating func comparisons(_ quantifier: Quantifier?, _ first: Operand) throws(Fault) -> Predicate {
        var tests: [Predicate] = []
        var left = first
        while case .comparison(let comparison) = token.kind {
            at += 1
            let right = try operand()
            tests.append(try checker.comparison(quantifier ?? comparison.quantifier, left, comparison.relation, right))
            left = right
        }
        return tests.count == 1 ? tests[0] : .all(tests)
    }

    private mutating func membership(_ quantifier: Quantifier?, _ left: Operand) throws(Fault) -> Predicate {
        at += 1
        guard take(.openSet) else { throw Fault(token.range, "'in' needs a set after it: {1, 3..5}.") }
        var items: [(lower: Token, upper: Token)] = []
        repeat {
            let lower = try literal()
            items.append((lower, take(.dots) ? try literal() : lower))
        } while take(.comma)
        guard take(.closeSet) else {
            throw Fault(token.range, "In a set, values are separated by commas, and a '}' ends it.")
        }
        return try checker.membership(quantifier ?? .any, left, items)
    }

    private mutating func literal() throws(Fault) -> Token {
        guard token.isLiteral else { throw missingValue() }
        at += 1
        return tokens[at - 1]
    }

    private func missingValue() -> Fault {
        switch token.kind {
        case .end: Fault(token.range, "The filter ends where a value must follow.")
        case .closeSet: Fault(token.range, "In a set a value is missing here.")
        case _ where !token.text.isEmpty && token.kind != .slice:
            Fault(token.range, "'\(token.string)' is a word of the language: as a value it needs double quotes.")
        default: Fault(token.range, "A value is needed here.")
        }
    }

    // MARK: Operands

    private mutating func operand() throws(Fault) -> Operand {
        let outside = depth
        var operand = try simpleOperand()
        while token.kind == .slice || token.kind == .mask {
            if token.kind == .slice {
                let slices = try Slice.list(token)
                operand = Operand(
                    form: .slice(operand, slices), range: operand.range.lowerBound..<token.range.upperBound)
                try descend()
                at += 1
            } else {
                try descend()
                at += 1
                let bits = try literal()
                operand = Operand(form: .mask(operand, bits), range: operand.range.lowerBound..<bits.range.upperBound)
            }
        }
        depth = outside
        return operand
    }

    private mutating func simpleOperand() throws(Fault) -> Operand {
        guard token.isLiteral else {
            let isFirst = at == 0 || tokens[at - 1].kind == .open
            throw token.text.isEmpty || isFirst || token.kind == .slice ? unexpected() : missingValue()
        }
        let first = token
        at += 1
        guard first.kind == .word, token.kind == .open else { return Operand(form: .token(first), range: first.range) }
        try descend()
        at += 1
        var arguments: [Operand] = []
        if token.kind != .close {
            repeat { arguments.append(try operand()) } while take(.comma)
        }
        let end = token.range
        guard take(.close) else { throw Fault(token.range, "A ')' must end the arguments of '\(first.string)'.") }
        depth -= 1
        return Operand(form: .call(first, arguments), range: first.range.lowerBound..<end.upperBound)
    }
}
