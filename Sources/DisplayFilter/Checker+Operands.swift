import Fields

extension Checker {
    private static let functions = ["abs", "count", "len", "lower", "max", "min", "string", "upper"]

    /// What an operand is; nil where it is a literal, whose type depends on the other side.
    mutating func typed(_ operand: Operand) throws(Fault) -> Typed? {
        switch operand.form {
        case .token(let token): return try field(token)
        case .slice(let inner, let slices): return try slice(inner, slices, operand.range)
        case .mask(let inner, let bits): return try mask(inner, bits, operand.range)
        case .call(let name, let arguments): return try call(name, arguments, operand.range)
        }
    }

    private mutating func field(_ token: Token) throws(Fault) -> Typed? {
        guard token.kind == .word, let found = fields[token.string], let first = found.first else { return nil }
        var type = ValueType(first.declaration.kind)
        for field in found.dropFirst() {
            guard let merged = type.merged(with: ValueType(field.declaration.kind)) else {
                throw Fault(token.range, "\(token.string) stands for fields of different types: name one of them.")
            }
            type = merged
        }
        use(found)
        return Typed(
            measure: .values(Source(fields: FieldTable(found))), type: type, range: token.range, name: token.string)
    }

    /// The value that a slice, mask or function takes; a total has none to take.
    private mutating func argument(_ operand: Operand) throws(Fault) -> (typed: Typed, source: Source) {
        guard let typed = try typed(operand) else { throw unknown(operand) }
        guard case .values(let source) = typed.measure else {
            throw Fault(operand.range, "\(typed.name) is computed from all values: it can only be compared.")
        }
        if case .heading = typed.type {
            throw Fault(typed.range, "\(typed.name) is \(typed.type.phrase) and has no value.")
        }
        return (typed, source)
    }

    private func result(_ typed: Typed, _ source: Source, _ type: ValueType, _ range: Range<Int>, _ name: String)
        -> Typed
    {
        Typed(measure: .values(source), type: type, range: range, name: "\(name)(\(typed.name))")
    }

    private mutating func slice(_ inner: Operand, _ slices: [Slice], _ range: Range<Int>) throws(Fault) -> Typed {
        var (typed, source) = try argument(inner)
        let type: ValueType
        switch typed.type {
        case .text: type = .text(isSlice: true)
        case .bytes, .hash: type = .bytes
        case .address:
            type = .bytes
            source.fields = source.fields.reading { _ in .bytes }
        default:
            throw Fault(
                typed.range, "\(typed.name) is \(typed.type.phrase): only bytes, text and addresses have slices.")
        }
        source.steps.append(.slice(slices))
        return Typed(measure: .values(source), type: type, range: range, name: "\(typed.name)[]")
    }

    private mutating func mask(_ inner: Operand, _ bits: Token, _ range: Range<Int>) throws(Fault) -> Typed {
        var (typed, source) = try argument(inner)
        guard case .number = typed.type else {
            throw Fault(typed.range, "\(typed.name) is \(typed.type.phrase): '&' is for numbers.")
        }
        source.steps.append(.mask(try Literal.mask(bits)))
        return Typed(
            measure: .values(source), type: .computedNumber, range: range, name: "\(typed.name) & \(bits.string)")
    }

    // MARK: Functions

    private mutating func call(_ token: Token, _ arguments: [Operand], _ range: Range<Int>) throws(Fault) -> Typed {
        let name = token.string
        guard Self.functions.contains(name) else {
            let hint = NearestNames.suggestion(for: name, among: Self.functions)
            throw Fault(
                token.range, "There is no function '\(name)': \(Self.functions.joined(separator: ", ")).\(hint)")
        }
        if name == "max" || name == "min" { return try extreme(name, arguments, range) }
        guard arguments.count == 1, let first = arguments.first else {
            throw Fault(range, "\(name)() takes one argument.")
        }
        switch name {
        case "count": return try count(first, range)
        case "len": return try length(first, range)
        case "lower", "upper": return try cased(name, first, range)
        case "string": return try shown(first, range)
        default: return try magnitude(first, range)
        }
    }

    private mutating func count(_ operand: Operand, _ range: Range<Int>) throws(Fault) -> Typed {
        guard let token = operand.token else { throw Fault(operand.range, "count() takes a field.") }
        guard let typed = try field(token), case .values(let source) = typed.measure else { throw unknown(operand) }
        return Typed(
            measure: .total(.count(source.fields)), type: .computedNumber, range: range, name: "count(\(typed.name))")
    }

    private mutating func length(_ operand: Operand, _ range: Range<Int>) throws(Fault) -> Typed {
        var (typed, source) = try argument(operand)
        if !typed.type.isScalar {
            source.steps.append(.length)
        } else if source.steps.isEmpty {
            source.fields = source.fields.reading { _ in .extent }
        } else {
            throw Fault(operand.range, "\(typed.name) is a computed number, which has no bytes.")
        }
        return result(typed, source, .computedNumber, range, "len")
    }

    private mutating func cased(_ name: String, _ operand: Operand, _ range: Range<Int>) throws(Fault) -> Typed {
        var (typed, source) = try argument(operand)
        guard case .text = typed.type else {
            throw Fault(typed.range, "\(name)() takes text, and \(typed.name) is \(typed.type.phrase).")
        }
        source.steps.append(name == "lower" ? .lower : .upper)
        return result(typed, source, .text(isSlice: false), range, name)
    }

    private mutating func shown(_ operand: Operand, _ range: Range<Int>) throws(Fault) -> Typed {
        var (typed, source) = try argument(operand)
        if source.steps.isEmpty {
            source.fields = source.fields.reading { $0 == .extent ? .extent : .shown }
        }
        switch typed.type {
        case .text: break
        case _ where typed.type.isScalar && (!source.steps.isEmpty || source.fields.entries.first?.reader == .extent):
            source.steps.append(.decimal)
        case _ where !source.steps.isEmpty: source.steps.append(.hexadecimal)
        default: break
        }
        return result(typed, source, .text(isSlice: false), range, "string")
    }

    private mutating func magnitude(_ operand: Operand, _ range: Range<Int>) throws(Fault) -> Typed {
        var (typed, source) = try argument(operand)
        let type: ValueType
        switch typed.type {
        case .number: type = .computedNumber
        case .duration: type = .duration
        default:
            throw Fault(
                typed.range, "abs() takes a whole number or a duration, and \(typed.name) is \(typed.type.phrase).")
        }
        source.steps.append(.magnitude)
        return result(typed, source, type, range, "abs")
    }

    private mutating func extreme(_ name: String, _ operands: [Operand], _ range: Range<Int>) throws(Fault) -> Typed {
        var sources: [Source] = []
        var type: ValueType?
        var names: [String] = []
        for operand in operands {
            let (typed, source) = try argument(operand)
            guard typed.type.isScalar, type.map({ $0.isComparable(with: typed.type) }) ?? true else {
                throw Fault(
                    typed.range, "\(name)() takes numbers of one type, and \(typed.name) is \(typed.type.phrase).")
            }
            type = type ?? typed.type
            sources.append(source)
            names.append(typed.name)
        }
        guard let type else { throw Fault(range, "\(name)() takes at least one argument.") }
        return Typed(
            measure: .total(name == "max" ? .greatest(sources) : .least(sources)), type: type, range: range,
            name: "\(name)(\(names.joined(separator: ", ")))")
    }
}
