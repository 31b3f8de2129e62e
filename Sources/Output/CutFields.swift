import Fields

/// What stands in the place of what is not written of a message; see ``TreeCutter``.
///
/// No message has them, so filters and columns do not know them.
public struct CutFields: Sendable {
    public static let standard = CutFields()

    public let group = Field("truncated", "Left out", .group, "what of a list or a text is not written")
    public let field = Field("truncated.field", "Field", .text, "the name of the list's entries, or of the text")
    public let shown = Field(
        "truncated.shown", "Shown", .unsigned(bits: 64),
        "how many entries of the list, or bytes of the text, are written")
    public let total = Field(
        "truncated.total", "Total", .unsigned(bits: 64), "how many entries the list has, or bytes the text")

    public init() {}

    /// Whether the field of this number is one of the group.
    func holds(_ id: Int) -> Bool { id == Int(field.id) || id == Int(shown.id) || id == Int(total.id) }
}
