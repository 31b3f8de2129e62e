import Fields
import Records

/// One of the values that `-e` asks for.
public struct FieldColumn: Sendable {
    /// As the user wrote it: header and keys show it.
    public let name: String
    /// More than one where the name stands for several, as `ip.addr` does.
    public let fields: [Field]
    /// Nil where the value itself is asked for.
    public let companion: FieldCompanion?

    public init(name: String, fields: [Field], companion: FieldCompanion? = nil) {
        self.companion = companion
        self.name = name
        self.fields = fields
    }

    public init(_ field: Field) { self.init(name: field.declaration.name, fields: [field]) }
}

/// Finds the nodes of each column in a tree: one pass, whatever is asked for.
struct ColumnNodes {
    let columns: [FieldColumn]
    /// For each column the indexes of its nodes, in the order of the tree.
    private(set) var nodes: [ContiguousArray<UInt32>]
    /// For each column whether one of its nodes is a list's entry or stands within one, or may be one of several.
    private(set) var isListed: [Bool]
    // For each column whether the declaration of one of its fields says that it repeats.
    private let repeats: [Bool]
    // For each field where its columns begin in `targets`; one more at the end.
    private var first: [Int32] = []
    private var targets: [Int] = []

    /// - Parameters:
    ///   - fieldCount: Fields that are declared later are skipped.
    ///   - distinct: Of several columns of one name the first is kept, since an object has each key once.
    init(_ columns: [FieldColumn], fieldCount: Int, distinct: Bool) {
        var names: Set<String> = []
        self.columns = distinct ? columns.filter { names.insert($0.name).inserted } : columns
        nodes = self.columns.map { _ in [] }
        repeats = self.columns.map { $0.fields.contains { $0.declaration.repeats } }
        isListed = repeats
        var columnsOfField: [[Int]] = Array(repeating: [], count: fieldCount)
        for (index, column) in self.columns.enumerated() {
            for field in Set(column.fields) where Int(field.id) < fieldCount {
                columnsOfField[Int(field.id)].append(index)
            }
        }
        for columns in columnsOfField {
            first.append(Int32(clamping: targets.count))
            targets.append(contentsOf: columns)
        }
        first.append(Int32(clamping: targets.count))
    }

    /// - Parameters:
    ///   - depth: How much of the tree holds the fields of all columns.
    ///   - withParts: What stands under a group is looked at, too.
    func wants(_ depth: Depth, withParts: Bool = false) -> Wants {
        let hasParts = columns.contains { column in
            column.fields.contains { [.group, .layer].contains($0.declaration.kind) }
        }
        // The summary line is made only where it is asked for.
        return Wants(
            withParts && hasParts && depth == .fields ? .tree : depth,
            info: columns.contains { !ColumnFields.standard.all.isDisjoint(with: $0.fields) },
            fields: columns.reduce(into: []) { $0.formUnion($1.fields) })
    }

    /// Whether one of the fields of a gap, a conflict or an end is asked for: only then such have rows.
    var wantsGaps: Bool {
        columns.contains { column in
            column.fields.contains { field in
                Self.groups.contains { field.declaration.name == $0 || field.declaration.name.hasPrefix($0 + ".") }
            }
        }
    }

    private static let groups = ["bitcoin.gap", "bitcoin.retransmission", "bitcoin.fragment_conflict", "bitcoin.close"]

    mutating func collect(_ tree: borrowing Tree) {
        for column in nodes.indices {
            nodes[column].removeAll(keepingCapacity: true)
            isListed[column] = repeats[column]
        }
        let fieldCount = first.count - 1
        var listEnd = 0
        for index in tree.nodes.indices {
            let field = Int(tree.nodes[index].fieldID)
            if tree.nodes[index].flags.contains(.listEntry) { listEnd = max(listEnd, Int(tree.nodes[index].end)) }
            guard field < fieldCount else { continue }
            for place in first[field]..<first[field + 1] {
                let column = targets[Int(place)]
                nodes[column].append(UInt32(truncatingIfNeeded: index))
                if index < listEnd || tree.nodes[index].flags.contains(.listed) { isListed[column] = true }
            }
        }
    }
}
