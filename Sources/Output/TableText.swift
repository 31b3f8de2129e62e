import Fields

/// A table in the manner of tshark's statistics: a frame of `=`, a title, a line of names, rows.
struct TableText {
    enum Alignment { case left, right }

    /// A column's name and the side its cells are moved to.
    struct Column {
        let name: StaticString
        let alignment: Alignment

        init(_ name: StaticString, _ alignment: Alignment = .right) {
            self.name = name
            self.alignment = alignment
        }
    }

    private let title: StaticString
    private let columns: [Column]
    private var rows: [[TextBuffer]] = []
    /// Lines between the rows and the frame.
    private var notes: [TextBuffer] = []

    init(_ title: StaticString, _ columns: [Column]) {
        self.title = title
        self.columns = columns
    }

    /// - Parameter cells: One a column, of printable characters only.
    mutating func append(_ cells: [TextBuffer]) { rows.append(cells) }

    mutating func note(_ body: (inout TextBuffer) -> Void) {
        var text = TextBuffer()
        body(&text)
        notes.append(text)
    }

    func append(to output: ByteOutput) { append(to: output, rows: rows.count) { rows[$0] } }

    /// As `append(to:)`, with rows that are made when they are needed, which is twice: a large table takes no memory.
    ///
    /// - Parameter row: As for `append(_:)`; the same each time.
    func append(to output: ByteOutput, rows count: Int, _ row: (Int) -> [TextBuffer]) {
        let names = columns.map { TableText.cell($0.name) }
        var widths = names.map(Self.width)
        for index in 0..<count {
            for (column, cell) in row(index).enumerated() { widths[column] = max(widths[column], Self.width(cell)) }
        }
        let width = widths.reduce(0, +) + 2 * (columns.count - 1)
        func rule(_ character: UInt8) {
            output.buffer.bytes.append(contentsOf: repeatElement(character, count: width))
            output.buffer.append("\n")
        }
        rule(0x3d)
        output.buffer.append(title)
        output.buffer.append("\n")
        append(names, widths, to: &output.buffer)
        rule(0x2d)
        for index in 0..<count {
            append(row(index), widths, to: &output.buffer)
            output.flushIfFull()
        }
        for note in notes {
            output.buffer.append(note)
            output.buffer.append("\n")
        }
        rule(0x3d)
    }

    private func append(_ row: [TextBuffer], _ widths: [Int], to text: inout TextBuffer) {
        for (column, cell) in row.enumerated() {
            if column > 0 { text.append("  ") }
            let padding = widths[column] - Self.width(cell)
            if columns[column].alignment == .right { text.append(spaces: padding) }
            text.append(cell)
            // No spaces at the end of a line.
            if columns[column].alignment == .left, column < row.count - 1 { text.append(spaces: padding) }
        }
        text.append("\n")
    }

    /// Characters, each taken to be one column wide.
    private static func width(_ text: TextBuffer) -> Int {
        text.bytes.reduce(0) { $1 & 0xc0 == 0x80 ? $0 : $0 + 1 }
    }
}

extension TableText {
    static func cell(_ text: StaticString) -> TextBuffer {
        var cell = TextBuffer()
        cell.append(text)
        return cell
    }

    static func cell(_ body: (inout TextBuffer) -> Void) -> TextBuffer {
        var cell = TextBuffer()
        body(&cell)
        return cell
    }

    static func cell(_ number: UInt64) -> TextBuffer { cell { $0.append(decimal: number) } }

    /// A quotient with so many decimals, or `-` where there is none.
    static func cell(_ quotient: Quotient, decimals: Int, unit: StaticString = "") -> TextBuffer {
        cell {
            guard $0.append(quotient, decimals: decimals) else { return $0.append("-") }
            $0.append(unit)
        }
    }
}

/// One number over another, for shares and rates.
struct Quotient {
    let numerator: Double
    let denominator: Double

    init(_ numerator: UInt64, of denominator: UInt64) {
        self.numerator = Double(numerator)
        self.denominator = Double(denominator)
    }

    static func percent(_ part: UInt64, of whole: UInt64) -> Quotient {
        Quotient(100 * Double(part), Double(whole))
    }

    /// So many a second.
    static func rate(_ count: UInt64, nanoseconds: UInt64) -> Quotient {
        Quotient(1e9 * Double(count), Double(nanoseconds))
    }

    private init(_ numerator: Double, _ denominator: Double) {
        self.numerator = numerator
        self.denominator = denominator
    }
}

extension TextBuffer {
    /// Writes a quotient, rounded to so many decimals (at most 9); false, and nothing written, where nothing can be
    /// divided by the denominator.
    mutating func append(_ quotient: Quotient, decimals: Int) -> Bool {
        guard quotient.denominator > 0 else { return false }
        var scale: UInt64 = 1
        for _ in 0..<min(max(decimals, 0), 9) { scale *= 10 }
        let value = (quotient.numerator / quotient.denominator * Double(scale)).rounded()
        let units = UInt64(min(max(value, 0), 1e18))
        append(decimal: units / scale)
        if decimals > 0 {
            append(".")
            append(decimal: units % scale, width: decimals)
        }
        return true
    }
}
