import Fields

/// Whose types a table's columns have.
public enum SchemaDialect: String, CaseIterable, Sendable {
    case clickHouse = "clickhouse"
    case duckDB = "duckdb"
    case spark
}

extension RecordSchema {
    /// `-G schema,duckdb` and the like: the statement that makes a table of records, a column a layer; for Spark the
    /// columns alone, as its readers take them.
    ///
    /// What there is of cut fields (`NAME.truncated`), and what is left out of large messages, has no column.
    public func append(_ dialect: SchemaDialect, to text: inout TextBuffer) {
        text.append("-- Records of btcshark -T ndjson, version \(Self.version)\n")
        let columns = object("")?.members ?? []
        text.append(dialect.names.table)
        for (place, column) in columns.enumerated() {
            if place > 0 { text.append(",\n") }
            text.append("  ")
            SchemaTypeText(self, dialect).append(column, separator: " ", level: 1, to: &text)
        }
        text.append(dialect.names.tableEnd)
    }
}

/// Writes the types of columns in a dialect.
private struct SchemaTypeText {
    private let schema: RecordSchema
    private let dialect: SchemaDialect
    /// The objects within which this stands: none has itself in it.
    private var outer: Set<String> = []

    init(_ schema: RecordSchema, _ dialect: SchemaDialect) {
        self.schema = schema
        self.dialect = dialect
    }

    func append(_ member: RecordSchema.Member, separator: StaticString, level: Int, to text: inout TextBuffer) {
        text.append(quoted(member.key))
        text.append(separator)
        if member.isList { text.append(dialect.names.list) }
        append(member.type, level, to: &text)
        if member.isList { text.append(dialect.names.listEnd) }
    }

    private func append(_ type: RecordSchema.ValueType, _ level: Int, to text: inout TextBuffer) {
        guard case .object(let name) = type else { return text.append(scalar(type)) }
        // What has no keys, as a message without a payload, is no column type anywhere: there it is text.
        guard let object = schema.object(name), !object.members.isEmpty, !outer.contains(name) else {
            return text.append(dialect.names.json)
        }
        var inner = self
        inner.outer.insert(name)
        text.append(dialect.names.object)
        for (place, member) in object.members.enumerated() {
            text.append(place == 0 ? "\n" : ",\n")
            text.append(spaces: 2 * level + 2)
            inner.append(member, separator: dialect.names.separator, level: level + 1, to: &text)
        }
        text.append("\n")
        text.append(spaces: 2 * level)
        text.append(dialect.names.objectEnd)
    }

    /// Names of fields have neither kind of quote in them.
    private func quoted(_ name: String) -> String {
        dialect == .duckDB ? "\"\(name)\"" : "`\(name)`"
    }

    private func scalar(_ type: RecordSchema.ValueType) -> String {
        switch dialect {
        case .clickHouse: "Nullable(\(clickHouse(type)))"
        case .duckDB: duckDB(type)
        case .spark: spark(type)
        }
    }

    private func clickHouse(_ type: RecordSchema.ValueType) -> String {
        switch type {
        case .boolean: "Bool"
        case .unsigned(let bits): "UInt\(width(bits))"
        case .signed(let bits): "Int\(width(bits))"
        case .seconds: "Decimal(38, 9)"
        case .text, .object: "String"
        }
    }

    private func duckDB(_ type: RecordSchema.ValueType) -> String {
        switch type {
        case .boolean: "BOOLEAN"
        case .unsigned(let bits):
            switch width(bits) {
            case 8: "UTINYINT"
            case 16: "USMALLINT"
            case 32: "UINTEGER"
            default: "UBIGINT"
            }
        case .signed(let bits): width(bits) <= 32 ? "INTEGER" : "BIGINT"
        case .seconds: "DECIMAL(38, 9)"
        case .text, .object: "VARCHAR"
        }
    }

    /// It has no unsigned types.
    private func spark(_ type: RecordSchema.ValueType) -> String {
        switch type {
        case .boolean: "BOOLEAN"
        case .unsigned(let bits): bits < 32 ? "INT" : bits < 64 ? "BIGINT" : "DECIMAL(20, 0)"
        case .signed(let bits): bits <= 32 ? "INT" : "BIGINT"
        case .seconds: "DECIMAL(38, 9)"
        case .text, .object: "STRING"
        }
    }

    /// The least width of an integer that has as many bits.
    private func width(_ bits: Int) -> Int { bits <= 8 ? 8 : bits <= 16 ? 16 : bits <= 32 ? 32 : 64 }
}

extension SchemaDialect {
    /// Words for what is no scalar.
    fileprivate struct Names {
        let object: StaticString
        let objectEnd: StaticString
        /// Between a key and its type, within an object.
        let separator: StaticString
        let list: StaticString
        let listEnd: StaticString
        /// Any object, as JSON.
        let json: StaticString
        /// The statement around the columns.
        let table: StaticString
        let tableEnd: StaticString
    }

    fileprivate var names: Names {
        switch self {
        case .clickHouse:
            // Its parts are always compact: in a wide one each of 2,400 columns has files of its own, and an insert of 100 MB
            // opens more of them than a process may have.
            Names(
                object: "Tuple(", objectEnd: ")", separator: " ", list: "Array(", listEnd: ")",
                json: "Nullable(String)", table: "CREATE TABLE messages (\n",
                tableEnd: """

                    ) ENGINE = MergeTree ORDER BY tuple()
                    SETTINGS min_bytes_for_wide_part = 1000000000000000;

                    """)
        case .duckDB:
            Names(
                object: "STRUCT(", objectEnd: ")", separator: " ", list: "", listEnd: "[]", json: "JSON",
                table: "CREATE TABLE messages (\n", tableEnd: "\n);\n")
        case .spark:
            Names(
                object: "STRUCT<", objectEnd: ">", separator: ": ", list: "ARRAY<", listEnd: ">", json: "STRING",
                table: "", tableEnd: "\n")
        }
    }
}
