/// One kind of value that a protocol carries, declared once: decoding, tree, filter, JSON, field list and manual
/// follow from the declaration.
///
/// A field is two bytes: an index into the ``Catalog``, where its name, label, kind and meaning stand. Making a field
/// interns it by name, so the same name means the same field wherever it is declared.
@frozen
public struct Field: Hashable, Sendable, BitwiseCopyable {
    /// Index into the catalog.
    public let id: UInt16

    @inlinable
    init(id: UInt16) { self.id = id }

    /// Declares a field.
    ///
    /// - Parameters:
    ///   - name: The display-filter name, lower case with dots: Wireshark's where it has one (`bitcoin.inv.hash`).
    ///   - label: What the tree shows before the value (`Data hash`).
    ///   - kind: How the value is read and shown.
    ///   - meaning: One phrase for somebody who learns the protocol; help, manual and annotated bytes print it.
    ///   - repeats: A group may have several of it that no list of the cursor's makes. Entries and values of such lists
    ///     need not say so.
    ///   - structure: What the protocol's documentation calls a group of these fields, such as `net_addr`.
    public init(
        _ name: String, _ label: String, _ kind: Kind, _ meaning: String, repeats: Bool = false,
        structure: String? = nil
    ) {
        self = Catalog.intern(
            FieldDeclaration(
                name: name, label: label, kind: kind, meaning: meaning, repeats: repeats, structure: structure))
    }

    /// The declaration of this field.
    public var declaration: FieldDeclaration { Catalog.declaration(of: self) }
}

/// What was said of a field when it was declared.
public struct FieldDeclaration: Sendable, Equatable {
    public let name: String
    public let label: String
    public let kind: Kind
    public let meaning: String
    /// A group may have several of it: what writes typed values writes an array, also of a single one.
    public let repeats: Bool
    /// What the protocol's documentation calls a group of these fields.
    public let structure: String?
}
