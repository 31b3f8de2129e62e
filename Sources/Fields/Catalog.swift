import Glibc
import Synchronization

/// All fields and remarks that have been declared, in the order of their declaration.
///
/// Building a protocol's registry declares every field it has, so the catalog is complete before the first byte is read.
public enum Catalog {
    fileprivate struct Storage {
        var fields = Register<FieldDeclaration>()
        var remarks = Register<RemarkDeclaration>()
        var conflicts: [String] = []
        /// The fields that a thread has declared since it asked for them; rarely of more than one.
        var noted: [(thread: pthread_t, fields: FieldSet)] = []

        func remark(_ id: UInt16) -> Remark {
            let declaration = remarks[id]
            return Remark(
                id: id, isMalformation: declaration.isMalformation, breaksRule: declaration.rule != nil)
        }
    }

    private static let storage = Mutex(Storage())

    /// A copy of all declarations; a field's `id` is its index.
    public static var declarations: [FieldDeclaration] { storage.withLock { $0.fields.declarations } }

    /// Names that were declared twice with another label, kind or meaning: a mistake in the program, found by a test.
    public static var conflicts: [String] { storage.withLock { $0.conflicts } }

    /// The field of that name, if any was declared.
    public static func field(named name: String) -> Field? {
        storage.withLock { $0.fields.id(of: name) }.map(Field.init(id:))
    }

    /// A copy of all remarks; a remark's `id` is its index.
    public static var remarks: [RemarkDeclaration] { storage.withLock { $0.remarks.declarations } }

    static func remark(named name: String) -> Remark? {
        storage.withLock { storage in storage.remarks.id(of: name).map { storage.remark($0) } }
    }

    static func declaration(of field: Field) -> FieldDeclaration { storage.withLock { $0.fields[field.id] } }

    static func declaration(of remark: Remark) -> RemarkDeclaration { storage.withLock { $0.remarks[remark.id] } }

    static func intern(_ declaration: FieldDeclaration) -> Field {
        storage.withLock { storage in
            let field = Field(id: storage.fields.intern(declaration, &storage.conflicts))
            if !storage.noted.isEmpty {
                let thread = pthread_self()
                for place in storage.noted.indices where storage.noted[place].thread == thread {
                    storage.noted[place].fields.insert(field)
                }
            }
            return field
        }
    }

    static func intern(_ declaration: RemarkDeclaration) -> Remark {
        storage.withLock { storage in
            let id = storage.remarks.intern(declaration, &storage.conflicts)
            return storage.remark(id)
        }
    }

    /// Lets the fields be noted that this thread declares from now on, beside these; nil lets none be.
    ///
    /// - Returns: Those that were noted until now.
    static func note(_ noted: FieldSet?) -> FieldSet? {
        storage.withLock { storage in
            let thread = pthread_self()
            let place = storage.noted.firstIndex { $0.thread == thread }
            let before = place.map { storage.noted[$0].fields }
            if let place { storage.noted.remove(at: place) }
            if let noted { storage.noted.append((thread, noted)) }
            return before
        }
    }
}

/// What is declared once, by a name.
private protocol Declaration: Equatable {
    var name: String { get }
}

extension FieldDeclaration: Declaration {}
extension RemarkDeclaration: Declaration {}

/// Declarations of one sort; the `id` of each is its index.
private struct Register<Element: Declaration> {
    private(set) var declarations: [Element] = []
    private var index: [String: UInt16] = [:]

    subscript(id: UInt16) -> Element { declarations[Int(id)] }

    func id(of name: String) -> UInt16? { index[name] }

    /// The first declaration of a name stays; the name of another that differs is a conflict.
    mutating func intern(_ declaration: Element, _ conflicts: inout [String]) -> UInt16 {
        if let id = index[declaration.name] {
            if self[id] != declaration { conflicts.append(declaration.name) }
            return id
        }
        // More than 65,536 cannot be declared by hand; were it done, the last id is shared, never a trap.
        let id = UInt16(clamping: declarations.count)
        declarations.append(declaration)
        index[declaration.name] = id
        return id
    }
}
