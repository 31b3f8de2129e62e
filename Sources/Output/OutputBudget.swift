import Fields

/// How much is written of one message, which anybody may have sent.
///
/// A field costs one, a computed text more, and what is written of bytes is in proportion to them: so a list of many short
/// entries costs most. The blocks of the tests, of up to 1.4 MB, are whole in each of these.
public struct OutputBudget: Sendable {
    /// Fields that any message may have.
    let fields: Int
    /// Bytes of a message that allow one field more; nil where none do.
    let bytesPerField: Int?
    /// In bytes of a text that was computed.
    let text: Int

    /// Of trees that people read: blocks of 1.4 MB have 240,000 lines.
    public static let tree = OutputBudget(fields: 350_000, bytesPerField: nil, text: 4096)
    /// Of ``AnnotatedText``, whose lines are longer.
    public static let annotated = OutputBudget(fields: 300_000, bytesPerField: nil, text: 4096)
    /// Of what programs read while packets come from an interface: nobody may fill a disk with much less. A block has a
    /// field for each five bytes.
    public static let live = OutputBudget(fields: 10_000, bytesPerField: 5, text: 1 << 16)

    /// - Parameters:
    ///   - fields: Of any message.
    ///   - bytesPerField: How many bytes of the message allow one field more; nil for none.
    ///   - text: Bytes of a text that was computed.
    public init(fields: Int, bytesPerField: Int?, text: Int) {
        self.fields = fields
        self.bytesPerField = bytesPerField
        self.text = text
    }

    /// - Parameter bytes: Of the message.
    func fields(of bytes: Int) -> Int { fields + (bytesPerField.map { bytes / $0 } ?? 0) }
}
