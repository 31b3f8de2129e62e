import Fields
import Records

/// A record as people read it: summary line, tree and hex dump in any combination.
struct RecordText {
    /// Is given what has grown large, and says how wide lines may be.
    private let output: ByteOutput
    var summary: SummaryLine?
    let places: PlaceLines?
    var tree: TreeText?
    var annotated: AnnotatedText?
    let hex: Bool
    /// Lines have the width of the output.
    let isForPeople: Bool
    /// Nil where all is shown.
    private let cutter: TreeCutter?

    init(
        of output: ByteOutput, summary: SummaryLine?, places: PlaceLines?, tree: TreeText?, annotated: AnnotatedText?,
        hex: Bool, isForPeople: Bool
    ) {
        self.output = output
        self.summary = summary
        self.places = places
        self.tree = tree
        self.annotated = annotated
        self.hex = hex
        self.isForPeople = isForPeople
        if let annotated, !annotated.full {
            cutter = TreeCutter(.annotated)
        } else {
            cutter = tree.flatMap { $0.full ? nil : TreeCutter(.tree) }
        }
    }

    var showsTree: Bool { tree != nil || annotated != nil }

    mutating func append(_ record: borrowing Record, _ bytes: RawSpan, to text: inout TextBuffer) {
        let fit = Fit(width: isForPeople ? output.width : nil, output)
        if summary != nil || places != nil {
            fit.lines(.cut, &text) { text, _ in
                summary?.append(record, into: fit.width, to: &text)
                places?.append(record, to: &text)
            }
        }
        if showsTree {
            if let cutter, cutter.cuts(record.tree, from: record.protocolNode, byteCount: bytes.byteCount) {
                append(record, cutter.tree, bytes, fit, to: &text)
            } else {
                append(record, record.tree, bytes, fit, to: &text)
            }
        }
        if hex {
            if showsTree { text.append("\n") }
            fit.lines(.cut, &text) { text, _ in
                if record.ciphertext.isEmpty {
                    HexText.append(bytes, to: &text)
                } else {
                    Self.append(record.ciphertext.span.bytes, "Encrypted (", to: &text)
                    Self.append(bytes, "Decrypted (", to: &text)
                }
            }
        }
        if showsTree || hex { text.append("\n") }
    }

    private mutating func append(
        _ record: borrowing Record, _ shown: borrowing Tree, _ bytes: RawSpan, _ fit: Fit, to text: inout TextBuffer
    ) {
        fit.lines(.cut, &text) { text, drain in tree?.append(record, shown, bytes, to: &text, draining: drain) }
        fit.lines(.folded(after: AnnotatedText.width, indent: 2), &text) { text, drain in
            annotated?.append(record, shown, bytes, to: &text, draining: drain)
        }
    }

    /// Fits lines into the output.
    private struct Fit {
        /// Nil where all is written.
        let width: Int?
        private let output: ByteOutput

        init(width: Int?, _ output: ByteOutput) {
            self.width = width
            self.output = output
        }

        /// Appends the lines of `body` as the output has room for them. `body` drains a text that has grown large, at
        /// the end of a line.
        func lines(
            _ manner: LineFitter.Manner, _ text: inout TextBuffer,
            _ body: (inout TextBuffer, (inout TextBuffer) -> Void) -> Void
        ) {
            let fitter = width.map { LineFitter(manner, into: $0) }
            var start = text.count
            body(&text) { text in
                fitter?.fit(&text, from: start)
                output.drain(&text)
                start = text.count
            }
            fitter?.fit(&text, from: start)
        }
    }

    /// A dump with a heading, where there are two of them: `Encrypted (81 bytes):`.
    private static func append(_ bytes: RawSpan, _ heading: StaticString, to text: inout TextBuffer) {
        text.append(heading)
        text.append(decimal: bytes.byteCount)
        text.append(bytes.byteCount == 1 ? " byte):\n" : " bytes):\n")
        HexText.append(bytes, to: &text)
    }
}
