import Fields
import Records

/// `-z io,stat,SECONDS,COUNT(field)filter…`: what is computed of fields in each stretch of time, in tshark's shape.
/// What tshark computes of frames is computed of messages here.
public final class ComputedIntervals: IntervalSink {
    public enum Function: String, Sendable, CaseIterable {
        case frames = "FRAMES"
        case bytes = "BYTES"
        case count = "COUNT"
        case sum = "SUM"
        case least = "MIN"
        case most = "MAX"
        case average = "AVG"

        /// It is of values, so a field must have numbers for it.
        public var needsNumbers: Bool { ![.frames, .bytes, .count].contains(self) }
        /// It is of a field at all.
        public var needsField: Bool { self != .frames && self != .bytes }
    }

    public struct Column: Sendable {
        /// As `-z` has it.
        let name: String
        let function: Function
        let fields: [Field]
        /// Those that are looked at, also by `matches`.
        public let used: Set<Field>
        let matches: @Sendable (borrowing Tree, RawSpan) -> Bool
        /// Values are nanoseconds, shown as seconds.
        let isTime: Bool

        /// - Parameters:
        ///   - fields: Of which `function` is computed; none where it counts messages or bytes.
        ///   - filterFields: Those that `matches` looks at.
        public init(
            _ name: String, _ function: Function, _ fields: [Field], filterFields: Set<Field>,
            matches: @escaping @Sendable (borrowing Tree, RawSpan) -> Bool
        ) {
            self.name = name
            self.function = function
            self.fields = fields
            used = filterFields.union(fields)
            self.matches = matches
            isTime = function.needsNumbers && fields.contains { $0.declaration.kind == .duration }
        }
    }

    /// Of a column in an interval.
    private struct Cell {
        var count: Int64 = 0
        /// Nil where there was none, or function and kind have no values.
        var value: Int64?

        mutating func add(_ function: Function, _ other: Int64) {
            count &+= 1
            guard let value else { return self.value = other }
            switch function {
            case .least: self.value = min(value, other)
            case .most: self.value = max(value, other)
            default:
                // What is beyond 64 bits stays at their end.
                let (sum, isBeyond) = value.addingReportingOverflow(other)
                self.value = isBeyond ? (other > 0 ? .max : .min) : sum
            }
        }

        func shown(_ function: Function) -> Int64 {
            switch function {
            case .frames, .count: count
            case .average: count > 0 ? (value ?? 0) / count : 0
            default: value ?? 0
            }
        }
    }

    private let output: ByteOutput
    private let interval: Int64
    private let columns: [Column]
    private let depth: Depth
    /// For each column by the number of the interval, from 0.
    private var cells: [[Cell]]
    private var last: Int64 = 0
    private var beyond: UInt64 = 0

    /// - Parameters:
    ///   - interval: In nanoseconds; 0 is all the time there is.
    ///   - depth: How much of the tree holds the fields of all columns.
    public init(_ output: ByteOutput, interval: Int64, _ columns: [Column], depth: Depth) {
        self.output = output
        self.interval = max(0, interval)
        self.columns = columns
        self.depth = depth
        cells = columns.map { _ in [] }
    }

    public var wants: Wants {
        let fields = columns.reduce(into: Set<Field>()) { $0.formUnion($1.used) }
        return Wants(depth, info: !ColumnFields.standard.all.isDisjoint(with: fields), fields: fields)
    }

    public func goOn(to duration: Int64) { last = max(last, duration) }

    public func begin() {}

    public func write(_ record: borrowing Record, _ span: RawSpan) {
        guard record.isNumbered else { return }
        let time = max(0, record.time &- record.captureStart)
        last = max(last, time)
        let place = interval > 0 ? Int(time / interval) : 0
        guard place < IntervalStatistics.limit else {
            beyond &+= 1
            return
        }
        for index in columns.indices where columns[index].matches(record.tree, span) {
            if cells[index].count <= place {
                cells[index] += repeatElement(Cell(), count: place + 1 - cells[index].count)
            }
            let column = columns[index]
            switch column.function {
            case .frames: cells[index][place].add(.frames, 0)
            case .bytes: cells[index][place].add(.sum, Int64(record.length))
            default:
                for node in record.tree.nodes.indices {
                    let node = record.tree.nodes[node]
                    guard column.fields.contains(where: { Int($0.id) == Int(node.fieldID) }) else { continue }
                    guard !column.function.needsNumbers || !node.flags.contains(.truncated) else { continue }
                    cells[index][place].add(column.function, Int64(clamping: node.value, isSigned: column.isSigned))
                }
            }
        }
    }

    public func end() {
        let intervals = interval > 0 ? min(Int(last / interval) + 1, IntervalStatistics.limit) : 1
        var box = IntervalBox(interval: interval, duration: last, names: columns.map(\.name))
        for index in columns.indices {
            let column = columns[index]
            box.append(
                column.function.rawValue,
                (0..<intervals).map { place in
                    let cell = place < cells[index].count ? cells[index][place] : Cell()
                    return IntervalBox.text(cell.shown(column.function), isTime: column.isTime)
                })
        }
        box.write(to: output)
        if beyond > 0 {
            output.buffer.append(
                "\(beyond) messages came after these \(IntervalStatistics.limit) intervals: choose longer ones.\n")
        }
        output.flush()
    }
}

extension ComputedIntervals.Column {
    /// The numbers of all its fields are signed.
    fileprivate var isSigned: Bool {
        fields.allSatisfy {
            switch $0.declaration.kind {
            case .signed, .amount, .duration: true
            default: false
            }
        }
    }
}

extension Int64 {
    /// A node's value; what has no room is the largest number.
    fileprivate init(clamping value: UInt64, isSigned: Bool) {
        self = isSigned ? Int64(bitPattern: value) : Int64(clamping: value)
    }
}
