/// A set of fields: one bit each, at the field's place in the ``Catalog``.
@frozen
public struct FieldSet: Sendable {
    @usableFromInline var words: ContiguousArray<UInt64> = []

    public init() {}

    public init(_ fields: some Sequence<Field>) {
        for field in fields { insert(field) }
    }

    public mutating func insert(_ field: Field) {
        let word = Int(field.id >> 6)
        while words.count <= word { words.append(0) }
        words[word] |= 1 &<< UInt64(field.id & 63)
    }

    public mutating func formUnion(_ other: borrowing FieldSet) {
        while words.count < other.words.count { words.append(0) }
        for word in 0..<other.words.count { words[word] |= other.words[word] }
    }

    public mutating func subtract(_ other: borrowing FieldSet) {
        for word in 0..<min(words.count, other.words.count) { words[word] &= ~other.words[word] }
    }

    public func union(_ fields: some Sequence<Field>) -> FieldSet {
        var union = self
        for field in fields { union.insert(field) }
        return union
    }

    public var isEmpty: Bool { words.allSatisfy { $0 == 0 } }

    @inlinable
    public func contains(_ field: Field) -> Bool {
        let word = Int(field.id >> 6)
        return word < words.count && words[word] & (1 &<< UInt64(field.id & 63)) != 0
    }

    /// The names of its fields, in the order of their declaration.
    public var names: [String] {
        Catalog.declarations.enumerated().filter { contains(Field(id: UInt16(clamping: $0.offset))) }.map(
            \.element.name)
    }

    /// Counts these among those that ``declared(by:)`` finds.
    public func declareAgain() {
        guard var noted = Catalog.note(nil) else { return }
        noted.formUnion(self)
        _ = Catalog.note(noted)
    }

    @inlinable
    public func isDisjoint(with other: borrowing FieldSet) -> Bool {
        for word in 0..<min(words.count, other.words.count) where words[word] & other.words[word] != 0 { return false }
        return true
    }

    /// The fields that `make` declares on this thread, also those that were declared before.
    ///
    /// A value that it does not make itself, but shares, says what it declares by ``declareAgain()``.
    public static func declared<Declaring>(by make: () -> Declaring) -> (Declaring, FieldSet) {
        var before = Catalog.note(FieldSet())
        let made = make()
        let noted = Catalog.note(nil) ?? FieldSet()
        before?.formUnion(noted)
        _ = Catalog.note(before)
        return (made, noted)
    }
}
