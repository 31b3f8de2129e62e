import Fields

/// A parsed pattern.
indirect enum PatternNode {
    case empty
    case byte(UInt8)
    case set(ByteSet)
    case assertion(LinearPattern.Assertion)
    case sequence([PatternNode])
    case alternatives([PatternNode])
    /// Without `most`: any number.
    case repeated(PatternNode, least: Int, most: Int?)
}

/// Reads the part of PCRE's grammar that can be matched in linear time.
struct PatternParser {
    private let source: [UInt8]
    private var at = 0
    private var depth = 0
    private var options = Options()

    private struct Options {
        var ignoresCase = true
        var isMultiline = false
        var dotTakesLineFeed = false
    }

    private static let depthLimit = 100
    private static let repeatLimit = 1000

    init(_ source: [UInt8]) { self.source = source }

    mutating func pattern() throws(PatternError) -> PatternNode {
        let node = try alternatives()
        guard at == source.count else { throw error("')' without a '(' before it.") }
        return node
    }

    private func error(_ message: String, at position: Int? = nil) -> PatternError {
        PatternError(position: position ?? at, message: message)
    }

    private func byte(_ ahead: Int = 0) -> UInt8? { at + ahead < source.count ? source[at + ahead] : nil }

    private mutating func take(_ wanted: UInt8) -> Bool {
        guard byte() == wanted else { return false }
        at += 1
        return true
    }

    private mutating func alternatives() throws(PatternError) -> PatternNode {
        depth += 1
        guard depth <= Self.depthLimit else { throw error("More than \(Self.depthLimit) nested groups.") }
        // What `(?i)` and the like change ends with the group they stand in.
        let outside = options
        var found = [try sequence()]
        while take(0x7c) { found.append(try sequence()) }
        options = outside
        depth -= 1
        return found.count == 1 ? found[0] : .alternatives(found)
    }

    private mutating func sequence() throws(PatternError) -> PatternNode {
        var nodes: [PatternNode] = []
        while let next = byte(), next != 0x7c, next != 0x29 { nodes.append(try quantified()) }
        return nodes.count == 1 ? nodes[0] : nodes.isEmpty ? .empty : .sequence(nodes)
    }

    private mutating func quantified() throws(PatternError) -> PatternNode {
        if let next = byte(), [0x2a, 0x2b, 0x3f].contains(next) { throw error("There is nothing to repeat.") }
        let outside = depth
        var node = try atom()
        while let (least, most) = try quantifier() {
            node = .repeated(node, least: least, most: most)
            // As few as possible or as many: both find the same.
            _ = take(0x3f)
            if byte() == 0x2b { throw error("Possessive repetition is not supported.") }
            depth += 1
            guard depth <= Self.depthLimit else { throw error("Too many repetitions of repetitions.") }
        }
        depth = outside
        return node
    }

    /// `*`, `+`, `?`, `{m}`, `{m,}`, `{m,n}`; other braces stand for themselves.
    private mutating func quantifier() throws(PatternError) -> (Int, Int?)? {
        if take(0x2a) { return (0, nil) }
        if take(0x2b) { return (1, nil) }
        if take(0x3f) { return (0, 1) }
        let start = at
        guard take(0x7b) else { return nil }
        guard let least = number() else {
            at = start
            return nil
        }
        var most: Int? = least
        if take(0x2c) { most = number() }
        guard take(0x7d) else {
            at = start
            return nil
        }
        guard max(least, most ?? 0) <= Self.repeatLimit else {
            throw error("At most \(Self.repeatLimit) repetitions.", at: start)
        }
        guard least <= most ?? least else { throw error("The second number is less than the first.", at: start) }
        return (least, most)
    }

    private mutating func number() -> Int? {
        let digits = source[at...].prefix { (0x30...0x39).contains($0) }
        guard !digits.isEmpty else { return nil }
        at += digits.count
        return digits.count > 6 ? .max : digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }

    // MARK: Atoms

    private mutating func atom() throws(PatternError) -> PatternNode {
        guard let first = byte() else { return .empty }
        let start = at
        at += 1
        switch first {
        case 0x28: return try group()
        case 0x5b: return .set(try set())
        case 0x2e: return .set(options.dotTakesLineFeed ? .all : ByteSet([0x0a]).inverted)
        case 0x5e: return .assertion(options.isMultiline ? .lineBeginning : .beginning)
        case 0x24: return .assertion(options.isMultiline ? .lineEnd : .end)
        case 0x5c: return try escape()
        case 0x80...:
            // A character is repeated as a whole, though it is several bytes.
            while let next = byte(), next & 0xc0 == 0x80 { at += 1 }
            return at == start + 1 ? .byte(first) : .sequence(source[start..<at].map(PatternNode.byte))
        default: return literal(first)
        }
    }

    private func literal(_ byte: UInt8) -> PatternNode {
        guard options.ignoresCase, ByteSet.letters.contains(byte) else { return .byte(byte) }
        return .set(ByteSet([byte]).ignoringCase)
    }

    private mutating func group() throws(PatternError) -> PatternNode {
        let start = at - 1
        let outside = options
        if take(0x3f) {
            if byte() == 0x50 || byte() == 0x3c { try name() } else if try flags() { return .empty }
        }
        let node = try alternatives()
        options = outside
        guard take(0x29) else { throw error("'(' without a ')' after it.", at: start) }
        return node
    }

    /// `(?<name>…)` and `(?P<name>…)`: the name is of no use here.
    private mutating func name() throws(PatternError) {
        let start = at
        _ = take(0x50)
        guard take(0x3c), let letter = byte(), ByteSet.words.contains(letter) else {
            throw error("Look-around and back references are not supported.", at: start)
        }
        while let letter = byte(), ByteSet.words.contains(letter) { at += 1 }
        guard take(0x3e) else { throw error("A '>' must end the group's name.") }
    }

    /// After `(?`: letters that switch something on or, after a minus, off. True where the group ends with them, so that
    /// they are for what follows it.
    private mutating func flags() throws(PatternError) -> Bool {
        var isOn = true
        while let letter = byte() {
            at += 1
            switch letter {
            case 0x3a: return false
            case 0x29: return true
            case 0x2d: isOn = false
            case 0x69: options.ignoresCase = isOn
            case 0x6d: options.isMultiline = isOn
            case 0x73: options.dotTakesLineFeed = isOn
            default:
                throw error("Of groups with '?', only (?:…), (?i), (?m), (?s) and names are supported.", at: at - 1)
            }
        }
        throw error("The group does not end.")
    }

    // MARK: Escapes

    /// After a backslash, outside of brackets.
    private mutating func escape() throws(PatternError) -> PatternNode {
        switch byte() {
        case 0x62: return assertion(.wordBoundary)
        case 0x42: return assertion(.noWordBoundary)
        case 0x41: return assertion(.beginning)
        case 0x5a: return assertion(.end)
        case 0x7a: return assertion(.veryEnd)
        case .some(0x31...0x39): throw error("Back references are not supported.", at: at - 1)
        default: break
        }
        if let set = escapedSet() { return .set(set) }
        return literal(try escapedByte())
    }

    private mutating func assertion(_ assertion: LinearPattern.Assertion) -> PatternNode {
        at += 1
        return .assertion(assertion)
    }

    /// `\d` and the like.
    private mutating func escapedSet() -> ByteSet? {
        let set: ByteSet
        switch byte() {
        case 0x64: set = .digits
        case 0x44: set = ByteSet.digits.inverted
        case 0x77: set = .words
        case 0x57: set = ByteSet.words.inverted
        case 0x73: set = .spaces
        case 0x53: set = ByteSet.spaces.inverted
        default: return nil
        }
        at += 1
        return set
    }

    private mutating func escapedByte() throws(PatternError) -> UInt8 {
        let start = at - 1
        guard let letter = byte() else { throw error("The pattern ends with a backslash.", at: start) }
        at += 1
        switch letter {
        case 0x61: return 0x07
        case 0x65: return 0x1b
        case 0x66: return 0x0c
        case 0x6e: return 0x0a
        case 0x72: return 0x0d
        case 0x74: return 0x09
        case 0x76: return 0x0b
        case 0x30: return 0
        case 0x78: return try hexadecimal(start)
        default:
            guard !ByteSet.letters.contains(letter), !ByteSet.digits.contains(letter), letter < 0x80 else {
                throw error("There is no such escape.", at: start)
            }
            return letter
        }
    }

    /// `\x41`, `\x4` or `\x{41}`.
    private mutating func hexadecimal(_ start: Int) throws(PatternError) -> UInt8 {
        let isBraced = take(0x7b)
        var value: UInt8?
        for _ in 0..<2 {
            guard let digit = byte().flatMap(Digits.value) else { break }
            value = (value ?? 0) << 4 | digit
            at += 1
        }
        guard let value, !isBraced || take(0x7d) else { throw error("'\\x' needs one or two digits.", at: start) }
        return value
    }

    // MARK: Sets

    /// After a `[`.
    private mutating func set() throws(PatternError) -> ByteSet {
        let start = at - 1
        let isInverted = take(0x5e)
        var set = ByteSet()
        var isFirst = true
        while isFirst || byte() != 0x5d {
            guard byte() != nil else { throw error("'[' without a ']' after it.", at: start) }
            isFirst = false
            if let named = try namedSet() {
                set.formUnion(named)
                continue
            }
            if byte() == 0x5c {
                at += 1
                if let escaped = escapedSet() {
                    set.formUnion(escaped)
                    continue
                }
                at -= 1
            }
            try range(into: &set)
        }
        at += 1
        if options.ignoresCase { set = set.ignoringCase }
        return isInverted ? set.inverted : set
    }

    /// `[:alpha:]`.
    private mutating func namedSet() throws(PatternError) -> ByteSet? {
        guard byte() == 0x5b, byte(1) == 0x3a else { return nil }
        let start = at
        let name = source[(at + 2)...].prefix { ByteSet.letters.contains($0) }
        at += 2 + name.count
        guard take(0x3a), take(0x5d), let set = ByteSet.named[String(decoding: name, as: UTF8.self)] else {
            throw error("There is no such class of characters.", at: start)
        }
        return set
    }

    private mutating func range(into set: inout ByteSet) throws(PatternError) {
        let start = at
        let lower = try member()
        guard byte() == 0x2d, let next = byte(1), next != 0x5d else {
            set.insert(lower)
            return
        }
        at += 1
        let upper = try member()
        guard lower <= upper else { throw error("The range ends before it begins.", at: start) }
        for byte in lower...upper { set.insert(byte) }
    }

    /// One byte of a set; `\b` is a backspace here.
    private mutating func member() throws(PatternError) -> UInt8 {
        guard let first = byte() else { throw error("'[' without a ']' after it.") }
        guard first < 0x80 else { throw error("Between brackets only ASCII is supported: write (ä|ö).") }
        at += 1
        guard first == 0x5c else { return first }
        if take(0x62) { return 0x08 }
        return try escapedByte()
    }
}
