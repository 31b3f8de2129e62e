import Synchronization

/// All fields and remarks that have been declared, in the order of their declaration.
///
/// Building a protocol's registry declares every field it has, so the catalog is complete before the first byte is read.
public enum Catalog {
    fileprivate struct Storage {
        var declarations: [FieldDeclaration] = []
        var index: [String: UInt16] = [:]
        var remarks: [RemarkDeclaration] = []
        var remarkIndex: [String: UInt16] = [:]
        var conflicts: [String] = []
        /// Fields that were declared since somebody asked for it; nil where nobody does.
        var noted: FieldSet?

        func remark(_ id: UInt16) -> Remark { Remark(id: id, isMalformation: remarks[Int(id)].isMalformation) }
    }

    private static let storage = Mutex(Storage())

    /// A copy of all declarations; a field's `id` is its index.
    public static var declarations: [FieldDeclaration] { storage.withLock { $0.declarations } }

    /// Names that were declared twice with another label, kind or meaning: a mistake in the program, found by a test.
    public static var conflicts: [String] { storage.withLock { $0.conflicts } }

    /// The field of that name, if any was declared.
    public static func field(named name: String) -> Field? {
        storage.withLock { $0.index[name] }.map(Field.init(id:))
    }

    /// A copy of all remarks; a remark's `id` is its index.
    public static var remarks: [RemarkDeclaration] { storage.withLock { $0.remarks } }

    static func remark(named name: String) -> Remark? {
        storage.withLock { storage in storage.remarkIndex[name].map { storage.remark($0) } }
    }

    static func declaration(of remark: Remark) -> RemarkDeclaration {
        storage.withLock { $0.remarks[Int(remark.id)] }
    }

    static func intern(_ declaration: RemarkDeclaration) -> Remark {
        storage.withLock { storage in
            if let id = storage.remarkIndex[declaration.name] {
                if storage.remarks[Int(id)] != declaration { storage.conflicts.append(declaration.name) }
                return storage.remark(id)
            }
            let id = UInt16(clamping: storage.remarks.count)
            storage.remarks.append(declaration)
            storage.remarkIndex[declaration.name] = id
            return storage.remark(id)
        }
    }

    static func declaration(of field: Field) -> FieldDeclaration {
        storage.withLock { $0.declarations[Int(field.id)] }
    }

    /// Lets the fields be noted that are declared from now on, beside these; nil lets none be.
    ///
    /// - Returns: Those that were noted until now.
    static func note(_ noted: FieldSet?) -> FieldSet? {
        storage.withLock { storage in
            let before = storage.noted
            storage.noted = noted
            return before
        }
    }

    static func intern(_ declaration: FieldDeclaration) -> Field {
        storage.withLock { storage in
            let field = storage.intern(declaration)
            storage.noted?.insert(field)
            return field
        }
    }
}

extension Catalog.Storage {
    fileprivate mutating func intern(_ declaration: FieldDeclaration) -> Field {
        if let id = index[declaration.name] {
            let first = declarations[Int(id)]
            if first.label != declaration.label || first.kind != declaration.kind
                || first.meaning != declaration.meaning
            {
                conflicts.append(declaration.name)
            }
            return Field(id: id)
        }
        // More than 65,536 fields cannot be declared by hand; were it done, the last id is shared, never a trap.
        let id = UInt16(clamping: declarations.count)
        declarations.append(declaration)
        index[declaration.name] = id
        return Field(id: id)
    }
}
